import { PgError } from '../errors.js'
import { quoteIdentifier } from '../sql/print/output.js'
import type { Node, TransactionStmt } from '../sql/tree.js'
import { answer, answerFrames } from './local-answer.js'
import { warningFrame } from './report.js'
import { beginSavepoint, endScope, releaseSavepoint, returnToSavepoint } from './scope.js'
import { ISOLATION_LEVELS } from './setting.js'
import type { SessionState } from './state.js'
import { DEFAULT_OPTIONS, IDLE, type TransactionOptions } from './transaction.js'
import { runVisible, undoImplicit } from './upstream-command.js'

/** Whether a statement may run in a failed transaction block. */
export function leavesFailedBlock(node: Node): boolean {
  if (!('TransactionStmt' in node)) return false
  const { kind } = node.TransactionStmt
  return kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK' || kind === 'TRANS_STMT_ROLLBACK_TO'
}

/** BEGIN, COMMIT, ROLLBACK and savepoints, exactly as Postgres answers them. */
export async function runTransaction(state: SessionState, statement: TransactionStmt): Promise<void> {
  const local = (tag: string): void => {
    for (const frame of answerFrames(answer(tag))) state.batch.local(frame)
  }
  const name = statement.savepoint_name ?? ''
  switch (statement.kind) {
    case 'TRANS_STMT_BEGIN':
    case 'TRANS_STMT_START':
      if (state.transaction.status !== 'I') {
        state.batch.local(warningFrame('25001', 'there is already a transaction in progress'))
      } else {
        const options = readOptions(statement.options)
        const isolation = options.isolation ?? state.settings.get('default_transaction_isolation')
        state.transaction = { status: 'T', begun: false, options: { ...options, isolation } }
      }
      return local(statement.kind === 'TRANS_STMT_BEGIN' ? 'BEGIN' : 'START TRANSACTION')
    case 'TRANS_STMT_COMMIT':
    case 'TRANS_STMT_ROLLBACK':
      return endTransaction(state, statement, local)
    case 'TRANS_STMT_SAVEPOINT':
      requireBlock(state, 'SAVEPOINT')
      await runVisible(state, `SAVEPOINT ${quoteIdentifier(name)}`, { sync: true })
      return beginSavepoint(state, name)
    case 'TRANS_STMT_RELEASE':
      requireBlock(state, 'RELEASE SAVEPOINT')
      requireSavepoint(state, name)
      await runVisible(state, `RELEASE SAVEPOINT ${quoteIdentifier(name)}`, { sync: true })
      return releaseSavepoint(state, lastSavepoint(state, name))
    case 'TRANS_STMT_ROLLBACK_TO': {
      requireBlock(state, 'ROLLBACK TO SAVEPOINT')
      requireSavepoint(state, name)
      await runVisible(state, `ROLLBACK TO SAVEPOINT ${quoteIdentifier(name)}`, { sync: true })
      returnToSavepoint(state, lastSavepoint(state, name))
      state.transaction = { ...state.transaction, status: 'T' }
      // Which settings the upstream went back to is not worth knowing: all are put on again.
      const connection = state.lease.current()
      if (connection !== undefined) connection.applied = new Map()
      return
    }
    default:
      throw new PgError('feature_not_supported', 'two-phase commit is not available through this gateway')
  }
}

function lastSavepoint(state: SessionState, name: string): number {
  return state.savepoints.findLastIndex((savepoint) => savepoint.name === name)
}

function requireBlock(state: SessionState, command: string): void {
  if (state.transaction.status !== 'I') return
  throw new PgError('no_active_sql_transaction', `${command} can only be used in transaction blocks`)
}

function requireSavepoint(state: SessionState, name: string): void {
  if (lastSavepoint(state, name) >= 0) return
  throw new PgError('invalid_savepoint_specification', `savepoint "${name}" does not exist`)
}

async function endTransaction(
  state: SessionState,
  statement: TransactionStmt,
  local: (tag: string) => void,
): Promise<void> {
  const { status, begun, options } = state.transaction
  const commits = statement.kind === 'TRANS_STMT_COMMIT' && status !== 'E'
  const tag = commits ? 'COMMIT' : 'ROLLBACK'
  if (status === 'I') {
    if (statement.chain)
      throw new PgError(
        'no_active_sql_transaction',
        `${tag} AND CHAIN can only be used in transaction blocks`,
      )
    state.batch.local(warningFrame('25P01', 'there is no transaction in progress'))
    if (!commits) undoImplicit(state)
    await state.batch.settle({ sync: true })
    endScope(state, { commits })
    return local(statement.kind === 'TRANS_STMT_COMMIT' ? 'COMMIT' : 'ROLLBACK')
  }
  const connection = state.lease.current()
  if (begun && connection !== undefined && !connection.closed()) {
    if (!commits) connection.applied = connection.appliedOnRollback
    await runVisible(state, tag, { sync: true })
  } else {
    if (begun) state.lease.destroy()
    local(tag)
  }
  endScope(state, { commits })
  state.transaction = statement.chain ? { status: 'T', begun: false, options } : IDLE
}

/** Options of BEGIN and SET TRANSACTION. READ WRITE is accepted, because drivers say it; nothing can be written all the same. */
export function readOptions(nodes: readonly Node[] | undefined): TransactionOptions {
  let options: TransactionOptions = DEFAULT_OPTIONS
  for (const node of nodes ?? []) {
    if (!('DefElem' in node)) continue
    const { defname, arg } = node.DefElem
    const constant = arg !== undefined && 'A_Const' in arg ? arg.A_Const : undefined
    if (defname === 'transaction_isolation')
      options = { ...options, isolation: isolationLevel(constant?.sval?.sval) }
    if (defname === 'transaction_deferrable')
      options = { ...options, deferrable: (constant?.ival?.ival ?? 0) === 1 }
  }
  return options
}

function isolationLevel(level: string | undefined): string {
  const found = ISOLATION_LEVELS.find((known) => known === level?.toLowerCase())
  if (found === undefined)
    throw new PgError(
      'invalid_parameter_value',
      `invalid value for parameter "transaction_isolation": "${level}"`,
    )
  return found
}
