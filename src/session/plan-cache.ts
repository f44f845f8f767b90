import type { SelectStmt } from '../sql/tree.js'

/** Plans of one parsed statement for different contexts; the least recently used goes first. */
const PLANS_PER_STATEMENT_MAX = 64

/**
 * What was made of a parsed statement, by everything else that it depends on. Statements are the parser's own objects, which texts that are
 * sent again share, so an entry lives as long as its text is kept (ROWGATE_PARSED_MAX).
 */
export interface PlanCache<T> {
  get(select: SelectStmt, key: string): T | undefined
  set(select: SelectStmt, key: string, value: T): void
}

export function createPlanCache<T>(): PlanCache<T> {
  const statements = new WeakMap<SelectStmt, Map<string, T>>()
  return {
    get: (select, key) => statements.get(select)?.get(key),
    set(select, key, value) {
      const plans = statements.get(select) ?? new Map<string, T>()
      if (plans.size >= PLANS_PER_STATEMENT_MAX) {
        const [oldest] = plans.keys()
        if (oldest !== undefined) plans.delete(oldest)
      }
      statements.set(select, plans.set(key, value))
    },
  }
}
