import { PgError } from '../../errors.js'
import type { CommonTableExpr, Node, SelectStmt, WithClause } from '../tree.js'
import { printFromItem } from './from.js'
import { nameText } from './names.js'
import { onlyKeys, quoteIdentifier, unsupported } from './output.js'
import type { Printer } from './printer.js'

const SELECT = new Set(
  (
    'distinctClause targetList fromClause whereClause groupClause groupDistinct havingClause windowClause valuesLists sortClause ' +
    'limitOffset limitCount limitOption withClause op all larg rarg'
  ).split(' '),
)
const TARGET = new Set(['name', 'val', 'location'])
const WITH = new Set(['ctes', 'recursive', 'location'])
const CTE = new Set(
  'ctename aliascolnames ctematerialized ctequery search_clause cycle_clause location'.split(' '),
)
const SEARCH = new Set('search_col_list search_breadth_first search_seq_column location'.split(' '))
const CYCLE = new Set(
  'cycle_col_list cycle_mark_column cycle_mark_value cycle_mark_default cycle_path_column location'.split(
    ' ',
  ),
)

/** SELECT, VALUES or a set operation, with its WITH, ORDER BY and LIMIT. */
export function printSelect(statement: SelectStmt, printer: Printer): void {
  if (statement.intoClause !== undefined) throw unsupported('SELECT INTO')
  if (statement.lockingClause !== undefined)
    throw new PgError('read_only_sql_transaction', 'cannot lock rows in a read-only transaction', {
      hint: 'Leave out FOR UPDATE or FOR SHARE: every statement sees one snapshot without it.',
    })
  onlyKeys(statement, SELECT, 'SELECT')
  const { output } = printer
  if (statement.withClause !== undefined) printWith(statement.withClause, printer)
  if (statement.op !== undefined && statement.op !== 'SETOP_NONE') printSetOperation(statement, printer)
  else if (statement.valuesLists !== undefined) printValues(statement.valuesLists, printer)
  else printBlock(statement, printer)
  clause(' ORDER BY ', statement.sortClause, printer)
  if (statement.limitOffset !== undefined) {
    output.text(' OFFSET ')
    printer.expression(statement.limitOffset)
  }
  if (statement.limitCount === undefined) return
  const ties = statement.limitOption === 'LIMIT_OPTION_WITH_TIES'
  output.text(ties ? ' FETCH FIRST (' : ' LIMIT ')
  printer.expression(statement.limitCount)
  if (ties) output.text(') ROWS WITH TIES')
}

function printSetOperation(statement: SelectStmt, printer: Printer): void {
  const { larg, rarg, op } = statement
  const word =
    op === 'SETOP_UNION'
      ? 'UNION'
      : op === 'SETOP_INTERSECT'
        ? 'INTERSECT'
        : op === 'SETOP_EXCEPT'
          ? 'EXCEPT'
          : undefined
  if (larg === undefined || rarg === undefined || word === undefined) throw unsupported('this set operation')
  const { output } = printer
  output.text('(')
  printer.select(larg)
  output.text(`) ${word}${statement.all ? ' ALL' : ''} (`)
  printer.select(rarg)
  output.text(')')
}

function printValues(lists: readonly Node[], printer: Printer): void {
  const { output } = printer
  output.text('VALUES ')
  printer.list(lists, (row) => {
    if (!('List' in row)) throw unsupported('this VALUES')
    output.text('(')
    printer.list(row.List.items, printer.expression)
    output.text(')')
  })
}

function printBlock(statement: SelectStmt, printer: Printer): void {
  const { output } = printer
  output.text('SELECT')
  if (statement.distinctClause !== undefined) {
    output.text(' DISTINCT')
    const on = statement.distinctClause.filter((node) => Object.keys(node).length > 0)
    if (on.length > 0) {
      output.text(' ON (')
      printer.list(on, printer.expression)
      output.text(')')
    }
  }
  if (statement.targetList !== undefined) output.text(' ')
  printer.list(statement.targetList, (target) => printTarget(target, printer))
  if (statement.fromClause !== undefined) {
    output.text(' FROM ')
    printer.list(statement.fromClause, (item) => printFromItem(item, printer))
  }
  clause(' WHERE ', statement.whereClause === undefined ? undefined : [statement.whereClause], printer)
  clause(` GROUP BY ${statement.groupDistinct ? 'DISTINCT ' : ''}`, statement.groupClause, printer)
  clause(' HAVING ', statement.havingClause === undefined ? undefined : [statement.havingClause], printer)
  if (statement.windowClause === undefined) return
  output.text(' WINDOW ')
  printer.list(statement.windowClause, (window) => {
    if (!('WindowDef' in window)) throw unsupported('this window')
    output.text(`${quoteIdentifier(window.WindowDef.name ?? '')} AS `)
    printer.window(window.WindowDef)
  })
}

function clause(word: string, nodes: readonly Node[] | undefined, printer: Printer): void {
  if (nodes === undefined) return
  printer.output.text(word)
  printer.list(nodes, printer.expression)
}

function printTarget(node: Node, printer: Printer): void {
  if (!('ResTarget' in node) || node.ResTarget.val === undefined) throw unsupported('this select list')
  onlyKeys(node.ResTarget, TARGET, 'a select list')
  printer.expression(node.ResTarget.val)
  if (node.ResTarget.name !== undefined) printer.output.text(` AS ${quoteIdentifier(node.ResTarget.name)}`)
}

function printWith(clauseNode: WithClause, printer: Printer): void {
  onlyKeys(clauseNode, WITH, 'WITH')
  const { output } = printer
  output.text(clauseNode.recursive ? 'WITH RECURSIVE ' : 'WITH ')
  printer.list(clauseNode.ctes, (node) => {
    if (!('CommonTableExpr' in node)) throw unsupported('this WITH query')
    printCte(node.CommonTableExpr, printer)
  })
  output.text(' ')
}

function printCte(cte: CommonTableExpr, printer: Printer): void {
  onlyKeys(cte, CTE, 'a WITH query')
  const { output } = printer
  output.mark(cte.location)
  output.text(quoteIdentifier(cte.ctename ?? ''))
  if (cte.aliascolnames !== undefined) columns('(', cte.aliascolnames, printer, ')')
  output.text(' AS ')
  if (cte.ctematerialized === 'CTEMaterializeAlways') output.text('MATERIALIZED ')
  if (cte.ctematerialized === 'CTEMaterializeNever') output.text('NOT MATERIALIZED ')
  printer.subquery(cte.ctequery)
  const search = cte.search_clause
  if (search !== undefined) {
    onlyKeys(search, SEARCH, 'SEARCH')
    columns(
      ` SEARCH ${search.search_breadth_first ? 'BREADTH' : 'DEPTH'} FIRST BY `,
      search.search_col_list,
      printer,
      '',
    )
    output.text(` SET ${quoteIdentifier(search.search_seq_column ?? '')}`)
  }
  const cycle = cte.cycle_clause
  if (cycle === undefined) return
  onlyKeys(cycle, CYCLE, 'CYCLE')
  columns(' CYCLE ', cycle.cycle_col_list, printer, '')
  output.text(` SET ${quoteIdentifier(cycle.cycle_mark_column ?? '')}`)
  if (cycle.cycle_mark_value !== undefined && cycle.cycle_mark_default !== undefined) {
    output.text(' TO ')
    printer.expression(cycle.cycle_mark_value)
    output.text(' DEFAULT ')
    printer.expression(cycle.cycle_mark_default)
  }
  output.text(` USING ${quoteIdentifier(cycle.cycle_path_column ?? '')}`)
}

function columns(before: string, names: readonly Node[] | undefined, printer: Printer, after: string): void {
  printer.output.text(before)
  printer.list(names, (name) => printer.output.text(quoteIdentifier(nameText(name))))
  printer.output.text(after)
}
