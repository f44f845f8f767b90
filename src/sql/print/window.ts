import type { Node, SortBy, WindowDef } from '../tree.js'
import { printOperator } from './names.js'
import { onlyKeys, quoteIdentifier, unsupported } from './output.js'
import type { Printer } from './printer.js'

const WINDOW = new Set(
  'name refname partitionClause orderClause frameOptions startOffset endOffset location'.split(' '),
)
const SORT = new Set('node sortby_dir sortby_nulls useOp location'.split(' '))

/** Bits of WindowDef.frameOptions (parsenodes.h). */
const FRAME = {
  nonDefault: 0x1,
  range: 0x2,
  rows: 0x4,
  groups: 0x8,
  between: 0x10,
  startUnboundedPreceding: 0x20,
  endUnboundedFollowing: 0x100,
  startCurrentRow: 0x200,
  endCurrentRow: 0x400,
  startOffsetPreceding: 0x800,
  endOffsetPreceding: 0x1000,
  startOffsetFollowing: 0x2000,
  endOffsetFollowing: 0x4000,
  excludeCurrentRow: 0x8000,
  excludeGroup: 0x10000,
  excludeTies: 0x20000,
} as const

/** `("ref" PARTITION BY … ORDER BY … frame)` */
export function printWindow(window: WindowDef, printer: Printer): void {
  onlyKeys(window, WINDOW, 'a window')
  const { output } = printer
  output.mark(window.location)
  output.text('(')
  if (window.refname !== undefined) output.text(`${quoteIdentifier(window.refname)} `)
  if (window.partitionClause !== undefined) {
    output.text('PARTITION BY ')
    printer.list(window.partitionClause, printer.expression)
    output.text(' ')
  }
  if (window.orderClause !== undefined) {
    output.text('ORDER BY ')
    printer.list(window.orderClause, printer.expression)
    output.text(' ')
  }
  const options = window.frameOptions ?? 0
  if (options & FRAME.nonDefault) printFrame(window, options, printer)
  output.text(')')
}

function printFrame(window: WindowDef, options: number, printer: Printer): void {
  const { output } = printer
  output.text(options & FRAME.rows ? 'ROWS ' : options & FRAME.groups ? 'GROUPS ' : 'RANGE ')
  const start = (): void =>
    printBound(printer, window.startOffset, [
      options & FRAME.startUnboundedPreceding ? 'UNBOUNDED PRECEDING' : undefined,
      options & FRAME.startCurrentRow ? 'CURRENT ROW' : undefined,
      options & FRAME.startOffsetPreceding ? 'PRECEDING' : undefined,
      options & FRAME.startOffsetFollowing ? 'FOLLOWING' : undefined,
    ])
  if (options & FRAME.between) {
    output.text('BETWEEN ')
    start()
    output.text(' AND ')
    printBound(printer, window.endOffset, [
      options & FRAME.endUnboundedFollowing ? 'UNBOUNDED FOLLOWING' : undefined,
      options & FRAME.endCurrentRow ? 'CURRENT ROW' : undefined,
      options & FRAME.endOffsetPreceding ? 'PRECEDING' : undefined,
      options & FRAME.endOffsetFollowing ? 'FOLLOWING' : undefined,
    ])
  } else start()
  if (options & FRAME.excludeCurrentRow) output.text(' EXCLUDE CURRENT ROW')
  if (options & FRAME.excludeGroup) output.text(' EXCLUDE GROUP')
  if (options & FRAME.excludeTies) output.text(' EXCLUDE TIES')
}

function printBound(
  printer: Printer,
  offset: Node | undefined,
  words: readonly (string | undefined)[],
): void {
  const word = words.find((candidate) => candidate !== undefined)
  if (word === undefined) throw unsupported('this window frame')
  if (word === 'PRECEDING' || word === 'FOLLOWING') {
    if (offset === undefined) throw unsupported('this window frame')
    printer.expression(offset)
    printer.output.text(' ')
  }
  printer.output.text(word)
}

export function printSort(sort: SortBy, printer: Printer): void {
  onlyKeys(sort, SORT, 'a sort key')
  if (sort.node === undefined) throw unsupported('an empty sort key')
  printer.expression(sort.node)
  const { output } = printer
  switch (sort.sortby_dir) {
    case 'SORTBY_ASC':
      output.text(' ASC')
      break
    case 'SORTBY_DESC':
      output.text(' DESC')
      break
    case 'SORTBY_USING':
      output.text(' USING ')
      printOperator(sort.useOp, printer)
      break
    default:
      break
  }
  if (sort.sortby_nulls === 'SORTBY_NULLS_FIRST') output.text(' NULLS FIRST')
  if (sort.sortby_nulls === 'SORTBY_NULLS_LAST') output.text(' NULLS LAST')
}
