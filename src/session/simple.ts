import { PgError } from '../errors.js'
import { BACKEND, EMPTY_QUERY_RESPONSE } from '../protocol/backend.js'
import type { FormatCode } from '../protocol/message.js'
import { encodeBind, encodeDescribe, encodeExecute } from '../protocol/request.js'
import type { Statement } from '../sql/parse.js'
import type { Node } from '../sql/tree.js'
import { answerWhole, askCatalog, cursorColumns, runCatalogCursor } from './catalog-command.js'
import { createCommand } from './command.js'
import {
  cursorStatement,
  fetchesBinary,
  givenBy,
  noteCursor,
  requireCursor,
  requireCursorBlock,
} from './cursor.js'
import { answerFrames, textColumns } from './local-answer.js'
import { runLocal } from './local-command.js'
import { firstParameter } from './parameter.js'
import { type Given, nothingGiven, resultMeter } from './result-limit.js'
import type { Command, SessionState } from './state.js'
import { countRows, noteReads, showTables } from './table-oids.js'
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
  // Postgres uses the unnamed ones for the simple protocol.
  state.statements.delete('')
  state.account.expect(sql)
  const { statements, at } = state.parse(sql)
  if (statements.length === 0) return state.batch.local(EMPTY_QUERY_RESPONSE)
  state.portals.delete('')
  state.implicitBlock ||= statements.length > 1
  for (const statement of statements) {
    state.account.begin(statements.length === 1 ? sql : statement.text)
    beforeStatement()
    requireLiveBlock(state, statement.node)
    await runStatement(state, statement, at, facts)
    if (state.batch.full()) await state.batch.settle({ sync: false })
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
): Promise<void> {
  const command = await createCommand(state, parsed, at, [])
  switch (command.kind) {
    case 'empty':
      return
    case 'upstream':
      refuseParameters(command.statement, parsed, at)
      return runUpstream(state, command.statement, { given: nothingGiven() })
    case 'cursor':
      refuseParameters(command.statement, parsed, at)
      return runCursor(state, command, parsed.text)
    case 'catalog': {
      const values = { values: command.values ?? [], formats: [], resultFormats: [] }
      return answerWhole(state, await askCatalog(state, command, values))
    }
    case 'catalog-cursor': {
      const columns = cursorColumns(state, command)
      const frames = await runCatalogCursor(state, command)
      if (columns !== undefined) state.batch.local(columns)
      for (const frame of frames) state.batch.local(frame)
      return
    }
    case 'local': {
      const result = await runLocal(state, command, at, facts)
      if (result === undefined) return
      if (command.columns !== undefined) state.batch.local(textColumns(command.columns))
      for (const frame of answerFrames(result)) state.batch.local(frame)
    }
  }
}

function refuseParameters(
  { clientParameterCount }: UpstreamStatement,
  { node }: Statement,
  at: (location: number | undefined) => number | undefined,
): void {
  if (clientParameterCount === 0) return
  const { number = 1, location } = firstParameter(node) ?? {}
  throw new PgError('undefined_parameter', `there is no parameter $${number}`, { position: at(location) })
}

async function runCursor(
  state: SessionState,
  command: Extract<Command, { kind: 'cursor' }>,
  text: string,
): Promise<void> {
  requireCursor(state, command.node)
  await requireCursorBlock(state, command.node)
  const given = givenBy(state, command.node)
  const resultFormats: FormatCode[] = fetchesBinary(state, command.node) ? [1] : []
  await runUpstream(state, cursorStatement(state, command), { given, resultFormats })
  await state.batch.settle({ sync: false })
  noteCursor(state, command, text)
}

async function runUpstream(
  state: SessionState,
  statement: UpstreamStatement,
  { given, resultFormats = [] }: { readonly given: Given; readonly resultFormats?: readonly FormatCode[] },
): Promise<void> {
  const connection = await takeConnection(state)
  const name = state.batch.prepare(connection, statement, false)
  const bound = boundValues(statement, { values: [], formats: [] })
  const quiet = { visible: false, statement }
  state.batch.send(encodeBind({ portal: '', statement: name, ...bound, resultFormats }), 'bind', quiet)
  // In the simple protocol a statement without rows says nothing about rows.
  state.batch.send(encodeDescribe('portal', ''), 'describe-portal', {
    visible: true,
    statement,
    rewrite: (frame) =>
      frame[0] === BACKEND.rowDescription ? showTables(state, statement, frame) : undefined,
  })
  noteReads(state, statement.reads)
  state.batch.send(encodeExecute('', 0), 'execute', {
    visible: true,
    statement,
    rewrite: countRows(state),
    meter: resultMeter(state, connection, given),
  })
}
