import { PgError } from '../errors.js'
import { BACKEND, EMPTY_QUERY_RESPONSE } from '../protocol/backend.js'
import { encodeBind, encodeDescribe, encodeExecute } from '../protocol/request.js'
import type { Statement } from '../sql/parse.js'
import type { Node } from '../sql/tree.js'
import { answerWhole, askCatalog, cursorColumns, runCatalogCursor } from './catalog-command.js'
import { createCommand } from './command.js'
import { noteCursor, requireCursor } from './cursor.js'
import { answerFrames, textColumns } from './local-answer.js'
import { runLocal } from './local-command.js'
import { executedStatement } from './prepare-command.js'
import type { Command, SessionState } from './state.js'
import { showTables } from './table-oids.js'
import { leavesFailedBlock } from './transaction-command.js'
import { takeConnection } from './upstream-command.js'
import { boundValues, type UpstreamStatement } from './upstream-statement.js'

/**
 * The simple protocol: runs the statements of a text one after another. All of the text is parsed before any of it runs; the first error
 * ends it (manual, "Multiple Statements in a Simple Query").
 *
 * @throws PgError, ReportedError; what was planned before it must still be settled
 */
export async function runSimple(
  state: SessionState,
  sql: string,
  facts: ReadonlyMap<string, string>,
  beforeStatement: () => void,
): Promise<void> {
  const { statements, at } = state.parse(sql)
  if (statements.length === 0) return state.batch.local(EMPTY_QUERY_RESPONSE)
  for (const statement of statements) {
    beforeStatement()
    requireLiveBlock(state, statement.node)
    await runStatement(state, statement, at, facts, statements.length > 1)
  }
}

/** @throws PgError in_failed_sql_transaction for all but what ends the block */
export function requireLiveBlock(state: SessionState, node: Node | undefined): void {
  if (state.transaction.status !== 'E' || (node !== undefined && leavesFailedBlock(node))) return
  throw new PgError(
    'in_failed_sql_transaction',
    'current transaction is aborted, commands ignored until end of transaction block',
  )
}

async function runStatement(
  state: SessionState,
  parsed: Statement,
  at: (location: number | undefined) => number | undefined,
  facts: ReadonlyMap<string, string>,
  inImplicitBlock: boolean,
): Promise<void> {
  const { node } = parsed
  if ('ExecuteStmt' in node) {
    const { prepared, values } = executedStatement(state, node.ExecuteStmt)
    if (prepared.command.kind === 'catalog') {
      const given = { values, formats: [], resultFormats: [] }
      return answerWhole(state, await askCatalog(state, prepared.command, given))
    }
    if (prepared.command.kind !== 'upstream')
      throw new PgError('feature_not_supported', 'this statement cannot be run by EXECUTE')
    return runUpstream(state, prepared.command.statement, values)
  }
  const command = await createCommand(state, parsed, at, [])
  switch (command.kind) {
    case 'empty':
      return
    case 'upstream':
      refuseParameters(command.statement)
      return runUpstream(state, command.statement, [])
    case 'cursor':
      refuseParameters(command.statement)
      return runCursor(state, command, inImplicitBlock)
    case 'catalog':
      return answerWhole(state, await askCatalog(state, command, NO_VALUES))
    case 'catalog-cursor': {
      const columns = cursorColumns(state, command)
      const frames = await runCatalogCursor(state, command)
      if (columns !== undefined) state.batch.local(columns)
      return frames.forEach(state.batch.local)
    }
    case 'local': {
      if (inImplicitBlock && 'DiscardStmt' in node && node.DiscardStmt.target === 'DISCARD_ALL')
        throw new PgError('active_sql_transaction', 'DISCARD ALL cannot run inside a transaction block')
      const result = await runLocal(state, command, at, facts)
      if (result === undefined) return
      if (command.columns !== undefined) state.batch.local(textColumns(command.columns))
      for (const frame of answerFrames(result)) state.batch.local(frame)
    }
  }
}

const NO_VALUES = { values: [], formats: [], resultFormats: [] }

function refuseParameters(statement: UpstreamStatement): void {
  if (statement.clientParameterCount > 0) throw new PgError('undefined_parameter', 'there is no parameter $1')
}

async function runCursor(
  state: SessionState,
  command: Extract<Command, { kind: 'cursor' }>,
  inImplicitBlock: boolean,
): Promise<void> {
  requireCursor(state, command.node, inImplicitBlock)
  await runUpstream(state, command.statement, [])
  await state.batch.settle({ sync: false })
  noteCursor(state, command.node, command.statement)
}

async function runUpstream(
  state: SessionState,
  statement: UpstreamStatement,
  values: readonly (Buffer | null)[],
): Promise<void> {
  if (values.length !== statement.clientParameterCount) {
    throw new PgError('syntax_error', `wrong number of parameters for prepared statement`, {
      detail: `Expected ${statement.clientParameterCount} parameters but got ${values.length}.`,
    })
  }
  const connection = await takeConnection(state)
  const name = state.batch.prepare(connection, statement, false)
  const bound = boundValues(statement, { values, formats: [] })
  const quiet = { visible: false, statement }
  state.batch.send(encodeBind({ portal: '', statement: name, ...bound, resultFormats: [] }), 'bind', quiet)
  // In the simple protocol a statement without rows says nothing about rows.
  state.batch.send(encodeDescribe('portal', ''), 'describe-portal', {
    visible: true,
    statement,
    rewrite: (frame) =>
      frame[0] === BACKEND.rowDescription ? showTables(state, statement, frame) : undefined,
  })
  state.batch.send(encodeExecute('', 0), 'execute', { visible: true, statement })
}
