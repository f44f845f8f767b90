import { PgError } from '../errors.js'
import { constantNumber } from '../plan/constant.js'
import { namesOf } from '../plan/node.js'
import type { SelectStmt } from '../sql/tree.js'
import { timeoutMs } from './settings.js'
import type { SessionState } from './state.js'

/** Answers what pg_sleep answers, a column of type void, at once: the session itself waits. */
export const AFTER_SLEEP_SQL = 'SELECT pg_catalog.pg_advisory_unlock_all() AS pg_sleep'

const ONLY_TARGETS = new Set(['targetList', 'limitOption', 'op'])

/** How long `SELECT pg_sleep(constant)` and nothing more would sleep, in milliseconds: what people try a cancel with. */
export function sleepMs(select: SelectStmt): number | undefined {
  if (Object.keys(select).some((key) => !ONLY_TARGETS.has(key))) return undefined
  const [target, ...others] = select.targetList ?? []
  if (
    target === undefined ||
    !('ResTarget' in target) ||
    target.ResTarget.name !== undefined ||
    others.length > 0
  )
    return undefined
  const call = target.ResTarget.val
  if (call === undefined || !('FuncCall' in call)) return undefined
  const names = namesOf(call.FuncCall.funcname)
  const schema = names.length > 1 ? names[0] : 'pg_catalog'
  const [seconds, ...more] = call.FuncCall.args ?? []
  if (schema !== 'pg_catalog' || names.at(-1) !== 'pg_sleep' || more.length > 0) return undefined
  // A cast could cut it, so what is cast the catalog computes.
  const value = seconds !== undefined && 'A_Const' in seconds ? constantNumber(seconds) : undefined
  return value === undefined ? undefined : Math.max(0, value * 1_000)
}

/**
 * Waits as long as that, or until the statement's time is over.
 *
 * @throws PgError query_canceled
 */
export async function sleep(state: SessionState, delayMs: number): Promise<void> {
  const limitMs = timeoutMs(state, 'statement_timeout')
  const over = limitMs > 0 && delayMs > limitMs
  await state.catalog.wait(over ? limitMs : delayMs)
  if (over) throw new PgError('query_canceled', 'canceling statement due to statement timeout')
}
