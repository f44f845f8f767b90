import { PgError } from '../errors.js'
import { checkType, typeOid } from '../plan/allow.js'
import type { At } from '../plan/scope.js'
import type { Node } from '../sql/tree.js'
import { createCommand } from './command.js'
import { innerSource } from './inner-text.js'
import type { SessionState, Source } from './state.js'
import { takeConnection } from './upstream-command.js'

type PrepareStmt = Extract<Node, { PrepareStmt: unknown }>['PrepareStmt']

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
    throw new PgError('feature_not_supported', 'only a SELECT can be prepared through this gateway', {
      hint: 'Rowgate only reads. Write to the upstream database directly; send SET and the like unprepared.',
    })
  }
  const declaredOids = (statement.argtypes ?? []).map((node) => {
    if (!('TypeName' in node)) throw new PgError('syntax_error', 'a parameter type is no type')
    checkType(node.TypeName, undefined)
    return typeOid(node.TypeName) ?? 0
  })
  const query = statement.query
  const select = query.SelectStmt
  const inner =
    state.planner.route(select, at) === 'catalog' ? innerSource(state, 'prepare', source, select) : source
  const own = { node: query, ...inner }
  const command = await createCommand(state, own, at, declaredOids)
  const described = command.kind === 'catalog' ? await state.catalog.describe(command.statement) : undefined
  if (command.kind === 'upstream') {
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
