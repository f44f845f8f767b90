import { PgError } from '../errors.js'
import type { At } from '../plan/scope.js'
import { explain } from './explain.js'
import { answer, type LocalAnswer } from './local-answer.js'
import { prepareStatement } from './prepare-command.js'
import { resetAll, runSet, showLocal } from './setting-command.js'
import type { Command, SessionState } from './state.js'
import { runTransaction } from './transaction-command.js'

type LocalCommand = Extract<Command, { kind: 'local' }>

/**
 * Runs a statement that the session answers itself. What was asked of the upstream before is answered first, because it may fail and so
 * keep this one from running.
 *
 * @returns undefined when the answer is on its way already
 */
export async function runLocal(
  state: SessionState,
  { node, source }: LocalCommand,
  at: At,
  facts: ReadonlyMap<string, string>,
): Promise<LocalAnswer | undefined> {
  if (state.batch.waiting()) await state.batch.settle({ sync: false })
  if ('TransactionStmt' in node) {
    await runTransaction(state, node.TransactionStmt)
    return undefined
  }
  if ('VariableSetStmt' in node) return runSet(state, node.VariableSetStmt)
  if ('VariableShowStmt' in node) return showLocal(state, node.VariableShowStmt.name ?? '', facts)
  if ('ExplainStmt' in node)
    return answer(
      'EXPLAIN',
      (await explain(state, node.ExplainStmt, at)).map((line) => [line]),
    )
  if ('UnlistenStmt' in node) return answer('UNLISTEN')
  if ('PrepareStmt' in node) {
    await prepareStatement(state, node.PrepareStmt, source, at)
    return answer('PREPARE')
  }
  if ('DeallocateStmt' in node) return deallocate(state, node.DeallocateStmt.name)
  if ('DiscardStmt' in node) return discard(state, node.DiscardStmt.target ?? 'DISCARD_ALL')
  throw new PgError('internal_error', 'internal error')
}

function deallocate(state: SessionState, name: string | undefined): LocalAnswer {
  if (name === undefined) {
    deallocateAll(state)
    return answer('DEALLOCATE ALL')
  }
  if (!state.statements.delete(name))
    throw new PgError('invalid_sql_statement_name', `prepared statement "${name}" does not exist`)
  return answer('DEALLOCATE')
}

/** The unnamed statement is none that was given a name. */
function deallocateAll(state: SessionState): void {
  for (const name of [...state.statements.keys()]) if (name !== '') state.statements.delete(name)
}

async function discard(state: SessionState, target: string): Promise<LocalAnswer> {
  if (target !== 'DISCARD_ALL') return answer(target.replace('_', ' '))
  if (state.transaction.status !== 'I' || state.implicitBlock) {
    throw new PgError('active_sql_transaction', 'DISCARD ALL cannot run inside a transaction block')
  }
  if (state.heldCursors.size > 0) {
    state.heldCursors.clear()
    state.lease.destroy()
  }
  deallocateAll(state)
  state.portals.clear()
  state.catalogCursors.clear()
  resetAll(state)
  return answer('DISCARD ALL')
}
