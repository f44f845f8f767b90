import type { SecurityContext } from '../auth/context.js'
import type { AddedFilters } from '../plan/rewritten-query.js'

/** Equal exactly when the model, the claims, the user and the groups are. @param modelId a number that no other model has */
export function contextKey(options: {
  readonly modelId: number
  readonly context: SecurityContext
  readonly groups: readonly string[]
}): string {
  const { modelId, context, groups } = options
  return JSON.stringify([modelId, context.key, context.user, groups])
}

/** What a plan depends on beside its statement. Equal exactly when every part is. */
export function planKey(options: {
  readonly contextId: string
  readonly form: 'bind' | 'literal'
  readonly cached: boolean
  readonly declaredOids: readonly number[]
  readonly added: AddedFilters
}): string {
  const { contextId, form, cached, declaredOids, added } = options
  return JSON.stringify([contextId, form, cached, declaredOids, addedText(added)])
}

/** A bigint, which JSON has not, is told apart from a number and a text. */
function addedText({ filters, segments }: AddedFilters): string {
  return JSON.stringify([filters, segments], (_key, value: unknown) =>
    typeof value === 'bigint' ? { bigint: String(value) } : value,
  )
}
