import { PgError } from '../errors.js'
import {
  BACKEND,
  BIND_COMPLETE,
  CLOSE_COMPLETE,
  decodeParameterDescription,
  EMPTY_QUERY_RESPONSE,
  encodeCommandComplete,
  encodeParameterDescription,
  NO_DATA,
  PARSE_COMPLETE,
} from '../protocol/backend.js'
import type { FormatCode, FrontendMessage } from '../protocol/message.js'
import { encodeBind, encodeClose, encodeDescribe, encodeExecute } from '../protocol/request.js'
import { answerPortion, askCatalog, cursorColumns, runCatalogCursor, withFormats } from './catalog-command.js'
import { createCommand } from './command.js'
import { noteCursor, requireCursor, sqlCursor } from './cursor.js'
import { answerFrames, textColumns } from './local-answer.js'
import { runLocal } from './local-command.js'
import { requireRoom } from './prepare-command.js'
import { requireLiveBlock } from './simple.js'
import type { Command, Portal, Prepared, SessionState } from './state.js'
import { showTables } from './table-oids.js'
import { takeConnection } from './upstream-command.js'
import { boundValues } from './upstream-statement.js'

type Message<T extends FrontendMessage['type']> = Extract<FrontendMessage, { type: T }>

const nowhere = (): undefined => undefined

export async function runParse(state: SessionState, message: Message<'parse'>): Promise<void> {
  const { name, sql, parameterOids } = message
  if (name === '') state.statements.delete('')
  else if (state.statements.has(name)) {
    throw new PgError('duplicate_prepared_statement', `prepared statement "${name}" already exists`)
  } else requireRoom(state)
  const { statements, at } = state.parse(sql)
  const [statement, ...others] = statements
  if (others.length > 0)
    throw new PgError('syntax_error', 'cannot insert multiple commands into a prepared statement')
  if (statement === undefined) {
    state.statements.set(name, {
      text: sql,
      command: { kind: 'empty' },
      declaredOids: [],
      described: undefined,
    })
    return state.batch.local(PARSE_COMPLETE)
  }
  requireLiveBlock(state, statement.node)
  const command = await createCommand(state, statement, at, parameterOids)
  if (command.kind === 'upstream') {
    state.batch.prepare(await takeConnection(state), command.statement, true, () =>
      state.statements.delete(name),
    )
  }
  const described = command.kind === 'catalog' ? await state.catalog.describe(command.statement) : undefined
  if (command.kind !== 'upstream') state.batch.local(PARSE_COMPLETE)
  state.statements.set(name, { text: statement.text, command, declaredOids: parameterOids, described })
}

function findStatement(state: SessionState, name: string): Prepared {
  const found = state.statements.get(name)
  if (found !== undefined) return found
  throw new PgError(
    'invalid_sql_statement_name',
    name === '' ? 'unnamed prepared statement does not exist' : `prepared statement "${name}" does not exist`,
  )
}

function findPortal(state: SessionState, name: string): Portal {
  const found = state.portals.get(name)
  if (found !== undefined) return found
  throw new PgError('invalid_cursor_name', `portal "${name}" does not exist`)
}

export async function runBind(state: SessionState, message: Message<'bind'>): Promise<void> {
  const prepared = findStatement(state, message.statement)
  const { command } = prepared
  requireLiveBlock(state, command.kind === 'local' ? command.node : undefined)
  if (message.portal !== '' && state.portals.has(message.portal)) {
    throw new PgError('duplicate_cursor', `cursor "${message.portal}" already exists`)
  }
  if (message.portal !== '' && state.portals.size >= state.limits.portalsMax) {
    throw new PgError(
      'configuration_limit_exceeded',
      `a session may keep ${state.limits.portalsMax} portals open`,
      { hint: 'Close those that are no longer needed.' },
    )
  }
  const needed = parameterCount(prepared)
  if (message.values.length !== needed) {
    throw new PgError(
      'protocol_violation',
      `bind message supplies ${message.values.length} parameters, but prepared statement "${message.statement}" requires ${needed}`,
    )
  }
  if (command.kind === 'upstream' || command.kind === 'cursor') {
    // A DECLARE is judged when it runs, as Postgres does.
    if (command.kind === 'cursor' && !('DeclareCursorStmt' in command.node))
      requireCursor(state, command.node)
    const connection = await takeConnection(state)
    const name = state.batch.prepare(connection, command.statement, false)
    const bound = boundValues(command.statement, {
      values: message.values,
      formats: message.parameterFormats,
    })
    const frame = encodeBind({
      portal: message.portal,
      statement: name,
      ...bound,
      resultFormats: message.resultFormats,
    })
    const undo = (): void => void state.portals.delete(message.portal)
    state.batch.send(frame, 'bind', { visible: true, statement: command.statement, undo })
  } else state.batch.local(BIND_COMPLETE)
  state.portals.set(message.portal, {
    prepared,
    values: message.values,
    resultFormats: message.resultFormats,
    formats: message.parameterFormats,
    done: false,
    reply: undefined,
    sent: 0,
  })
}

function parameterCount({ command, described }: Prepared): number {
  if (command.kind === 'catalog') return described?.parameterOids.length ?? 0
  return command.kind === 'upstream' || command.kind === 'cursor' ? command.statement.clientParameterCount : 0
}

export async function runDescribe(state: SessionState, message: Message<'describe'>): Promise<void> {
  if (message.target === 'portal' && !state.portals.has(message.name)) {
    const catalog = state.catalogCursors.get(message.name)
    if (catalog !== undefined) return state.batch.local(catalog.reply.rowDescription ?? NO_DATA)
    const statement = sqlCursor(state, message.name)
    if (statement !== undefined) {
      await takeConnection(state)
      const rewrite = (frame: Buffer): Buffer => showTables(state, { ...statement, origins: [] }, frame)
      return state.batch.send(encodeDescribe('portal', message.name), 'describe-portal', {
        visible: true,
        statement,
        rewrite,
      })
    }
  }
  const portal = message.target === 'portal' ? findPortal(state, message.name) : undefined
  const prepared = portal?.prepared ?? findStatement(state, message.name)
  const { command, described } = prepared
  if (command.kind === 'upstream' || command.kind === 'cursor') {
    requireLiveBlock(state, undefined)
    const connection = await takeConnection(state)
    const { statement } = command
    if (message.target === 'portal') {
      return state.batch.send(encodeDescribe('portal', message.name), 'describe-portal', {
        visible: true,
        statement,
        rewrite: (frame) => showTables(state, statement, frame),
      })
    }
    const name = state.batch.prepare(connection, statement, false)
    const rewrite = (frame: Buffer): Buffer =>
      hideClaims(showTables(state, statement, frame), statement.clientParameterCount)
    return state.batch.send(encodeDescribe('statement', name), 'describe-statement', {
      visible: true,
      statement,
      rewrite,
    })
  }
  if (portal === undefined)
    state.batch.local(encodeParameterDescription(described?.parameterOids ?? prepared.declaredOids))
  state.batch.local(localColumns(state, prepared, portal?.resultFormats ?? []))
}

/** Columns of what the upstream does not answer. */
function localColumns(
  state: SessionState,
  { command, described }: Prepared,
  formats: readonly FormatCode[],
): Buffer {
  switch (command.kind) {
    case 'catalog':
      return withFormats(described?.rowDescription, formats)
    case 'catalog-cursor':
      return cursorColumns(state, command) ?? NO_DATA
    case 'local':
      return command.columns === undefined ? NO_DATA : withFormats(textColumns(command.columns), formats)
    default:
      return NO_DATA
  }
}

/** The client hears of its own parameters only. */
function hideClaims(frame: Buffer, clientParameterCount: number): Buffer {
  if (frame[0] !== BACKEND.parameterDescription) return frame
  return encodeParameterDescription(decodeParameterDescription(frame).slice(0, clientParameterCount))
}

export async function runExecute(
  state: SessionState,
  message: Message<'execute'>,
  facts: ReadonlyMap<string, string>,
): Promise<void> {
  const cursor = state.portals.has(message.portal) ? undefined : sqlCursor(state, message.portal)
  if (cursor !== undefined) {
    await takeConnection(state)
    return state.batch.send(encodeExecute(message.portal, message.rowsMax), 'execute', {
      visible: true,
      statement: cursor,
    })
  }
  const portal = findPortal(state, message.portal)
  const { command } = portal.prepared
  requireLiveBlock(state, command.kind === 'local' ? command.node : undefined)
  switch (command.kind) {
    case 'empty':
      return state.batch.local(EMPTY_QUERY_RESPONSE)
    case 'upstream':
    case 'cursor':
      return executeUpstream(state, message, command)
    case 'catalog': {
      const { values, formats, resultFormats } = portal
      portal.reply ??= await askCatalog(state, command, { values, formats, resultFormats })
      return answerPortion(state, portal, portal.reply, message.rowsMax)
    }
    case 'catalog-cursor':
      return void (await runCatalogCursor(state, command)).forEach(state.batch.local)
    case 'local': {
      if (portal.done) return state.batch.local(encodeCommandComplete('SELECT 0'))
      portal.done = true
      const result = await runLocal(state, command, nowhere, facts)
      if (result !== undefined) for (const frame of answerFrames(result)) state.batch.local(frame)
    }
  }
}

async function executeUpstream(
  state: SessionState,
  message: Message<'execute'>,
  command: Extract<Command, { kind: 'upstream' | 'cursor' }>,
): Promise<void> {
  if (command.kind === 'cursor') requireCursor(state, command.node)
  await takeConnection(state)
  state.batch.send(encodeExecute(message.portal, message.rowsMax), 'execute', {
    visible: true,
    statement: command.statement,
  })
  if (command.kind !== 'cursor') return
  await state.batch.settle({ sync: false })
  noteCursor(state, command.node, command.statement)
}

export async function runClose(state: SessionState, message: Message<'close'>): Promise<void> {
  if (message.target === 'statement') {
    state.statements.delete(message.name)
    return state.batch.local(CLOSE_COMPLETE)
  }
  const isCursor = !state.portals.has(message.name) && sqlCursor(state, message.name) !== undefined
  state.sqlCursors.delete(message.name)
  const portal = state.portals.get(message.name)
  state.portals.delete(message.name)
  const upstream = portal?.prepared.command.kind === 'upstream' || portal?.prepared.command.kind === 'cursor'
  if ((!upstream && !isCursor) || state.lease.current() === undefined)
    return state.batch.local(CLOSE_COMPLETE)
  await takeConnection(state)
  state.batch.send(encodeClose('portal', message.name), 'close', { visible: true })
}
