import { FRONTEND } from '../../src/protocol/frontend.js'
import {
  encodeBind,
  encodeClose,
  encodeDescribe,
  encodeExecute,
  encodeParse,
} from '../../src/protocol/request.js'
import { cstring, encodeMessage, int16, int32 } from '../../src/protocol/writer.js'

/** One line of a script, and the bytes that it stands for. */
export interface ScriptMessage {
  /** The type byte, or a name for what has none. */
  readonly kind: number | 'startup' | 'ssl-request' | 'gssenc-request' | 'bytes'
  readonly text: string
  readonly bytes: Buffer
  /** Whether a server answers everything before it at once. */
  readonly flush: boolean
  /** Whether it begins a connection, so that nobody logs in before it. */
  readonly opens: boolean
}

/** How the trace prints the server's wish for a password. */
export const AUTHENTICATION_CLEARTEXT = 'B Authentication 3'

type Words = readonly string[]

/** `"text"`, `[a, list]`, `{json}`, or a word. */
const WORD = /"(?:[^"\\]|\\.)*"|\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]|\{.*\}|\S+/g

/** Bodies by the name of the message; texts are written as in JSON. */
const BODIES: Readonly<Record<string, (words: Words) => Buffer>> = {
  Query: ([sql]) => encodeMessage('Q', [cstring(text(sql))]),
  // Parse "statement" "SQL" [oid, …]
  Parse: ([name, sql, oids]) => encodeParse(text(name), text(sql), list(oids).map(Number)),
  // Bind "portal" "statement" ["text", x0a0b, NULL] [result format, …]
  Bind: ([portal, statement, values, formats]) => {
    const given = list(values)
    const binary = given.some((value) => value.startsWith('x'))
    return encodeBind({
      portal: text(portal),
      statement: text(statement),
      parameterFormats: binary ? given.map((value) => (value.startsWith('x') ? 1 : 0)) : [],
      values: given.map(boundValue),
      resultFormats: list(formats).map((format) => (format === 'binary' ? 1 : 0)),
    })
  },
  Describe: ([target, name]) => encodeDescribe(targetOf(target), text(name)),
  Execute: ([portal, rowsMax]) => encodeExecute(text(portal), Number(rowsMax)),
  Close: ([target, name]) => encodeClose(targetOf(target), text(name)),
  Sync: () => encodeMessage('S', []),
  Flush: () => encodeMessage('H', []),
  Terminate: () => encodeMessage('X', []),
  CopyData: ([data]) => encodeMessage('d', [Buffer.from(text(data))]),
  CopyDone: () => encodeMessage('c', []),
  CopyFail: ([reason]) => encodeMessage('f', [cstring(text(reason))]),
  // FunctionCall oid, without arguments
  FunctionCall: ([oid]) => encodeMessage('F', [int32(Number(oid)), int16(0), int16(0), int16(0)]),
}

/** @param password what `Password token` sends: a token must not stand in a file */
export function parseMessage(line: string, password: string): ScriptMessage {
  const [name = '', ...words] = line.match(WORD) ?? []
  const message = (kind: ScriptMessage['kind'], bytes: Buffer, opens = false): ScriptMessage => {
    const flush = kind === FRONTEND.flush || kind === FRONTEND.sync || kind === FRONTEND.query
    return { kind, text: line, bytes, flush, opens }
  }
  switch (name) {
    case 'SSLRequest':
      return message('ssl-request', Buffer.concat([int32(8), int32(80_877_103)]), true)
    case 'GSSENCRequest':
      return message('gssenc-request', Buffer.concat([int32(8), int32(80_877_104)]), true)
    case 'Startup': {
      const [major = 3, minor = 0] = (words[0] ?? '').split('.').map(Number)
      const parameters = JSON.parse(words[1] ?? '{}') as Record<string, string>
      return message('startup', startupPacket(major, minor, parameters), true)
    }
    case 'Password':
      return message(
        FRONTEND.password,
        encodeMessage('p', [cstring(words[0] === 'token' ? password : text(words[0]))]),
      )
    // OpeningBytes begins a connection; Bytes comes after the login. Bytes of a whole message are awaited as it would be.
    case 'OpeningBytes':
      return message('bytes', Buffer.from(words.join(''), 'hex'), true)
    case 'Bytes': {
      const bytes = Buffer.from(words.join(''), 'hex')
      const known = Object.values(FRONTEND).find((type) => type === bytes[0])
      const whole = bytes.length >= 5 && bytes.length === 1 + bytes.readInt32BE(1)
      return message(whole && known !== undefined ? known : 'bytes', bytes)
    }
    default: {
      const body = BODIES[name]
      if (body === undefined) throw new Error(`no message: ${line}`)
      const bytes = body(words)
      return message(bytes[0] ?? 0, bytes)
    }
  }
}

export function startupPacket(
  major: number,
  minor: number,
  parameters: Readonly<Record<string, string>>,
): Buffer {
  const body = Buffer.concat([
    int16(major),
    int16(minor),
    ...Object.entries(parameters).flatMap(([name, value]) => [cstring(name), cstring(value)]),
    Buffer.from([0]),
  ])
  return Buffer.concat([int32(4 + body.length), body])
}

function text(word: string | undefined): string {
  return JSON.parse(word ?? '') as string
}

function list(word: string | undefined): readonly string[] {
  return (word ?? '[]').slice(1, -1).match(/"(?:[^"\\]|\\.)*"|[^\s,]+/g) ?? []
}

function boundValue(word: string): Buffer | null {
  if (word === 'NULL') return null
  return word.startsWith('x') ? Buffer.from(word.slice(1), 'hex') : Buffer.from(text(word))
}

function targetOf(word: string | undefined): 'statement' | 'portal' {
  return word === 'S' ? 'statement' : 'portal'
}
