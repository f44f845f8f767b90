import { timingSafeEqual } from 'node:crypto'
import type { SecurityContext } from './auth/context.js'
import { parsePayload, payloadClaims } from './auth/payload.js'
import { createSecurityContext, plainClaims } from './auth/security-context.js'
import type { VerifiedToken } from './auth/verify.js'
import { PgError } from './errors.js'
import type { Hooks } from './hooks.js'
import type { StatementQuery } from './plan/statement-query.js'
import type { Authenticate } from './session/login.js'

/** How a password becomes a security context: cube.js' checkSqlAuth if there is one, else the token's verification. */
export function createAuthenticate(
  hooks: Hooks,
  verify: (token: string) => Promise<VerifiedToken>,
): Authenticate {
  const { checkSqlAuth } = hooks
  if (checkSqlAuth === undefined) {
    return async (user, password) => {
      const { claims, expiresAtMs } = await verify(password)
      return createSecurityContext({ claims, expiresAtMs, user })
    }
  }
  return async (user, password) => {
    const result = (await checkSqlAuth({}, user, password)) as
      | { password?: unknown; securityContext?: unknown }
      | null
      | undefined
    if (result === null || typeof result !== 'object') throw new Error('checkSqlAuth returned no object')
    if (typeof result.password === 'string' && !samePassword(result.password, password))
      throw new Error('the password is another')
    const claims = payloadClaims(parsePayload(JSON.stringify(result.securityContext ?? null)))
    return createSecurityContext({ claims, expiresAtMs: undefined, user })
  }
}

function samePassword(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** What cube.js decides about one context. */
export interface ContextFacts {
  readonly appId: string
  readonly groups: readonly string[]
  readonly queryRewrite: ((query: StatementQuery) => unknown) | undefined
}

/** @throws PgError if a hook fails: without its answer nobody may go on */
export async function contextFacts(hooks: Hooks, context: SecurityContext): Promise<ContextFacts> {
  const argument = async (): Promise<{ securityContext: unknown }> => {
    const securityContext = plainClaims(context.claims)
    const extended = hooks.extendContext === undefined ? {} : await hooks.extendContext({ securityContext })
    return { securityContext, ...(extended !== null && typeof extended === 'object' ? extended : {}) }
  }
  try {
    const appId =
      hooks.contextToAppId === undefined ? '' : String(await hooks.contextToAppId(await argument()))
    const groups = hooks.contextToGroups === undefined ? [] : await hooks.contextToGroups(await argument())
    if (!Array.isArray(groups)) throw new Error('contextToGroups returned no list')
    const { queryRewrite } = hooks
    return {
      appId,
      groups: groups.map(String),
      queryRewrite:
        queryRewrite === undefined ? undefined : async (query) => queryRewrite(query, await argument()),
    }
  } catch (cause) {
    throw new PgError('insufficient_privilege', 'cube.js refused this security context', { cause })
  }
}
