import { createSecretKey } from 'node:crypto'
import { CompactSign } from 'jose'
import { printJson } from './json.js'

/**
 * A token over the claims, signed with HS256; `iat` and `exp` are added unless the claims have them. A bigint is written as the whole
 * number that it is.
 */
export async function signToken(options: {
  readonly claims: Readonly<Record<string, unknown>>
  readonly secret: string
  readonly expiresInSeconds: number
  readonly nowMs: number
}): Promise<string> {
  const issuedAt = Math.floor(options.nowMs / 1_000)
  const payload = { iat: issuedAt, exp: issuedAt + options.expiresInSeconds, ...options.claims }
  return new CompactSign(Buffer.from(printJson(payload), 'utf8'))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(createSecretKey(Buffer.from(options.secret, 'utf8')))
}
