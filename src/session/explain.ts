import { PgError } from '../errors.js'
import type { Fence } from '../plan/fence.js'
import type { Plan } from '../plan/plan.js'
import type { Node } from '../sql/tree.js'
import type { SessionState } from './state.js'

type ExplainStmt = Extract<Node, { ExplainStmt: unknown }>['ExplainStmt']

/** EXPLAIN: Rowgate's own plan, never the upstream's, which would show base tables and estimates over everybody's rows. */
export async function explain(
  state: SessionState,
  statement: ExplainStmt,
  at: (location: number | undefined) => number | undefined,
): Promise<readonly string[]> {
  const query = statement.query
  if (query === undefined || !('SelectStmt' in query)) {
    throw new PgError('feature_not_supported', 'only a SELECT can be explained through this gateway')
  }
  if (state.planner.route(query.SelectStmt, at) === 'catalog') return ['Result of the embedded catalog']
  const { plan } = await state.planner.plan({
    select: query.SelectStmt,
    at,
    declaredOids: [],
    form: 'bind',
    cached: false,
  })
  return explainLines(plan)
}

/** Each cube of a plan, what limits its rows, and the claims behind it; no table of the upstream is named. */
export function explainLines(plan: Plan): readonly string[] {
  const lines = plan.uses.flatMap(({ use, rules, fence, copied }) => {
    const columns = use.wholeRow ? use.table.columns.map((member) => member.name) : [...use.members]
    const parts = [...use.calculated]
    return [
      `Cube "${use.table.cube.name}"${use.alias === use.table.cube.name ? '' : ` as "${use.alias}"`}`,
      `  columns: ${[...columns, ...parts].join(', ') || 'none'}`,
      ...rules.map((rule) => `  rows: ${rule.text} (${rule.source})`),
      ...(rules.length === 0 ? ['  rows: not limited by policies or queryRewrite'] : []),
      `  fence: ${fenceText(fence, copied)}`,
    ]
  })
  const claims = [...new Set(plan.parameters.map((parameter) => parameter.source))]
  if (claims.length > 0) lines.push(`Claims: ${claims.join(', ')}`)
  return lines.length > 0 ? lines : ['Result without cubes']
}

function fenceText({ kind, why }: Fence, copied: number): string {
  if (kind === 'none') return `none: ${why}`
  const inside =
    copied === 0
      ? ''
      : `; ${copied} leakproof ${copied === 1 ? 'condition' : 'conditions'} of the statement inside it, too`
  return `set operation with OFFSET 0: ${why}${inside}`
}
