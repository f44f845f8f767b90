import { PgError } from '../errors.js'
import { checkType, TYPE_OIDS } from '../plan/allow.js'
import { namesOf } from '../plan/node.js'
import type { Node } from '../sql/tree.js'
import { createCommand } from './command.js'
import { innerSource } from './inner-text.js'
import type { Prepared, SessionState, Source } from './state.js'
import { takeConnection } from './upstream-command.js'

type At = (location: number | undefined) => number | undefined
type PrepareStmt = Extract<Node, { PrepareStmt: unknown }>['PrepareStmt']
type ExecuteStmt = Extract<Node, { ExecuteStmt: unknown }>['ExecuteStmt']

/** PREPARE: the same statements as those that Parse names. */
export async function prepareStatement(
  state: SessionState,
  statement: PrepareStmt,
  source: Source,
  at: At,
): Promise<void> {
  const name = statement.name ?? ''
  if (state.statements.has(name)) {
    throw new PgError('duplicate_prepared_statement', `prepared statement "${name}" already exists`)
  }
  requireRoom(state)
  if (statement.query === undefined || !('SelectStmt' in statement.query)) {
    throw new PgError('feature_not_supported', 'only a SELECT can be prepared through this gateway')
  }
  const declaredOids = (statement.argtypes ?? []).map((node) => {
    if (!('TypeName' in node)) throw new PgError('syntax_error', 'a parameter type is no type')
    checkType(node.TypeName, undefined)
    return TYPE_OIDS.get(namesOf(node.TypeName.names).at(-1) ?? '') ?? 0
  })
  const query = statement.query
  const select = query.SelectStmt
  const inner =
    state.planner.route(select, at) === 'catalog' ? innerSource(state, 'prepare', source, select) : source
  const own = { node: query, ...inner }
  const command = await createCommand(state, own, at, declaredOids)
  const described = command.kind === 'catalog' ? await state.catalog.describe(command.statement) : undefined
  if (command.kind === 'upstream') {
    // The upstream may refuse it; then the name stays free.
    state.batch.prepare(await takeConnection(state), command.statement, false)
    await state.batch.settle({ sync: false })
  }
  state.statements.set(name, { text: name, command, declaredOids, described })
}

export function requireRoom(state: SessionState): void {
  if (state.statements.size < state.limits.statementsMax) return
  throw new PgError(
    'configuration_limit_exceeded',
    `a session may keep ${state.limits.statementsMax} prepared statements`,
    {
      hint: 'DEALLOCATE those that are no longer needed.',
    },
  )
}

/** The statement that EXECUTE names, and its arguments in text format. */
export function executedStatement(
  state: SessionState,
  statement: ExecuteStmt,
): { readonly prepared: Prepared; readonly values: readonly (Buffer | null)[] } {
  const name = statement.name ?? ''
  const prepared = state.statements.get(name)
  if (prepared === undefined)
    throw new PgError('invalid_sql_statement_name', `prepared statement "${name}" does not exist`)
  return { prepared, values: (statement.params ?? []).map(argumentValue) }
}

function argumentValue(node: Node): Buffer | null {
  if ('TypeCast' in node && node.TypeCast.arg !== undefined) return argumentValue(node.TypeCast.arg)
  if (!('A_Const' in node)) {
    throw new PgError('feature_not_supported', 'arguments of EXECUTE must be constants', {
      hint: 'Put the computation into the prepared statement.',
    })
  }
  const { isnull, ival, fval, sval, boolval } = node.A_Const
  if (isnull) return null
  const text =
    ival !== undefined
      ? String(ival.ival ?? 0)
      : boolval !== undefined
        ? String(boolval.boolval ?? false)
        : (fval?.fval ?? sval?.sval ?? '')
  return Buffer.from(text, 'utf8')
}
