import { PgError } from '../errors.js'
import { bodyBytesMax } from './frontend.js'

export interface Frame {
  /** The type byte. */
  readonly type: number
  /** The message without type and length. */
  readonly body: Buffer
}

/** A length or type that leaves no way to find the next message: the connection must end. */
export class FramingError extends PgError {}

export interface Framer {
  push(chunk: Buffer): void
  /** The next whole frame, if there is one. @throws FramingError */
  next(): Frame | undefined
  /** Bytes that have come but make no whole frame yet. */
  pendingBytes(): number
  /** From the next message on, messages may be this long. */
  allow(frameBytesMax: number): void
}

/** Chunks shorter than this are joined with those before them: a Buffer costs some hundred bytes beside its content. */
const JOINED_BYTES_MAX = 65_536

/**
 * Cuts a byte stream into frames. Chunks are joined only when a frame needs several of them, or with others of their size, so that a frame
 * sent one byte at a time costs little more than its length, and a length field alone makes nothing be allocated.
 */
export function createFramer(options: { readonly frameBytesMax: number }): Framer {
  let { frameBytesMax } = options
  let chunks: Buffer[] = []
  let bytes = 0
  const joined = (): Buffer => {
    const [first] = chunks
    if (chunks.length === 1 && first !== undefined) return first
    const whole = Buffer.concat(chunks, bytes)
    chunks = [whole]
    return whole
  }
  let header: { type: number; length: number } | undefined
  return {
    push(chunk) {
      if (chunk.length === 0) return
      bytes += chunk.length
      let last = chunk
      for (let before = chunks.at(-1); before !== undefined; before = chunks.at(-1)) {
        if (before.length > last.length || before.length >= JOINED_BYTES_MAX) break
        chunks.pop()
        last = Buffer.concat([before, last])
      }
      chunks.push(last)
    },
    next() {
      if (header === undefined) {
        if (bytes < 5) return undefined
        header = readHeader(joined(), frameBytesMax)
      }
      const frameBytes = 1 + header.length
      if (bytes < frameBytes) return undefined
      const whole = joined()
      const frame = { type: header.type, body: whole.subarray(5, frameBytes) }
      const rest = whole.subarray(frameBytes)
      chunks = rest.length === 0 ? [] : [rest]
      bytes = rest.length
      header = undefined
      return frame
    },
    pendingBytes: () => bytes,
    allow(longer) {
      frameBytesMax = longer
    },
  }
}

function readHeader(bytes: Buffer, frameBytesMax: number): { type: number; length: number } {
  const type = bytes.readUInt8(0)
  const length = bytes.readInt32BE(1)
  const bodyMax = bodyBytesMax(type, frameBytesMax)
  if (bodyMax === undefined)
    throw new FramingError('protocol_violation', `invalid frontend message type ${type}`)
  if (length < 4) throw new FramingError('protocol_violation', `invalid message length: ${length}`)
  if (length - 4 > bodyMax) {
    throw new FramingError(
      'program_limit_exceeded',
      `a message of ${length} bytes is longer than the ${bodyMax} that are allowed`,
      {
        hint: 'Whoever runs the gateway can raise ROWGATE_FRAME_BYTES_MAX.',
      },
    )
  }
  return { type, length }
}
