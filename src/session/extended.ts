import { PgError } from '../errors.js'
import {
  BACKEND,
  BIND_COMPLETE,
  CLOSE_COMPLETE,
  decodeParameterDescription,
  EMPTY_QUERY_RESPONSE,
  encodeParameterDescription,
  NO_DATA,
  PARSE_COMPLETE,
} from '../protocol/backend.js'
import type { FormatCode, FrontendMessage } from '../protocol/message.js'
import { encodeBind, encodeClose, encodeDescribe, encodeExecute } from '../protocol/request.js'
import type { Undo } from './batch.js'
import {
  answerPortion,
  askCatalog,
  cursorColumns,
  requireAnswerRoom,
  runCatalogCursor,
  withFormats,
} from './catalog-command.js'
import { createCommand } from './command.js'
import { cursorStatement, givenBy, noteCursor, requireCursor, requireCursorBlock } from './cursor.js'
import { answerFrames, portionFrames, textColumns } from './local-answer.js'
import { runLocal } from './local-command.js'
import { closePortal, createPortal, keptValues, requireFreePortal } from './portal.js'
import { requireRoom } from './prepare-command.js'
import { refusal } from './refusal.js'
import { type Given, resultMeter } from './result-limit.js'
import { requireLiveBlock } from './simple.js'
import type { Command, Portal, Prepared, SessionState } from './state.js'
import { countRows, noteReads, showTables } from './table-oids.js'
import { takeConnection } from './upstream-command.js'
import { boundValues } from './upstream-statement.js'

type Message<T extends FrontendMessage['type']> = Extract<FrontendMessage, { type: T }>

const nowhere = (): undefined => undefined

export async function runParse(state: SessionState, message: Message<'parse'>): Promise<void> {
  const { name, sql, parameterOids } = message
  const before = state.statements.get(name)
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
  if (command.kind === 'catalog' && command.values !== undefined) throw refusal(statement.node)
  const described = command.kind === 'catalog' ? await state.catalog.describe(command.statement) : undefined
  const prepared = { text: statement.text, command, declaredOids: parameterOids, described }
  const undo = undoSet(state.statements, name, prepared, before)
  if (command.kind === 'upstream')
    state.batch.prepare(await takeConnection(state), command.statement, true, undo)
  else state.batch.local(PARSE_COMPLETE, undo)
  state.statements.set(name, prepared)
}

/** A name is noted before the upstream has answered, so that what follows in the pipeline can be planned. */
function undoSet<T>(named: Map<string, T>, name: string, value: T, before: T | undefined): Undo {
  return () => {
    if (named.get(name) !== value) return
    if (before === undefined) named.delete(name)
    else named.set(name, before)
  }
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
  const needed = parameterCount(prepared)
  if (message.values.length !== needed) {
    throw new PgError(
      'protocol_violation',
      `bind message supplies ${message.values.length} parameters, but prepared statement "${message.statement}" requires ${needed}`,
    )
  }
  requireLiveBlock(state, command.kind === 'local' ? command.node : undefined)
  requireFreePortal(state, message.portal)
  const { portal: portalName, values, resultFormats, parameterFormats: formats } = message
  // The upstream keeps the values of its own portals.
  const kept = command.kind === 'catalog' ? keptValues(state, values) : []
  const portal = createPortal(state, prepared, { values: kept, formats, resultFormats })
  const undo = undoSet(state.portals, portalName, portal, state.portals.get(portalName))
  if (command.kind === 'upstream' || command.kind === 'cursor') {
    if (command.kind === 'cursor') requireCursor(state, command.node)
    const connection = await takeConnection(state)
    const name = state.batch.prepare(connection, command.statement, false)
    const bound = boundValues(command.statement, { values, formats })
    const frame = encodeBind({ portal: portalName, statement: name, ...bound, resultFormats })
    state.batch.send(frame, 'bind', { visible: true, statement: command.statement, undo })
  } else state.batch.local(BIND_COMPLETE, undo)
  state.portals.set(portalName, portal)
}

function parameterCount({ command, described }: Prepared): number {
  if (command.kind === 'catalog') return described?.parameterOids.length ?? 0
  return command.kind === 'upstream' || command.kind === 'cursor' ? command.statement.clientParameterCount : 0
}

export async function runDescribe(state: SessionState, message: Message<'describe'>): Promise<void> {
  const catalogCursor = state.catalogCursors.get(message.name)
  if (message.target === 'portal' && catalogCursor !== undefined && !state.portals.has(message.name))
    return state.batch.local(catalogCursor.reply.rowDescription ?? NO_DATA)
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
  const portal = findPortal(state, message.portal)
  const { command } = portal.prepared
  requireLiveBlock(state, command.kind === 'local' ? command.node : undefined)
  switch (command.kind) {
    case 'empty':
      return state.batch.local(EMPTY_QUERY_RESPONSE)
    case 'upstream':
    case 'cursor':
      return executeUpstream(state, message, {
        command,
        text: portal.prepared.text,
        given: command.kind === 'cursor' ? givenBy(state, command.node) : portal.given,
      })
    case 'catalog': {
      const { values, formats, resultFormats } = portal
      if (portal.reply === undefined) {
        const reply = await askCatalog(state, command, { values, formats, resultFormats })
        requireAnswerRoom(state, reply)
        portal.reply = reply
      }
      return answerPortion(state, portal, portal.reply, message.rowsMax)
    }
    case 'catalog-cursor':
      for (const frame of await runCatalogCursor(state, command)) state.batch.local(frame)
      return
    case 'local':
      return executeLocal(state, message, command, facts)
  }
}

async function executeLocal(
  state: SessionState,
  { portal: name, rowsMax }: Message<'execute'>,
  command: Extract<Command, { kind: 'local' }>,
  facts: ReadonlyMap<string, string>,
): Promise<void> {
  const portal = findPortal(state, name)
  if (portal.done) throw new PgError('object_not_in_prerequisite_state', `portal "${name}" cannot be run`)
  portal.done = command.columns === undefined
  portal.answer ??= await runLocal(state, command, nowhere, facts)
  if (portal.answer === undefined) return
  const frames = portal.done
    ? answerFrames(portal.answer)
    : portionFrames(portal.answer, { sent: portal.sent, rowsMax })
  if (!portal.done) portal.sent += rowsMax === 0 ? portal.answer.rows.length : rowsMax
  for (const frame of frames) state.batch.local(frame)
}

interface ExecutedUpstream {
  readonly command: Extract<Command, { kind: 'upstream' | 'cursor' }>
  readonly text: string
  readonly given: Given
}

async function executeUpstream(
  state: SessionState,
  message: Message<'execute'>,
  { command, text, given }: ExecutedUpstream,
): Promise<void> {
  if (command.kind === 'cursor') await requireCursorBlock(state, command.node)
  const connection = await takeConnection(state)
  const statement = command.kind === 'cursor' ? cursorStatement(state, command) : command.statement
  noteReads(state, statement.reads)
  state.batch.send(encodeExecute(message.portal, message.rowsMax), 'execute', {
    visible: true,
    rewrite: countRows(state, message.rowsMax),
    statement,
    meter: resultMeter(state, connection, given),
  })
  if (command.kind !== 'cursor') return
  await state.batch.settle({ sync: false })
  noteCursor(state, command, text)
}

export async function runClose(state: SessionState, message: Message<'close'>): Promise<void> {
  const { name } = message
  if (message.target === 'statement') {
    const undo = undoDelete(state.statements, name)
    state.statements.delete(name)
    return state.batch.local(CLOSE_COMPLETE, undo)
  }
  const undo = undoDelete(state.portals, name)
  const held = state.heldCursors.has(name)
  const command = state.portals.get(name)?.prepared.command
  const upstream = command?.kind === 'upstream' || command?.kind === 'cursor'
  if (!upstream || state.lease.current() === undefined) {
    state.portals.delete(name)
    return state.batch.local(CLOSE_COMPLETE, undo)
  }
  await takeConnection(state, { settings: false })
  closePortal(state, name)
  state.batch.send(encodeClose('portal', name), 'close', {
    visible: true,
    undo() {
      undo()
      if (held) state.heldCursors.add(name)
    },
  })
}

function undoDelete<T>(named: Map<string, T>, name: string): Undo {
  const value = named.get(name)
  return () => {
    if (value !== undefined) named.set(name, value)
  }
}
