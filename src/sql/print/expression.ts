import type { Node, SubLink } from '../tree.js'
import { printConstant } from './constant.js'
import { printCall } from './function.js'
import { nameText, printOperator } from './names.js'
import { printOperatorExpression } from './operator.js'
import { onlyKeys, quoteIdentifier, unsupported } from './output.js'
import type { Printer } from './printer.js'

const KEYS = {
  ColumnRef: new Set(['fields', 'location']),
  ParamRef: new Set(['number', 'location']),
  BoolExpr: new Set(['boolop', 'args', 'location']),
  NullTest: new Set(['arg', 'nulltesttype', 'location']),
  BooleanTest: new Set(['arg', 'booltesttype', 'location']),
  CaseExpr: new Set(['arg', 'args', 'defresult', 'location']),
  CaseWhen: new Set(['expr', 'result', 'location']),
  CoalesceExpr: new Set(['args', 'location']),
  MinMaxExpr: new Set(['op', 'args', 'location']),
  SubLink: new Set(['subLinkType', 'testexpr', 'operName', 'subselect', 'location']),
  A_ArrayExpr: new Set(['elements', 'location', 'list_start', 'list_end']),
  RowExpr: new Set(['args', 'row_format', 'location']),
  A_Indirection: new Set(['arg', 'indirection']),
  A_Indices: new Set(['is_slice', 'lidx', 'uidx']),
  TypeCast: new Set(['arg', 'typeName', 'location']),
  CollateClause: new Set(['arg', 'collname', 'location']),
  SQLValueFunction: new Set(['op', 'typmod', 'location']),
  GroupingFunc: new Set(['args', 'location']),
  GroupingSet: new Set(['kind', 'content', 'location']),
} as const

/** Kinds whose location is where their own text begins. */
const BEGINNING_WITH_A_WORD = [
  'A_ArrayExpr',
  'CaseExpr',
  'CoalesceExpr',
  'GroupingFunc',
  'MinMaxExpr',
  'RowExpr',
  'SQLValueFunction',
]

/** One expression. A kind that is not listed is refused: the printer is the allow-list. */
export function printExpression(node: Node, printer: Printer): void {
  const { output } = printer
  if ('ColumnRef' in node) {
    onlyKeys(node.ColumnRef, KEYS.ColumnRef, 'a column')
    output.mark(node.ColumnRef.location)
    return output.text(
      (node.ColumnRef.fields ?? [])
        .map((field) => ('A_Star' in field ? '*' : quoteIdentifier(nameText(field))))
        .join('.'),
    )
  }
  if ('A_Const' in node) return printConstant(node.A_Const, printer)
  if ('A_Expr' in node) return printOperatorExpression(node.A_Expr, printer)
  if ('FuncCall' in node) return printCall(node.FuncCall, printer)
  if ('SortBy' in node) return printer.sort(node.SortBy)
  if ('SubLink' in node) return printSubLink(node.SubLink, printer)
  if ('ParamRef' in node) {
    onlyKeys(node.ParamRef, KEYS.ParamRef, 'a parameter')
    output.mark(node.ParamRef.location)
    return output.text(`$${node.ParamRef.number ?? 0}`)
  }
  if ('TypeCast' in node) {
    const { arg, typeName } = node.TypeCast
    onlyKeys(node.TypeCast, KEYS.TypeCast, 'a cast')
    if (arg === undefined || typeName === undefined) throw unsupported('this cast')
    output.mark(node.TypeCast.location)
    output.text('CAST(')
    printer.expression(arg)
    output.text(' AS ')
    printer.type(typeName)
    return output.text(')')
  }
  if (BEGINNING_WITH_A_WORD.some((kind) => kind in node)) output.mark(locationOf(node))
  if ('BoolExpr' in node) {
    onlyKeys(node.BoolExpr, KEYS.BoolExpr, 'a condition')
    const args = node.BoolExpr.args ?? []
    output.text('(')
    if (node.BoolExpr.boolop === 'NOT_EXPR') output.text('NOT ')
    const word = node.BoolExpr.boolop === 'OR_EXPR' ? ' OR ' : ' AND '
    args.forEach((argument, index) => {
      if (index > 0) output.text(word)
      printer.expression(argument)
    })
    return output.text(')')
  }
  if ('NullTest' in node) {
    onlyKeys(node.NullTest, KEYS.NullTest, 'a null test')
    return postfix(
      node.NullTest.arg,
      node.NullTest.nulltesttype === 'IS_NOT_NULL' ? 'IS NOT NULL' : 'IS NULL',
      printer,
    )
  }
  if ('BooleanTest' in node) {
    onlyKeys(node.BooleanTest, KEYS.BooleanTest, 'a boolean test')
    return postfix(node.BooleanTest.arg, BOOLEAN_TESTS[node.BooleanTest.booltesttype ?? ''], printer)
  }
  if ('CoalesceExpr' in node) {
    onlyKeys(node.CoalesceExpr, KEYS.CoalesceExpr, 'COALESCE')
    return printWord('COALESCE', node.CoalesceExpr.args, printer)
  }
  if ('MinMaxExpr' in node) {
    onlyKeys(node.MinMaxExpr, KEYS.MinMaxExpr, 'GREATEST or LEAST')
    return printWord(node.MinMaxExpr.op === 'IS_LEAST' ? 'LEAST' : 'GREATEST', node.MinMaxExpr.args, printer)
  }
  if ('GroupingFunc' in node) {
    onlyKeys(node.GroupingFunc, KEYS.GroupingFunc, 'GROUPING')
    return printWord('GROUPING', node.GroupingFunc.args, printer)
  }
  return printRareExpression(node, printer)
}

function printRareExpression(node: Node, printer: Printer): void {
  const { output } = printer
  if ('CaseExpr' in node) {
    const { arg, args, defresult } = node.CaseExpr
    onlyKeys(node.CaseExpr, KEYS.CaseExpr, 'CASE')
    output.text('CASE')
    if (arg !== undefined) prefixed(' ', arg, printer)
    for (const branch of args ?? []) {
      if (!('CaseWhen' in branch)) throw unsupported('this CASE')
      onlyKeys(branch.CaseWhen, KEYS.CaseWhen, 'WHEN')
      output.text(' ')
      output.mark(branch.CaseWhen.location)
      prefixed('WHEN ', branch.CaseWhen.expr, printer)
      prefixed(' THEN ', branch.CaseWhen.result, printer)
    }
    if (defresult !== undefined) prefixed(' ELSE ', defresult, printer)
    return output.text(' END')
  }
  if ('A_ArrayExpr' in node) {
    onlyKeys(node.A_ArrayExpr, KEYS.A_ArrayExpr, 'ARRAY')
    output.text('ARRAY[')
    printer.list(node.A_ArrayExpr.elements, printer.expression)
    return output.text(']')
  }
  if ('RowExpr' in node) {
    onlyKeys(node.RowExpr, KEYS.RowExpr, 'ROW')
    output.text(node.RowExpr.row_format === 'COERCE_IMPLICIT_CAST' ? '(' : 'ROW(')
    printer.list(node.RowExpr.args, printer.expression)
    return output.text(')')
  }
  if ('A_Indirection' in node) {
    onlyKeys(node.A_Indirection, KEYS.A_Indirection, 'a subscript')
    prefixed('(', node.A_Indirection.arg, printer)
    output.text(')')
    for (const step of node.A_Indirection.indirection ?? []) printIndirection(step, printer)
    return
  }
  if ('CollateClause' in node) {
    onlyKeys(node.CollateClause, KEYS.CollateClause, 'COLLATE')
    prefixed('(', node.CollateClause.arg, printer)
    output.text(' ')
    output.mark(node.CollateClause.location)
    output.text('COLLATE ')
    printer.name(node.CollateClause.collname)
    return output.text(')')
  }
  if ('SQLValueFunction' in node) {
    onlyKeys(node.SQLValueFunction, KEYS.SQLValueFunction, 'a value function')
    const word = VALUE_FUNCTIONS[node.SQLValueFunction.op ?? '']
    if (word === undefined) throw unsupported('this function', node.SQLValueFunction.location)
    const { op, typmod } = node.SQLValueFunction
    return output.text(op?.endsWith('_N') ? `${word}(${typmod ?? 0})` : word)
  }
  if ('GroupingSet' in node) {
    onlyKeys(node.GroupingSet, KEYS.GroupingSet, 'a grouping set')
    const word = GROUPING_SETS[node.GroupingSet.kind ?? '']
    if (word === undefined) throw unsupported('this grouping set')
    output.text(`${word}(`)
    printer.list(node.GroupingSet.content, printer.expression)
    return output.text(')')
  }
  throw unsupported(kindName(node), locationOf(node))
}

const BOOLEAN_TESTS: Readonly<Record<string, string>> = {
  IS_TRUE: 'IS TRUE',
  IS_NOT_TRUE: 'IS NOT TRUE',
  IS_FALSE: 'IS FALSE',
  IS_NOT_FALSE: 'IS NOT FALSE',
  IS_UNKNOWN: 'IS UNKNOWN',
  IS_NOT_UNKNOWN: 'IS NOT UNKNOWN',
}

const VALUE_FUNCTIONS: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: 'CURRENT_DATE',
  SVFOP_CURRENT_TIME: 'CURRENT_TIME',
  SVFOP_CURRENT_TIME_N: 'CURRENT_TIME',
  SVFOP_CURRENT_TIMESTAMP: 'CURRENT_TIMESTAMP',
  SVFOP_CURRENT_TIMESTAMP_N: 'CURRENT_TIMESTAMP',
  SVFOP_LOCALTIME: 'LOCALTIME',
  SVFOP_LOCALTIME_N: 'LOCALTIME',
  SVFOP_LOCALTIMESTAMP: 'LOCALTIMESTAMP',
  SVFOP_LOCALTIMESTAMP_N: 'LOCALTIMESTAMP',
}

const GROUPING_SETS: Readonly<Record<string, string>> = {
  GROUPING_SET_EMPTY: '',
  GROUPING_SET_ROLLUP: 'ROLLUP ',
  GROUPING_SET_CUBE: 'CUBE ',
  GROUPING_SET_SETS: 'GROUPING SETS ',
}

/** What a person would call a node's kind. */
function kindName(node: Node): string {
  const kind = Object.keys(node)[0] ?? 'this construct'
  if (kind.startsWith('Xml')) return 'XML'
  if (kind.startsWith('Json')) return 'this SQL/JSON construct'
  if (kind === 'SetToDefault') return 'DEFAULT'
  if (kind === 'CurrentOfExpr') return 'WHERE CURRENT OF'
  return kind
}

function locationOf(node: Node): number | undefined {
  const [payload] = Object.values(node) as { location?: number }[]
  return payload?.location
}

function prefixed(text: string, node: Node | undefined, printer: Printer): void {
  if (node === undefined) throw unsupported('this expression')
  printer.output.text(text)
  printer.expression(node)
}

function postfix(node: Node | undefined, word: string | undefined, printer: Printer): void {
  if (word === undefined) throw unsupported('this test')
  prefixed('(', node, printer)
  printer.output.text(` ${word})`)
}

function printWord(word: string, args: readonly Node[] | undefined, printer: Printer): void {
  printer.output.text(`${word}(`)
  printer.list(args, printer.expression)
  printer.output.text(')')
}

function printIndirection(step: Node, printer: Printer): void {
  const { output } = printer
  if ('A_Star' in step) return output.text('.*')
  if ('String' in step) return output.text(`.${quoteIdentifier(nameText(step))}`)
  if (!('A_Indices' in step)) throw unsupported('this subscript')
  const { is_slice: slice, lidx, uidx } = step.A_Indices
  onlyKeys(step.A_Indices, KEYS.A_Indices, 'a subscript')
  output.text('[')
  if (lidx !== undefined) printer.expression(lidx)
  if (slice) output.text(':')
  if (uidx !== undefined) printer.expression(uidx)
  output.text(']')
}

function printSubLink(link: SubLink, printer: Printer): void {
  onlyKeys(link, KEYS.SubLink, 'a subquery')
  const { output } = printer
  output.mark(link.location)
  switch (link.subLinkType) {
    case 'EXISTS_SUBLINK':
      output.text('EXISTS ')
      return printer.subquery(link.subselect)
    case 'EXPR_SUBLINK':
      return printer.subquery(link.subselect)
    case 'ARRAY_SUBLINK':
      output.text('ARRAY')
      return printer.subquery(link.subselect)
    case 'ANY_SUBLINK':
    case 'ALL_SUBLINK':
      prefixed('(', link.testexpr, printer)
      output.text(' ')
      output.mark(link.location)
      if (link.operName === undefined) output.text('IN ')
      else {
        printOperator(link.operName, printer)
        output.text(link.subLinkType === 'ANY_SUBLINK' ? ' ANY ' : ' ALL ')
      }
      printer.subquery(link.subselect)
      return output.text(')')
    default:
      throw unsupported('this subquery')
  }
}
