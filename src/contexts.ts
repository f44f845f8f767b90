import type { SecurityContext } from './auth/context.js'
import { parsePayload, payloadClaims } from './auth/payload.js'
import { createSecurityContext, plainClaims } from './auth/security-context.js'
import { PgError } from './errors.js'
import type { Hooks } from './hooks.js'
import type { StatementQuery } from './plan/statement-query.js'

/** What cube.js decides about one context. */
export interface ContextFacts {
  readonly appId: string
  readonly groups: readonly string[]
  readonly queryRewrite: ((query: StatementQuery) => unknown) | undefined
}

/** @throws PgError if a hook fails: without its answer nobody may go on */
export async function contextFacts(hooks: Hooks, context: SecurityContext): Promise<ContextFacts> {
  const argument = (): { securityContext: unknown } => ({ securityContext: plainClaims(context.claims) })
  try {
    const appId = hooks.contextToAppId === undefined ? '' : String(await hooks.contextToAppId(argument()))
    const groups = hooks.contextToGroups === undefined ? [] : await hooks.contextToGroups(argument())
    if (!Array.isArray(groups)) throw new Error('contextToGroups returned no list')
    const names = groups.filter((group): group is string => typeof group === 'string')
    // What is no text is no group's name: a list inside the list must not become one by being printed.
    if (names.length !== groups.length) throw new Error('contextToGroups returned a group that is no text')
    const { queryRewrite } = hooks
    return {
      appId,
      groups: names,
      queryRewrite: queryRewrite === undefined ? undefined : async (query) => queryRewrite(query, argument()),
    }
  } catch (cause) {
    throw new PgError('insufficient_privilege', 'cube.js refused this security context', { cause })
  }
}

/** The context of somebody with these claims and no token. @throws PgError if the text of --claims is no JSON object */
export function contextOfText(claimsText: string): SecurityContext {
  try {
    const claims = payloadClaims(parsePayload(claimsText))
    return createSecurityContext({ claims, expiresAtMs: undefined, user: 'explain' })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PgError('invalid_parameter_value', `--claims is no JSON object: ${reason}`, {
      hint: `Write --claims '{"user_id":42}'.`,
    })
  }
}
