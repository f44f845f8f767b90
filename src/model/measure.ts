import type { Node } from '../sql/tree.js'
import { compileExpression, type FragmentScope } from './fragment.js'
import type { Aggregate } from './model.js'
import { MemberProblem } from './problem.js'

export const AGGREGATES: readonly Aggregate[] = [
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'count_distinct',
  'count_distinct_approx',
]

/** Types of measures that are calculated from others. */
export const CALCULATED_TYPES: readonly string[] = ['number', 'string', 'time', 'boolean']

/** Each row's contribution to a measure: its sql where all its filters hold. */
export function compileContribution(
  name: string,
  aggregate: Aggregate,
  properties: ReadonlyMap<string, unknown>,
  scope: FragmentScope,
): Node {
  const sql = properties.get('sql')
  if (sql === undefined && aggregate !== 'count') {
    throw new MemberProblem(`the measure "${name}" of type ${aggregate} has no sql`, 'Write sql: `column`.')
  }
  const value: Node =
    sql === undefined ? { A_Const: { ival: { ival: 1 } } } : compileExpression(String(sql), scope)
  const filters = properties.get('filters')
  if (filters === undefined) return value
  if (!Array.isArray(filters))
    throw new MemberProblem(`filters of "${name}" must be a list`, 'Write filters: [{ sql: `condition` }].')
  const conditions = filters.map((filter: unknown): Node => {
    const condition =
      filter !== null && typeof filter === 'object' && 'sql' in filter ? String(filter.sql) : undefined
    if (condition === undefined)
      throw new MemberProblem(`a filter of "${name}" has no sql`, 'Write filters: [{ sql: `condition` }].')
    return compileExpression(condition, scope)
  })
  const [first, ...rest] = conditions
  if (first === undefined) return value
  const flat = conditions.flatMap((node) =>
    'BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR' ? (node.BoolExpr.args ?? []) : [node],
  )
  const all: Node = rest.length === 0 ? first : { BoolExpr: { boolop: 'AND_EXPR', args: flat } }
  return { CaseExpr: { args: [{ CaseWhen: { expr: all, result: value } }] } }
}
