import type { CopyStmt, DeclareCursorStmt, FetchStmt, Node } from '../tree.js'
import { printType } from './constant.js'
import { printExpression } from './expression.js'
import { nameText } from './names.js'
import {
  createOutput,
  type Output,
  onlyKeys,
  type Position,
  quoteIdentifier,
  quoteLiteral,
  unsupported,
} from './output.js'
import type { Printer } from './printer.js'
import { printSelect } from './select.js'
import { printSort, printWindow } from './window.js'

export interface Printed {
  readonly text: string
  readonly positions: readonly Position[]
}

/**
 * Prints one statement: a SELECT, or one of those that hold or follow a SELECT (DECLARE, FETCH, CLOSE, COPY … TO STDOUT).
 *
 * @throws PgError feature_not_supported for every construct that is not known here
 */
export function printStatement(node: Node): Printed {
  const output = createOutput()
  const printer = createPrinter(output)
  if ('SelectStmt' in node) printSelect(node.SelectStmt, printer)
  else if ('DeclareCursorStmt' in node) printDeclare(node.DeclareCursorStmt, printer)
  else if ('FetchStmt' in node) printFetch(node.FetchStmt, printer)
  else if ('ClosePortalStmt' in node) {
    const name = node.ClosePortalStmt.portalname
    output.text(name === undefined ? 'CLOSE ALL' : `CLOSE ${quoteIdentifier(name)}`)
  } else if ('CopyStmt' in node) printCopy(node.CopyStmt, printer)
  else throw unsupported('this statement')
  return output.result()
}

function createPrinter(output: Output): Printer {
  const printer: Printer = {
    output,
    expression: (node) => printExpression(node, printer),
    select: (statement) => printSelect(statement, printer),
    type: (type) => printType(type, printer),
    window: (window) => printWindow(window, printer),
    sort: (sort) => printSort(sort, printer),
    list(elements, print) {
      let first = true
      for (const element of elements ?? []) {
        if (!first) output.text(', ')
        first = false
        print(element)
      }
    },
    subquery(node) {
      if (node === undefined || !('SelectStmt' in node)) throw unsupported('a subquery that is no SELECT')
      output.text('(')
      printSelect(node.SelectStmt, printer)
      output.text(')')
    },
    name: (parts) => output.text((parts ?? []).map((part) => quoteIdentifier(nameText(part))).join('.')),
  }
  return printer
}

const DECLARE = new Set(['portalname', 'options', 'query'])
/** Bits of DeclareCursorStmt.options (parsenodes.h). */
const CURSOR = {
  binary: 0x1,
  scroll: 0x2,
  noScroll: 0x4,
  insensitive: 0x8,
  asensitive: 0x10,
  hold: 0x20,
} as const

function printDeclare(statement: DeclareCursorStmt, printer: Printer): void {
  onlyKeys(statement, DECLARE, 'DECLARE')
  const options = statement.options ?? 0
  const words = [
    options & CURSOR.binary ? ' BINARY' : '',
    options & CURSOR.insensitive ? ' INSENSITIVE' : '',
    options & CURSOR.asensitive ? ' ASENSITIVE' : '',
    options & CURSOR.scroll ? ' SCROLL' : '',
    options & CURSOR.noScroll ? ' NO SCROLL' : '',
  ]
  const { query } = statement
  if (query === undefined || !('SelectStmt' in query)) throw unsupported('a cursor that is no SELECT')
  const hold = options & CURSOR.hold ? ' WITH HOLD' : ''
  printer.output.text(
    `DECLARE ${quoteIdentifier(statement.portalname ?? '')}${words.join('')} CURSOR${hold} FOR `,
  )
  printer.select(query.SelectStmt)
}

const DIRECTIONS: Readonly<Record<string, string>> = {
  FETCH_FORWARD: 'FORWARD',
  FETCH_BACKWARD: 'BACKWARD',
  FETCH_ABSOLUTE: 'ABSOLUTE',
  FETCH_RELATIVE: 'RELATIVE',
}

function printFetch(statement: FetchStmt, printer: Printer): void {
  const direction = DIRECTIONS[statement.direction ?? '']
  if (direction === undefined) throw unsupported('this FETCH')
  const count = Number(statement.howMany ?? 0)
  if (!Number.isFinite(count)) throw unsupported('this FETCH')
  // FETCH ALL is a count of LONG_MAX, which JavaScript cannot hold exactly.
  const amount = count > Number.MAX_SAFE_INTEGER ? 'ALL' : String(count)
  printer.output.text(
    `${statement.ismove ? 'MOVE' : 'FETCH'} ${direction} ${amount} FROM ${quoteIdentifier(statement.portalname ?? '')}`,
  )
}

const COPY = new Set(['query', 'options', 'is_from', 'relation', 'attlist'])
const COPY_OPTIONS = new Set([
  'format',
  'delimiter',
  'null',
  'header',
  'quote',
  'escape',
  'force_quote',
  'encoding',
])

function printCopy(statement: CopyStmt, printer: Printer): void {
  onlyKeys(statement, COPY, 'COPY')
  const { query } = statement
  if (query === undefined || !('SelectStmt' in query) || statement.relation !== undefined)
    throw unsupported('this COPY')
  const { output } = printer
  output.text('COPY (')
  printer.select(query.SelectStmt)
  output.text(') TO STDOUT')
  if (statement.options === undefined) return
  output.text(' WITH (')
  printer.list(statement.options, (node) => {
    if (!('DefElem' in node)) throw unsupported('this COPY option')
    const { defname = '', arg } = node.DefElem
    if (!COPY_OPTIONS.has(defname)) throw unsupported(`the COPY option ${defname}`)
    output.text(defname)
    printCopyValue(arg, printer)
  })
  output.text(')')
}

function printCopyValue(value: Node | undefined, { output, list }: Printer): void {
  if (value === undefined) return
  if ('String' in value) return output.text(` ${quoteLiteral(value.String.sval ?? '')}`)
  if ('Boolean' in value) return output.text(value.Boolean.boolval ? ' true' : ' false')
  if ('Integer' in value) return output.text(` ${value.Integer.ival ?? 0}`)
  if ('A_Star' in value) return output.text(' *')
  if (!('List' in value)) throw unsupported('this COPY option')
  output.text(' (')
  list(value.List.items, (name) => output.text(quoteIdentifier(nameText(name))))
  output.text(')')
}
