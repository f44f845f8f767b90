import { PgError } from '../errors.js'
import type { StartupPacket } from './message.js'
import { decodeText } from './text.js'

/** The longest startup packet, in bytes without its length, that Postgres reads before it knows anyone (MAX_STARTUP_PACKET_LENGTH). */
export const STARTUP_BYTES_MAX = 10_000
/** Minor versions of protocol 3 that are spoken: 3.0 and 3.2 (3.1 was skipped). */
export const PROTOCOL_MINOR_MAX = 2

const CANCEL_REQUEST = 80_877_102
const SSL_REQUEST = 80_877_103
const GSSENC_REQUEST = 80_877_104

/** The longest secret key of protocol 3.2, in bytes. */
const SECRET_KEY_BYTES_MAX = 256

/**
 * Decodes the packet that opens a connection; it alone has no type byte.
 *
 * @param body the packet without its 4-byte length; nothing that is returned aliases it
 * @throws PgError protocol_violation if it is malformed, feature_not_supported for other protocol versions
 */
export function decodeStartup(body: Buffer): StartupPacket {
  if (body.length < 4 || body.length > STARTUP_BYTES_MAX) {
    throw new PgError('protocol_violation', `invalid length of startup packet: ${body.length}`)
  }
  const version = body.readUInt32BE(0)
  if (version === SSL_REQUEST) return { type: 'ssl-request' }
  if (version === GSSENC_REQUEST) return { type: 'gssenc-request' }
  if (version === CANCEL_REQUEST) return decodeCancel(body)
  const protocolMajor = version >>> 16
  const protocolMinor = version & 0xffff
  if (protocolMajor !== 3) {
    throw new PgError(
      'feature_not_supported',
      `unsupported frontend protocol ${protocolMajor}.${protocolMinor}: server supports 3.0 to 3.${PROTOCOL_MINOR_MAX}`,
    )
  }
  return { type: 'startup', protocolMajor, protocolMinor, parameters: decodeParameters(body) }
}

function decodeCancel(body: Buffer): StartupPacket {
  const keyBytes = body.length - 8
  if (keyBytes < 4 || keyBytes > SECRET_KEY_BYTES_MAX) {
    throw new PgError('protocol_violation', 'invalid length of cancel request packet')
  }
  return { type: 'cancel-request', processId: body.readInt32BE(4), secretKey: Buffer.from(body.subarray(8)) }
}

function decodeParameters(body: Buffer): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  const end = body.length - 1
  if (body[end] !== 0) throw badLayout()
  let offset = 4
  while (offset < end) {
    const nameEnd = body.indexOf(0, offset)
    if (nameEnd === offset) throw badLayout()
    const valueEnd = body.indexOf(0, nameEnd + 1)
    if (nameEnd >= end || valueEnd < 0 || valueEnd >= end + 1) throw badLayout()
    parameters.set(
      decodeText(body.subarray(offset, nameEnd)),
      decodeText(body.subarray(nameEnd + 1, valueEnd)),
    )
    offset = valueEnd + 1
  }
  if (offset !== end) throw badLayout()
  return parameters
}

function badLayout(): PgError {
  return new PgError('protocol_violation', 'invalid startup packet layout: expected terminator as last byte')
}
