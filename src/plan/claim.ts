import type { Claim, SecurityContext } from '../auth/context.js'
import { PgError } from '../errors.js'

/** The value at a path of the claims, by own properties only; undefined if there is none. */
export function claimAt(context: SecurityContext, path: readonly string[]): Claim | undefined {
  let value: Claim | undefined = context.claims
  for (const name of path) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
    if (!Object.hasOwn(value, name)) return undefined
    value = (value as { readonly [name: string]: Claim })[name]
  }
  return value
}

export function claimName(path: readonly string[]): string {
  return `claim "${path.join('.')}"`
}

export function missingClaim(path: readonly string[]): PgError {
  return new PgError('insufficient_privilege', `${claimName(path)} is missing in your token`, {
    hint: 'The rows that you may see depend on it. Ask whoever issues your token.',
  })
}

/**
 * The scalars that a claim stands for: itself, or the elements of a list.
 *
 * @throws PgError insufficient_privilege if it is absent, null or an object, or holds a null or an object
 */
export function claimScalars(
  context: SecurityContext,
  path: readonly string[],
): { readonly list: boolean; readonly values: readonly (string | number | bigint | boolean)[] } {
  const claim = claimAt(context, path)
  if (claim === undefined || claim === null) throw missingClaim(path)
  const list = Array.isArray(claim)
  const values: readonly Claim[] = Array.isArray(claim) ? claim : [claim]
  return {
    list,
    values: values.map((value) => {
      if (value === null || typeof value === 'object') {
        throw new PgError(
          'insufficient_privilege',
          `${claimName(path)} must be a single value or a list of single values`,
        )
      }
      return value
    }),
  }
}
