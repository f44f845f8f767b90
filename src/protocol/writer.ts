/** The longest message that is ever written, in bytes (MaxAllocSize): a length that wraps would let data be read as messages. */
export const MESSAGE_BYTES_MAX = 0x3fff_ffff

/**
 * One message: type byte, length, parts.
 *
 * @throws RangeError if the parts are longer than a message may be; nothing is written then
 */
export function encodeMessage(type: string, parts: readonly Buffer[]): Buffer {
  const bodyBytes = parts.reduce((sum, part) => sum + part.length, 0)
  if (bodyBytes + 4 > MESSAGE_BYTES_MAX) throw new RangeError(`a message of ${bodyBytes} bytes is too long`)
  const message = Buffer.allocUnsafe(5 + bodyBytes)
  message.write(type, 0, 'latin1')
  message.writeInt32BE(bodyBytes + 4, 1)
  let offset = 5
  for (const part of parts) offset += part.copy(message, offset)
  return message
}

export function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2)
  bytes.writeUInt16BE(value)
  return bytes
}

export function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** A NUL-terminated text. What follows a NUL inside it would be read as the next field, so it must hold none. */
export function cstring(text: string): Buffer {
  if (text.includes('\0')) throw new RangeError('a NUL inside a text')
  return Buffer.from(`${text}\0`, 'utf8')
}
