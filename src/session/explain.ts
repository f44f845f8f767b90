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
    throw new PgError('feature_not_supported', 'only a SELECT can be explained through this gateway', {
      hint: 'Explain other statements on a direct connection to the upstream database.',
    })
  }
  checkOptions(statement.options ?? [], at)
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

/** What Postgres 18 knows; they choose among figures of an execution, of which Rowgate's plan has none. */
const OPTIONS = new Set(
  'analyze verbose costs settings generic_plan buffers serialize wal timing summary memory'.split(' '),
)

/** @throws PgError as Postgres for options that it does not know; feature_not_supported for a form that tools would parse */
function checkOptions(
  options: readonly Node[],
  at: (location: number | undefined) => number | undefined,
): void {
  for (const node of options) {
    const option = 'DefElem' in node ? node.DefElem : {}
    const name = option.defname ?? ''
    const position = at(option.location)
    if (OPTIONS.has(name)) continue
    if (name !== 'format') {
      throw new PgError('syntax_error', `unrecognized EXPLAIN option "${name}"`, { position })
    }
    const format = option.arg !== undefined && 'String' in option.arg ? option.arg.String.sval : undefined
    if (format === 'text') continue
    if (format === 'json' || format === 'xml' || format === 'yaml') {
      throw new PgError('feature_not_supported', 'EXPLAIN is answered as text through this gateway', {
        position,
        hint: 'Leave out FORMAT.',
      })
    }
    throw new PgError(
      'invalid_parameter_value',
      `unrecognized value for EXPLAIN option "format": "${format ?? ''}"`,
      { position },
    )
  }
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
