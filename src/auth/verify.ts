import { createSecretKey } from 'node:crypto'
import { compactVerify, errors, type JWTVerifyGetKey } from 'jose'
import type { Observe } from '../events.js'
import type { Claim, Claims } from './context.js'
import { createKeys } from './keys.js'
import { PayloadError, parsePayload, payloadClaims } from './payload.js'

export interface VerifyOptions {
  /** Any of them may have signed (HS256, HS384, HS512). */
  readonly secrets: readonly string[]
  readonly keysUrl: string | undefined
  /** Narrows the algorithms; undefined for all that the keys allow. */
  readonly algorithms: readonly string[] | undefined
  readonly issuers: readonly string[] | undefined
  readonly audience: string | undefined
  readonly subject: string | undefined
  /** The claim that holds the security context; undefined: the payload itself. */
  readonly claimsNamespace: string | undefined
  readonly clockToleranceSeconds: number
  readonly keysCooldownMs?: number
}

export interface VerifiedToken {
  readonly claims: Claims
  readonly expiresAtMs: number
}

/** Why a token is not accepted; for the log only. */
export class TokenError extends Error {}

const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512']
const KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]
const TOKEN_BYTES_MAX = 65_535
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Everything that a secret or a key may have signed with; `none` is not among them. */
export const ALGORITHMS: readonly string[] = [...SECRET_ALGORITHMS, ...KEY_ALGORITHMS]

/**
 * Verifies tokens: signature by secret or by key set, then times and the configured claims.
 *
 * Secrets verify HS* only and key sets asymmetric algorithms only, so that neither can stand in for the other; `none`, `crit`, and keys
 * that a token brings along (`jwk`, `jku`, `x5u`, `x5c`) are never used.
 *
 * The function returned throws TokenError (for the log), or PgError invalid_password where the security context is no object.
 */
export function createVerifier(
  options: VerifyOptions,
  deps: { readonly observe: Observe; readonly nowMs: () => number },
): (token: string) => Promise<VerifiedToken> {
  const keys =
    options.keysUrl === undefined
      ? undefined
      : createKeys(
          options.keysUrl,
          deps,
          options.keysCooldownMs === undefined ? {} : { cooldownMs: options.keysCooldownMs },
        )
  const secrets = options.secrets.map((secret) => createSecretKey(Buffer.from(secret, 'utf8')))
  const allowed = (algorithms: readonly string[]): string[] =>
    algorithms.filter(
      (algorithm) => options.algorithms === undefined || options.algorithms.includes(algorithm),
    )
  return async (token) => {
    const algorithm = readAlgorithm(token)
    const payload = SECRET_ALGORITHMS.includes(algorithm)
      ? await verifyBySecrets(token, secrets, allowed(SECRET_ALGORITHMS))
      : await verifyByKeys(token, keys, allowed(KEY_ALGORITHMS))
    return checkPayload(payload, options, deps.nowMs())
  }
}

function readAlgorithm(token: string): string {
  if (token.length > TOKEN_BYTES_MAX) throw new TokenError('the token is too long')
  if (!/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(token))
    throw new TokenError('the password is no signed token')
  if (!token.split('.').every(isCanonical)) throw new TokenError('the token is not encoded as base64url')
  // Read strictly: a header in which alg stands twice means two things to two readers.
  const header = parseHeader(token.slice(0, token.indexOf('.')))
  const algorithm = own(header, 'alg')
  if (typeof algorithm !== 'string') throw new TokenError('the token names no algorithm')
  if (Object.hasOwn(header, 'crit')) throw new TokenError('the token demands extensions (crit)')
  return algorithm
}

/** Whether no bits are left over at the end, so that one token has one spelling. */
function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part
}

function parseHeader(part: string): Claims {
  let header: Claim
  try {
    header = parsePayload(UTF8.decode(Buffer.from(part, 'base64url')))
  } catch (error) {
    throw new TokenError('the header of the token cannot be read', { cause: error })
  }
  if (header === null || typeof header !== 'object' || Array.isArray(header))
    throw new TokenError('the header of the token is no object')
  return header as Claims
}

async function verifyBySecrets(
  token: string,
  secrets: readonly ReturnType<typeof createSecretKey>[],
  algorithms: string[],
): Promise<Uint8Array> {
  if (secrets.length === 0) throw new TokenError('the token is signed by a secret, and none is configured')
  for (const secret of secrets) {
    try {
      return (await compactVerify(token, secret, { algorithms })).payload
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue
      throw tokenError(error)
    }
  }
  throw new TokenError('the signature fits none of the secrets')
}

async function verifyByKeys(
  token: string,
  keys: JWTVerifyGetKey | undefined,
  algorithms: string[],
): Promise<Uint8Array> {
  if (keys === undefined) throw new TokenError('the token is signed by a key, and no key set is configured')
  try {
    return (await compactVerify(token, keys, { algorithms })).payload
  } catch (error) {
    throw tokenError(error)
  }
}

function tokenError(error: unknown): TokenError {
  return new TokenError(error instanceof Error ? error.message : String(error), { cause: error })
}

function checkPayload(bytes: Uint8Array, options: VerifyOptions, nowMs: number): VerifiedToken {
  let value: Claim
  try {
    value = parsePayload(UTF8.decode(bytes))
  } catch (error) {
    if (error instanceof PayloadError) throw new TokenError(error.message)
    throw new TokenError('the payload is no UTF-8')
  }
  const payload = payloadClaims(value)
  const toleranceMs = options.clockToleranceSeconds * 1_000
  const expiresAtMs = timeClaim(payload, 'exp')
  if (expiresAtMs === undefined) throw new TokenError('the token has no exp')
  if (nowMs >= expiresAtMs + toleranceMs) throw new TokenError('the token has expired')
  const notBeforeMs = timeClaim(payload, 'nbf')
  if (notBeforeMs !== undefined && nowMs < notBeforeMs - toleranceMs)
    throw new TokenError('the token is not valid yet')
  const issuer = own(payload, 'iss')
  if (options.issuers !== undefined && !(typeof issuer === 'string' && options.issuers.includes(issuer)))
    throw new TokenError('the issuer is another')
  if (options.audience !== undefined) {
    const audience = own(payload, 'aud')
    const audiences: readonly unknown[] = Array.isArray(audience) ? audience : [audience]
    if (!audiences.includes(options.audience)) throw new TokenError('the audience is another')
  }
  if (options.subject !== undefined && own(payload, 'sub') !== options.subject)
    throw new TokenError('the subject is another')
  const claims =
    options.claimsNamespace === undefined ? payload : payloadClaims(own(payload, options.claimsNamespace))
  return { claims, expiresAtMs }
}

function own(claims: Claims, name: string): Claim | undefined {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}

/** A NumericDate (RFC 7519, section 2) in milliseconds. */
function timeClaim(claims: Claims, name: string): number | undefined {
  const value = own(claims, name)
  if (value === undefined) return undefined
  if (typeof value !== 'number') throw new TokenError(`${name} is no number`)
  return value * 1_000
}
