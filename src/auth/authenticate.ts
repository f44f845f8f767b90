import { PgError } from '../errors.js'
import { copyClaims } from './claims.js'
import type { SecurityContext } from './context.js'
import { createSecurityContext, plainClaims } from './security-context.js'
import { checkSqlAuth, type SqlAuthHook } from './sql-auth.js'
import { TokenError, type VerifiedToken } from './verify.js'

export interface AuthenticatorDeps {
  readonly verify: (token: string) => Promise<VerifiedToken>
  /** cube.js' own check; where present, no token is verified. */
  readonly checkSqlAuth?: SqlAuthHook | undefined
  /** cube.js' change of the context: what it returns as `securityContext` takes the place of the claims. */
  readonly extendContext?: ((context: { readonly securityContext: unknown }) => unknown) | undefined
}

/**
 * Turns a user and a password into a security context.
 *
 * The function returned throws TokenError, whose message is the reason and for the log only (the password is never in it), or
 * PgError invalid_password with a DETAIL that Cube's users know, where the security context of a token is no object.
 */
export function createAuthenticator(
  deps: AuthenticatorDeps,
): (user: string, password: string) => Promise<SecurityContext> {
  return async (user, password) => {
    try {
      const { claims, expiresAtMs } = await identify(deps, user, password)
      const extended = await extendClaims(claims, deps.extendContext)
      return createSecurityContext({ claims: extended, expiresAtMs, user })
    } catch (error) {
      if (error instanceof PgError) throw error
      throw new TokenError(printReason(error, password))
    }
  }
}

type Identity = Pick<SecurityContext, 'claims' | 'expiresAtMs'>

async function identify(deps: AuthenticatorDeps, user: string, password: string): Promise<Identity> {
  if (deps.checkSqlAuth === undefined) return deps.verify(password)
  return { claims: await checkSqlAuth(deps.checkSqlAuth, { user, password }), expiresAtMs: undefined }
}

async function extendClaims(
  claims: Identity['claims'],
  extendContext: AuthenticatorDeps['extendContext'],
): Promise<Identity['claims']> {
  if (extendContext === undefined) return claims
  const extended = await extendContext({ securityContext: plainClaims(claims) })
  if (extended === undefined || extended === null) return claims
  if (typeof extended !== 'object') throw new TokenError('extendContext returned no object')
  const { securityContext } = extended as { readonly securityContext?: unknown }
  return 'securityContext' in extended ? copyClaims(securityContext) : claims
}

/** A function of cube.js may put the password that it was given into its error; no cause is kept, for the same reason. */
function printReason(error: unknown, password: string): string {
  const reason = error instanceof Error ? error.message : String(error)
  return password === '' ? reason : reason.replaceAll(password, '(hidden)')
}
