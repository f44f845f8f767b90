import type { JoinExpr, Node, RangeFunction, RangeSubselect, RangeVar } from '../tree.js'
import { nameText, printAlias } from './names.js'
import { onlyKeys, quoteIdentifier, unsupported } from './output.js'
import type { Printer } from './printer.js'

const KEYS = {
  RangeVar: new Set(['schemaname', 'relname', 'inh', 'relpersistence', 'alias', 'location']),
  RangeSubselect: new Set(['lateral', 'subquery', 'alias']),
  RangeFunction: new Set(['lateral', 'ordinality', 'is_rowsfrom', 'functions', 'alias', 'coldeflist']),
  JoinExpr: new Set([
    'jointype',
    'isNatural',
    'larg',
    'rarg',
    'usingClause',
    'join_using_alias',
    'quals',
    'alias',
    'rtindex',
  ]),
  ColumnDef: new Set(['colname', 'typeName', 'is_local', 'location']),
}

/** One item of a FROM list. */
export function printFromItem(node: Node, printer: Printer): void {
  if ('RangeVar' in node) return printTable(node.RangeVar, printer)
  if ('RangeSubselect' in node) return printSubselect(node.RangeSubselect, printer)
  if ('RangeFunction' in node) return printFunction(node.RangeFunction, printer)
  if ('JoinExpr' in node) return printJoin(node.JoinExpr, printer)
  if ('RangeTableSample' in node) throw unsupported('TABLESAMPLE')
  if ('RangeTableFunc' in node) throw unsupported('XMLTABLE')
  if ('JsonTable' in node) throw unsupported('JSON_TABLE')
  throw unsupported('this kind of FROM item')
}

function printTable(table: RangeVar, printer: Printer): void {
  onlyKeys(table, KEYS.RangeVar, 'a table')
  if (table.inh !== true) throw unsupported('ONLY')
  const { output } = printer
  output.mark(table.location)
  if (table.schemaname !== undefined) output.text(`${quoteIdentifier(table.schemaname)}.`)
  output.text(quoteIdentifier(table.relname ?? ''))
  printAlias(table.alias, printer)
}

function printSubselect(node: RangeSubselect, printer: Printer): void {
  onlyKeys(node, KEYS.RangeSubselect, 'a subquery')
  if (node.lateral) printer.output.text('LATERAL ')
  printer.subquery(node.subquery)
  printAlias(node.alias, printer)
}

function printFunction(node: RangeFunction, printer: Printer): void {
  onlyKeys(node, KEYS.RangeFunction, 'a function in FROM')
  const { output } = printer
  if (node.lateral) output.text('LATERAL ')
  if (node.is_rowsfrom) output.text('ROWS FROM (')
  printer.list(node.functions, (item) => {
    const [call, definitions] = 'List' in item ? (item.List.items ?? []) : [item]
    if (call === undefined) throw unsupported('this function in FROM')
    printer.expression(call)
    if (definitions !== undefined && 'List' in definitions) {
      output.text(' AS (')
      printer.list(definitions.List.items, (definition) => printDefinition(definition, printer))
      output.text(')')
    }
  })
  if (node.is_rowsfrom) output.text(')')
  if (node.ordinality) output.text(' WITH ORDINALITY')
  if (node.coldeflist === undefined) return printAlias(node.alias, printer)
  output.text(node.alias?.aliasname === undefined ? ' AS (' : ` AS ${quoteIdentifier(node.alias.aliasname)}(`)
  printer.list(node.coldeflist, (definition) => printDefinition(definition, printer))
  output.text(')')
}

function printDefinition(node: Node, printer: Printer): void {
  if (!('ColumnDef' in node)) throw unsupported('this column definition')
  onlyKeys(node.ColumnDef, KEYS.ColumnDef, 'a column definition')
  const { colname, typeName, location } = node.ColumnDef
  if (typeName === undefined) throw unsupported('a column without a type')
  printer.output.mark(location)
  printer.output.text(`${quoteIdentifier(colname ?? '')} `)
  printer.type(typeName)
}

const JOINS: Readonly<Record<string, string>> = {
  JOIN_INNER: 'JOIN',
  JOIN_LEFT: 'LEFT JOIN',
  JOIN_RIGHT: 'RIGHT JOIN',
  JOIN_FULL: 'FULL JOIN',
}

function printJoin(join: JoinExpr, printer: Printer): void {
  onlyKeys(join, KEYS.JoinExpr, 'a join')
  const { output } = printer
  const word = JOINS[join.jointype ?? '']
  if (word === undefined || join.larg === undefined || join.rarg === undefined) throw unsupported('this join')
  output.text('(')
  printFromItem(join.larg, printer)
  const free = join.quals === undefined && join.usingClause === undefined && !join.isNatural
  if (free && join.jointype !== 'JOIN_INNER') throw unsupported('this join')
  output.text(free ? ' CROSS JOIN ' : ` ${join.isNatural ? 'NATURAL ' : ''}${word} `)
  printFromItem(join.rarg, printer)
  if (join.usingClause !== undefined) {
    output.text(' USING (')
    printer.list(join.usingClause, (column) => output.text(quoteIdentifier(nameText(column))))
    output.text(')')
    if (join.join_using_alias !== undefined) printAlias(join.join_using_alias, printer)
  } else if (join.quals !== undefined) {
    output.text(' ON ')
    printer.expression(join.quals)
  }
  output.text(')')
  printAlias(join.alias, printer)
}
