import { LRUCache } from 'lru-cache'
import type { SelectStmt } from '../sql/tree.js'

/**
 * What was made of a parsed statement, by everything else that it depends on. Statements are the parser's own objects, which texts that are
 * sent again share, so their identity stands for the whole text and every place in it.
 */
export interface PlanCache<T> {
  get(select: SelectStmt, key: string): T | undefined
  set(select: SelectStmt, key: string, value: T): void
}

/** @param plansMax entries kept; the least recently used goes first */
export function createPlanCache<T extends object | string>(plansMax: number): PlanCache<T> {
  const entries = new LRUCache<string, T>({ max: plansMax })
  const numbers = new WeakMap<SelectStmt, number>()
  let last = 0
  const keyOf = (select: SelectStmt, key: string): string => {
    let number = numbers.get(select)
    if (number === undefined) {
      last += 1
      number = last
      numbers.set(select, number)
    }
    return `${number}\0${key}`
  }
  return {
    get: (select, key) => entries.get(keyOf(select, key)),
    set: (select, key, value) => void entries.set(keyOf(select, key), value),
  }
}
