import { PgError } from '../errors.js'
import type { Claims } from './claims.js'
import { type ClaimRead, createCompileContext } from './compile-context.js'
import type { ModelSource } from './evaluate.js'

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Whether a claim may enter SQL text as it is. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return PLAIN.test(value)
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)
}

/**
 * Refuses a model into whose SQL a claim went that is missing, or is no plain name or number.
 *
 * JavaScript puts values into a template literal by itself (`tenant_undefined`), so the way of each such claim is found by evaluating the
 * files once more with a name in its place that occurs nowhere else: where that name stands in SQL, the claim went in.
 *
 * @throws PgError insufficient_privilege naming the claim
 */
export function refuseTainted(
  source: ModelSource,
  reads: readonly ClaimRead[],
  claims: Claims,
  evaluate: (compileContext: unknown) => ModelSource,
): void {
  const texts = sqlTexts(source)
  for (const read of reads) {
    if (isPlain(read.value)) continue
    const sentinel = `rowgate_claim_${texts.length}_${read.path.length}`
    const path = read.path.join('.')
    const again = sqlTexts(evaluate(createCompileContext(claims, { path, value: sentinel }).value))
    const written = String(read.value)
    const entered = again.some(
      (text) => text.includes(sentinel) && texts.includes(text.replaceAll(sentinel, written)),
    )
    if (!entered) continue
    const missing = read.value === undefined || read.value === null
    throw new PgError(
      'insufficient_privilege',
      missing
        ? `claim "${path}" is missing in your token`
        : `claim "${path}" must be a plain name or a whole number, because it enters SQL`,
      { hint: 'The tables that you may see depend on it. Ask whoever issues your token.' },
    )
  }
}

/** Every text that becomes SQL, with references numbered alike in each evaluation. */
function sqlTexts({ definitions, table }: ModelSource): readonly string[] {
  const texts: string[] = [...table.texts()]
  const walk = (value: unknown, sql: boolean): void => {
    if (typeof value === 'string') {
      if (sql) texts.push(value)
      return
    }
    if (value === null || typeof value !== 'object') return
    for (const [key, child] of Object.entries(value))
      walk(child, sql || key === 'sql' || key === 'sqlTable' || key === 'sql_table')
  }
  for (const { body } of definitions) walk(body, false)
  return texts
}
