import { PgError } from '../errors.js'
import { decodeText } from './text.js'

/** Reads the fields of one message body, checking every length before it is used. */
export interface BodyReader {
  byte(): number
  int16(): number
  int32(): number
  bytes(count: number): Buffer
  /** A NUL-terminated text. */
  text(): string
  /** A count of things, each of at least `bytesMin` bytes, which must fit in what is left. */
  count(bytesMin: number): number
  remaining(): number
  /** @throws PgError protocol_violation if anything is left */
  end(): void
}

export function createBodyReader(body: Buffer): BodyReader {
  let offset = 0
  const need = (count: number): number => {
    if (count < 0 || offset + count > body.length) {
      throw new PgError('protocol_violation', 'insufficient data left in message')
    }
    const start = offset
    offset += count
    return start
  }
  return {
    byte: () => body.readUInt8(need(1)),
    int16: () => body.readInt16BE(need(2)),
    int32: () => body.readInt32BE(need(4)),
    bytes(count) {
      const start = need(count)
      return body.subarray(start, start + count)
    },
    text() {
      const end = body.indexOf(0, offset)
      if (end < 0) throw new PgError('protocol_violation', 'invalid string in message')
      const text = decodeText(body.subarray(offset, end))
      offset = end + 1
      return text
    },
    count(bytesMin) {
      const count = body.readUInt16BE(need(2))
      if (count * bytesMin > body.length - offset) {
        throw new PgError('protocol_violation', 'insufficient data left in message')
      }
      return count
    },
    remaining: () => body.length - offset,
    end() {
      if (offset !== body.length) throw new PgError('protocol_violation', 'invalid message format')
    },
  }
}
