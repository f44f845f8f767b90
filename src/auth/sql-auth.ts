import { createHash, timingSafeEqual } from 'node:crypto'
import { copyClaims } from './claims.js'
import type { Claims } from './context.js'

/** Cube's `checkSqlAuth(request, user, password)`. */
export type SqlAuthHook = (request: unknown, user: string, password: string) => unknown

/**
 * Asks cube.js who a user is. As in Cube, the function returns `{ password, securityContext }`, and the client must have sent that
 * password; a function that has checked it by itself says `skipPasswordCheck: true` instead.
 *
 * @throws Error, whose message is for the log, if the function throws, the password differs or neither was returned, or the security
 *   context is no plain JSON object
 */
export async function checkSqlAuth(
  hook: SqlAuthHook,
  login: { readonly user: string; readonly password: string },
): Promise<Claims> {
  const answer = await hook({ protocol: 'postgres', method: 'password' }, login.user, login.password)
  if (answer === null || typeof answer !== 'object') throw new Error('checkSqlAuth returned no object')
  const { password, skipPasswordCheck, securityContext } = answer as {
    readonly password?: unknown
    readonly skipPasswordCheck?: unknown
    readonly securityContext?: unknown
  }
  if (password === undefined || password === null) {
    if (skipPasswordCheck !== true) {
      throw new Error('checkSqlAuth returned neither a password nor skipPasswordCheck: true')
    }
  } else if (typeof password !== 'string' || !equalTexts(password, login.password)) {
    throw new Error('the password is not the one that checkSqlAuth returned')
  }
  return copyClaims(securityContext)
}

/** Takes the same time wherever two texts differ. */
function equalTexts(left: string, right: string): boolean {
  return timingSafeEqual(sha256(left), sha256(right))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
