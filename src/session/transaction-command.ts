import { PgError } from '../errors.js'
import { quoteIdentifier } from '../sql/print/output.js'
import type { Node, TransactionStmt } from '../sql/tree.js'
import { answer, answerFrames } from './local-answer.js'
import { warningFrame } from './report.js'
import type { SessionState } from './state.js'
import { DEFAULT_OPTIONS, IDLE, type TransactionOptions } from './transaction.js'
import { runVisible } from './upstream-command.js'

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
        state.transaction = { status: 'T', begun: false, options: readOptions(statement.options) }
        state.settingsAtBegin = state.settings
        state.savepoints = []
      }
      return local(statement.kind === 'TRANS_STMT_BEGIN' ? 'BEGIN' : 'START TRANSACTION')
    case 'TRANS_STMT_COMMIT':
    case 'TRANS_STMT_ROLLBACK':
      return endTransaction(state, statement, local)
    case 'TRANS_STMT_SAVEPOINT':
      requireBlock(state, 'SAVEPOINT')
      await runVisible(state, `SAVEPOINT ${quoteIdentifier(name)}`, { sync: true })
      state.savepoints.push({ name, settings: state.settings, portals: [...state.portals.keys()] })
      return
    case 'TRANS_STMT_RELEASE':
      requireBlock(state, 'RELEASE SAVEPOINT')
      requireSavepoint(state, name)
      await runVisible(state, `RELEASE SAVEPOINT ${quoteIdentifier(name)}`, { sync: true })
      state.savepoints = state.savepoints.slice(0, lastSavepoint(state, name))
      return
    case 'TRANS_STMT_ROLLBACK_TO': {
      requireBlock(state, 'ROLLBACK TO SAVEPOINT')
      requireSavepoint(state, name)
      await runVisible(state, `ROLLBACK TO SAVEPOINT ${quoteIdentifier(name)}`, { sync: true })
      const index = lastSavepoint(state, name)
      const savepoint = state.savepoints[index]
      if (savepoint !== undefined) goBack(state, savepoint)
      state.savepoints = state.savepoints.slice(0, index + 1)
      state.transaction = { ...state.transaction, status: 'T' }
      return
    }
    default:
      throw new PgError('feature_not_supported', 'two-phase commit is not available through this gateway')
  }
}

/** Portals that were opened since are gone, and settings as they were. */
function goBack(state: SessionState, { settings, portals }: SessionState['savepoints'][number]): void {
  for (const name of state.portals.keys()) if (!portals.includes(name)) state.portals.delete(name)
  if (state.settings === settings) return
  state.settings = settings
  forgetSettings(state)
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

/** The connection's own settings went back with the transaction. */
function forgetSettings(state: SessionState): void {
  const connection = state.lease.current()
  if (connection !== undefined) connection.settingsKey = undefined
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
    return local(statement.kind === 'TRANS_STMT_COMMIT' ? 'COMMIT' : 'ROLLBACK')
  }
  if (!commits) state.settings = state.settingsAtBegin ?? state.settings
  state.portals.clear()
  const lost = state.lease.current()?.closed() ?? true
  if (begun && !lost) await runVisible(state, tag, { sync: true })
  else {
    if (begun) state.lease.destroy()
    local(tag)
  }
  if (!commits) forgetSettings(state)
  const connection = state.lease.current()
  if (connection !== undefined) connection.settingsLocal = false
  state.settingsAtRequest = state.settings
  state.savepoints = []
  state.transaction = statement.chain ? { status: 'T', begun: false, options } : IDLE
  state.settingsAtBegin = statement.chain ? state.settings : undefined
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

const LEVELS = ['serializable', 'repeatable read', 'read committed', 'read uncommitted']

function isolationLevel(level: string | undefined): string {
  const found = LEVELS.find((known) => known === level?.toLowerCase())
  if (found === undefined)
    throw new PgError(
      'invalid_parameter_value',
      `invalid value for parameter "transaction_isolation": "${level}"`,
    )
  return found
}
