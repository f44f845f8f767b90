import { PgError } from '../errors.js'
import { namesOf } from '../plan/node.js'
import type { Node, SelectStmt } from '../sql/tree.js'
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
  const value = constantNumber(seconds)
  return value === undefined ? undefined : Math.max(0, value * 1_000)
}

function constantNumber(node: Node | undefined): number | undefined {
  if (node === undefined || !('A_Const' in node)) return undefined
  const { ival, fval } = node.A_Const
  if (ival !== undefined) return ival.ival ?? 0
  return fval?.fval === undefined ? undefined : Number(fval.fval)
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
