import type { SecurityContext } from '../auth/context.js'
import { PgError } from '../errors.js'
import type { Cube, Filter, Policy } from '../model/model.js'
import { claimAt } from './claim.js'

export interface PolicyDeps {
  readonly cube: Cube
  /** Groups of the context, as cube.js' contextToGroups gives them. */
  readonly groups: readonly string[]
  readonly context: SecurityContext
}

/** The policies of a cube that apply to a context: its groups match and every condition holds. */
function applyingPolicies({ cube, groups, context }: PolicyDeps): readonly Policy[] {
  return (cube.policies ?? []).filter(
    (policy) =>
      policy.groups.some((group) => group === '*' || groups.includes(group)) &&
      policy.conditions.every((condition) => holds(condition, context)),
  )
}

function holds(condition: Policy['conditions'][number], context: SecurityContext): boolean {
  switch (condition.kind) {
    case 'claim':
      return Boolean(claimAt(context, condition.path))
    case 'function':
      try {
        const answer = condition.holds(context.claims)
        // A promise would be true whatever it brings.
        if (isThenable(answer)) throw new Error('a condition of an access policy must not be asynchronous')
        return Boolean(answer)
      } catch (cause) {
        throw new PgError('insufficient_privilege', 'a condition of an access policy failed', { cause })
      }
  }
}

function isThenable(value: unknown): boolean {
  return value !== null && typeof value === 'object' && 'then' in value && typeof value.then === 'function'
}

function shows(policy: Policy, member: string): boolean {
  return (policy.includes === '*' || policy.includes.includes(member)) && !policy.excludes.includes(member)
}

/** Members that some policy shows; `none` if no policy applies, and the cube does not exist for this context. */
export function visibleMembers(deps: PolicyDeps): ReadonlySet<string> | 'none' {
  const names = [...deps.cube.members.keys()]
  if (deps.cube.policies === undefined) return new Set(names)
  const policies = applyingPolicies(deps)
  if (policies.length === 0) return 'none'
  return new Set(names.filter((name) => policies.some((policy) => shows(policy, name))))
}

/**
 * What the policies demand of rows when these members are read. Only a policy that shows all of them counts; the ones that count are
 * alternatives, as in Cube.
 *
 * @throws PgError insufficient_privilege if no policy shows all of them
 */
export function rowFilter(deps: PolicyDeps & { readonly members: ReadonlySet<string> }): Filter | 'all-rows' {
  const { cube, members } = deps
  if (cube.policies === undefined) return 'all-rows'
  const policies = applyingPolicies(deps).filter((policy) =>
    [...members].every((member) => shows(policy, member)),
  )
  if (policies.length === 0) {
    throw new PgError('insufficient_privilege', `permission denied for table ${cube.name}`, {
      hint: 'No access policy shows you all of these columns together. Ask for fewer of them.',
    })
  }
  const alternatives: Filter[] = []
  for (const { rows } of policies) {
    if (rows === undefined) return 'all-rows'
    const [only, ...others] = rows
    if (only === undefined)
      throw new PgError('insufficient_privilege', `an access policy of "${cube.name}" has no filter`)
    alternatives.push(others.length === 0 ? only : { kind: 'and', filters: rows })
  }
  const [first, ...rest] = alternatives
  return rest.length === 0 && first !== undefined ? first : { kind: 'or', filters: alternatives }
}
