import type { Node } from './tree.js'

const UNNAMED = '?column?'

/** The name that Postgres gives an unaliased result column (parse_target.c, FigureColname). */
export function columnName(expression: Node): string {
  return figure(expression)?.name ?? UNNAMED
}

/** `strong` is false for names that a cast around them replaces. */
interface Figured {
  readonly name: string
  readonly strong: boolean
}

const strong = (name: string | undefined): Figured | undefined =>
  name === undefined ? undefined : { name, strong: true }
const weak = (name: string): Figured => ({ name, strong: false })

function text(node: Node | undefined): string | undefined {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : undefined
}

function lastName(nodes: readonly Node[] | undefined): string | undefined {
  return text((nodes ?? []).filter((node) => 'String' in node).at(-1))
}

function figure(node: Node): Figured | undefined {
  if ('ColumnRef' in node) return strong(lastName(node.ColumnRef.fields))
  if ('A_Indirection' in node) {
    const field = lastName(node.A_Indirection.indirection)
    if (field !== undefined) return strong(field)
    return node.A_Indirection.arg === undefined ? undefined : figure(node.A_Indirection.arg)
  }
  if ('FuncCall' in node) return strong(lastName(node.FuncCall.funcname))
  if ('A_Expr' in node) return node.A_Expr.kind === 'AEXPR_NULLIF' ? strong('nullif') : undefined
  if ('TypeCast' in node) {
    const inner = node.TypeCast.arg === undefined ? undefined : figure(node.TypeCast.arg)
    if (inner?.strong) return inner
    const type = lastName(node.TypeCast.typeName?.names)
    return type === undefined ? inner : weak(type)
  }
  if ('CollateClause' in node)
    return node.CollateClause.arg === undefined ? undefined : figure(node.CollateClause.arg)
  if ('GroupingFunc' in node) return strong('grouping')
  if ('SubLink' in node) return figureSubLink(node)
  if ('CaseExpr' in node) {
    const inner = node.CaseExpr.defresult === undefined ? undefined : figure(node.CaseExpr.defresult)
    return inner?.strong ? inner : weak('case')
  }
  if ('A_ArrayExpr' in node) return strong('array')
  if ('RowExpr' in node) return strong('row')
  if ('CoalesceExpr' in node) return strong('coalesce')
  if ('MinMaxExpr' in node) return strong(node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest')
  if ('SQLValueFunction' in node) return strong(VALUE_FUNCTIONS[node.SQLValueFunction.op ?? ''])
  return undefined
}

function figureSubLink(node: Extract<Node, { SubLink: unknown }>): Figured | undefined {
  switch (node.SubLink.subLinkType) {
    case 'EXISTS_SUBLINK':
      return strong('exists')
    case 'ARRAY_SUBLINK':
      return strong('array')
    case 'EXPR_SUBLINK': {
      const select = node.SubLink.subselect
      let statement = select !== undefined && 'SelectStmt' in select ? select.SelectStmt : undefined
      while (statement?.larg !== undefined) statement = statement.larg
      const [target] = statement?.targetList ?? []
      if (target === undefined || !('ResTarget' in target)) return undefined
      if (target.ResTarget.name !== undefined) return strong(target.ResTarget.name)
      return target.ResTarget.val === undefined ? undefined : figure(target.ResTarget.val)
    }
    default:
      return undefined
  }
}

const VALUE_FUNCTIONS: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: 'current_date',
  SVFOP_CURRENT_TIME: 'current_time',
  SVFOP_CURRENT_TIME_N: 'current_time',
  SVFOP_CURRENT_TIMESTAMP: 'current_timestamp',
  SVFOP_CURRENT_TIMESTAMP_N: 'current_timestamp',
  SVFOP_LOCALTIME: 'localtime',
  SVFOP_LOCALTIME_N: 'localtime',
  SVFOP_LOCALTIMESTAMP: 'localtimestamp',
  SVFOP_LOCALTIMESTAMP_N: 'localtimestamp',
  SVFOP_CURRENT_ROLE: 'current_role',
  SVFOP_CURRENT_USER: 'current_user',
  SVFOP_USER: 'user',
  SVFOP_SESSION_USER: 'session_user',
  SVFOP_CURRENT_CATALOG: 'current_catalog',
  SVFOP_CURRENT_SCHEMA: 'current_schema',
}
