import type { Claim, Claims, SecurityContext } from './context.js'

/** The context of one session. @param claims as payload.ts made them: frozen, without prototypes */
export function createSecurityContext(options: {
  readonly claims: Claims
  readonly expiresAtMs: number | undefined
  readonly user: string
}): SecurityContext {
  const { claims, expiresAtMs, user } = options
  return Object.freeze({ claims, expiresAtMs, user, key: canonicalText(claims) })
}

/**
 * A text that is equal exactly when two values are: keys sorted, kinds distinguished (`1` is not `"1"`, `["a,b"]` is not `["a","b"]`).
 */
export function canonicalText(value: Claim): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'bigint':
      return `${value}n`
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'boolean':
      return String(value)
    case 'object': {
      if (Array.isArray(value)) return `[${(value as readonly Claim[]).map(canonicalText).join(',')}]`
      const claims = value as Claims
      const keys = Object.keys(claims).sort()
      return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(claims[key] ?? null)}`).join(',')}}`
    }
  }
}

/** Claims that say when and how a token was made, not for whom (RFC 7519, section 4.1). */
const TOKEN_FACTS = new Set(['exp', 'iat', 'nbf', 'jti'])

/** A text that two contexts share exactly when they have the same user and the same claims, whenever their tokens were made. */
export function loginKey(context: SecurityContext): string {
  return canonicalText([context.user, ...lastingClaims(context)])
}

/** The same whatever user name was given: nobody gets a second share of anything by another name. */
export function ownerKey(context: SecurityContext): string {
  return canonicalText(lastingClaims(context))
}

function lastingClaims({ claims }: SecurityContext): readonly (readonly [string, Claim])[] {
  const lasting = Object.entries(claims).filter(([name]) => !TOKEN_FACTS.has(name))
  return lasting.sort(([one], [other]) => (one < other ? -1 : 1))
}

/**
 * Claims as ordinary objects, for the functions of cube.js; a copy, so that they can change nothing. A claim named `__proto__` is left out:
 * whoever copies claims with Object.assign would inherit what is in it.
 */
export function plainClaims(value: Claim): unknown {
  return ordinary(value, (name) => name !== '__proto__')
}

/** The same with every claim, for who signs them. */
export function allClaims(value: Claim): unknown {
  return ordinary(value, () => true)
}

function ordinary(value: Claim, keeps: (name: string) => boolean): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return (value as readonly Claim[]).map((inner) => ordinary(inner, keeps))
  // Object.fromEntries defines: an own key "__proto__" stays a key.
  return Object.fromEntries(
    Object.entries(value as Claims)
      .filter(([name]) => keeps(name))
      .map(([name, inner]) => [name, ordinary(inner, keeps)]),
  )
}
