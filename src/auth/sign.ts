import { createSecretKey } from 'node:crypto'
import { CompactSign } from 'jose'

/** A token over the claims, signed with HS256. `claimsText` is the JSON text of an object. */
export async function signToken(options: {
  readonly claims: Readonly<Record<string, unknown>>
  readonly secret: string
  readonly expiresInSeconds: number
  readonly nowMs: number
}): Promise<string> {
  const issuedAt = Math.floor(options.nowMs / 1_000)
  const payload = { ...options.claims, iat: issuedAt, exp: issuedAt + options.expiresInSeconds }
  return new CompactSign(Buffer.from(JSON.stringify(payload), 'utf8'))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(createSecretKey(Buffer.from(options.secret, 'utf8')))
}
