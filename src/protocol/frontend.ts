import { PgError } from '../errors.js'
import type { FormatCode, FrontendMessage } from './message.js'
import { type BodyReader, createBodyReader } from './reader.js'

const code = (letter: string): number => letter.charCodeAt(0)

/** Type bytes of frontend messages (manual, "Message Formats"). */
export const FRONTEND = {
  bind: code('B'),
  close: code('C'),
  copyData: code('d'),
  copyDone: code('c'),
  copyFail: code('f'),
  describe: code('D'),
  execute: code('E'),
  flush: code('H'),
  functionCall: code('F'),
  parse: code('P'),
  password: code('p'),
  query: code('Q'),
  sync: code('S'),
  terminate: code('X'),
} as const

/** The longest password message, in bytes (PG_MAX_AUTH_TOKEN_LENGTH). */
export const PASSWORD_BYTES_MAX = 65_535
/** The longest message of a kind that holds only names and numbers, in bytes (PQ_SMALL_MESSAGE_LIMIT). */
export const SMALL_BYTES_MAX = 10_000

/**
 * The longest body that a message of this type may have, in bytes; undefined for a type that does not exist.
 *
 * @param frameBytesMax the limit of Query, Parse, Bind and the like
 */
export function bodyBytesMax(type: number, frameBytesMax: number): number | undefined {
  switch (type) {
    case FRONTEND.query:
    case FRONTEND.parse:
    case FRONTEND.bind:
    case FRONTEND.copyData:
    case FRONTEND.functionCall:
      return frameBytesMax
    case FRONTEND.password:
      return PASSWORD_BYTES_MAX
    case FRONTEND.close:
    case FRONTEND.describe:
    case FRONTEND.execute:
    case FRONTEND.copyDone:
    case FRONTEND.copyFail:
    case FRONTEND.flush:
    case FRONTEND.sync:
    case FRONTEND.terminate:
      return Math.min(SMALL_BYTES_MAX, frameBytesMax)
    default:
      return undefined
  }
}

/**
 * Decodes one message. Buffers in it are views of `body`.
 *
 * @throws PgError protocol_violation or character_not_in_repertoire; the frame itself was whole, so the connection may go on
 */
export function decodeFrontend(type: number, body: Buffer): FrontendMessage {
  const reader = createBodyReader(body)
  const message = decodeBody(type, reader)
  reader.end()
  return message
}

function decodeBody(type: number, reader: BodyReader): FrontendMessage {
  switch (type) {
    case FRONTEND.query:
      return { type: 'query', sql: reader.text() }
    case FRONTEND.parse:
      return decodeParse(reader)
    case FRONTEND.bind:
      return decodeBind(reader)
    case FRONTEND.describe:
      return { type: 'describe', target: decodeTarget(reader, 'DESCRIBE'), name: reader.text() }
    case FRONTEND.execute: {
      const portal = reader.text()
      // Postgres takes any number below one as "all rows"; py-postgresql sends -1.
      return { type: 'execute', portal, rowsMax: Math.max(0, reader.int32()) }
    }
    case FRONTEND.close:
      return { type: 'close', target: decodeTarget(reader, 'CLOSE'), name: reader.text() }
    case FRONTEND.flush:
      return { type: 'flush' }
    case FRONTEND.sync:
      return { type: 'sync' }
    case FRONTEND.terminate:
      return { type: 'terminate' }
    case FRONTEND.password:
      return { type: 'password', password: reader.text() }
    case FRONTEND.copyData:
      reader.bytes(reader.remaining())
      return { type: 'copy-data' }
    case FRONTEND.copyDone:
      return { type: 'copy-done' }
    case FRONTEND.copyFail:
      reader.text()
      return { type: 'copy-fail' }
    case FRONTEND.functionCall:
      reader.bytes(reader.remaining())
      return { type: 'function-call' }
    default:
      throw new PgError('protocol_violation', `invalid frontend message type ${type}`)
  }
}

function decodeTarget(reader: BodyReader, message: string): 'statement' | 'portal' {
  const target = reader.byte()
  if (target === code('S')) return 'statement'
  if (target === code('P')) return 'portal'
  throw new PgError('protocol_violation', `invalid ${message} message subtype ${target}`)
}

function decodeParse(reader: BodyReader): FrontendMessage {
  const name = reader.text()
  const sql = reader.text()
  const parameterOids = Array.from({ length: reader.count(4) }, () => reader.int32() >>> 0)
  return { type: 'parse', name, sql, parameterOids }
}

function decodeBind(reader: BodyReader): FrontendMessage {
  const portal = reader.text()
  const statement = reader.text()
  const parameterFormats = decodeFormats(reader)
  const values = Array.from({ length: reader.count(4) }, () => decodeValue(reader))
  const resultFormats = decodeFormats(reader)
  if (parameterFormats.length > 1 && parameterFormats.length !== values.length) {
    throw new PgError(
      'protocol_violation',
      `bind message has ${parameterFormats.length} parameter formats but ${values.length} parameters`,
    )
  }
  return { type: 'bind', portal, statement, parameterFormats, values, resultFormats }
}

function decodeFormats(reader: BodyReader): readonly FormatCode[] {
  return Array.from({ length: reader.count(2) }, () => {
    const format = reader.int16()
    if (format === 0 || format === 1) return format
    throw new PgError('invalid_parameter_value', `unsupported format code: ${format}`)
  })
}

function decodeValue(reader: BodyReader): Buffer | null {
  const length = reader.int32()
  if (length === -1) return null
  return reader.bytes(length)
}
