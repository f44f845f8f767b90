import { PgError } from '../errors.js'

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes UTF-8 without repairing anything: a repaired text would not be the text that was checked.
 *
 * @throws PgError character_not_in_repertoire
 */
export function decodeText(bytes: Buffer): string {
  // Buffer's own decoder is several times faster, and never adds U+FFFD to plain ASCII.
  const fast = bytes.toString('latin1')
  if (!/[\x80-\xff]/.test(fast)) return fast
  try {
    return UTF8.decode(bytes)
  } catch (cause) {
    throw new PgError('character_not_in_repertoire', 'invalid byte sequence for encoding "UTF8"', { cause })
  }
}
