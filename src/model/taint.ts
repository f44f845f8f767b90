import { PgError } from '../errors.js'
import type { Claim, Claims } from './claims.js'
import { type ClaimRead, createCompileContext, isClaims, type Replacement } from './compile-context.js'
import type { ModelFile } from './definition.js'
import type { ModelSource } from './evaluate.js'

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Whether a claim may enter SQL text as it is. */
function isPlain(value: Claim | undefined): boolean {
  if (typeof value === 'string') return PLAIN.test(value)
  if (typeof value === 'bigint') return value >= 0n
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

export interface TaintDeps {
  readonly files: readonly ModelFile[]
  readonly claims: Claims
  /** Evaluates the files once more, with a claim replaced. */
  readonly evaluate: (compileContext: unknown) => ModelSource
}

/**
 * Refuses a model into whose SQL a claim went that is missing, or is no plain name or number.
 *
 * JavaScript puts values into a template literal by itself (`tenant_undefined`), so the way of each such claim is found by what the files
 * make of other values in its place.
 *
 * @throws PgError insufficient_privilege naming the claim
 */
export function refuseTainted(source: ModelSource, reads: readonly ClaimRead[], deps: TaintDeps): void {
  const texts = sqlTexts(source)
  const evaluate = (replacement: Replacement): readonly string[] => {
    const context = createCompileContext(deps.claims, replacement)
    const again = sqlTexts(deps.evaluate(context.value))
    context.close()
    return again
  }
  for (const { path, aspect, value } of reads) {
    if (aspect !== 'value') continue
    const evaluateWith = (other: Claim): readonly string[] => evaluate({ path, value: other })
    const entered = isPlain(value)
      ? isCutOff(value, texts)
      : standsIn(texts, value, evaluateWith) ||
        hasParts(texts, value, evaluateWith) ||
        standsVerbatim(texts, value, deps.files)
    if (!entered) continue
    const missing = value === undefined || value === null
    throw new PgError(
      'insufficient_privilege',
      missing
        ? `claim "${path.join('.')}" is missing in your token`
        : `claim "${path.join('.')}" must be a plain name or a whole number, because it enters SQL`,
      { hint: 'The tables that you may see depend on it. Ask whoever issues your token.' },
    )
  }
}

/** Names longer than Postgres keeps lose their end, and with it what tells one tenant's from another's. */
function isCutOff(value: Claim | undefined, texts: readonly string[]): boolean {
  const written = String(value)
  return texts.some((text) => (text.match(/\w{64,}/g) ?? []).some((name) => name.includes(written)))
}

/** Whether the value as a text stands in some SQL: a name in its place that occurs nowhere else stands there too. */
function standsIn(
  texts: readonly string[],
  value: Claim | undefined,
  evaluate: (sentinel: string) => readonly string[],
): boolean {
  const sentinel = `rowgate_claim_${texts.length}`
  const written = printed(value)
  if (written === undefined) return false
  return evaluate(sentinel).some(
    (text) => text.includes(sentinel) && texts.includes(text.replaceAll(sentinel, written)),
  )
}

/** What a template literal makes of a value; undefined for a list with objects in it, which it cannot print. */
function printed(value: Claim | undefined): string | undefined {
  if (isClaims(value)) return '[object Object]'
  if (!Array.isArray(value)) return String(value)
  const elements = (value as readonly Claim[]).map((element) =>
    element === null ? '' : isClaims(element) ? undefined : printed(element),
  )
  return elements.includes(undefined) ? undefined : elements.join(',')
}

/** Whether what the files made of the value stands in some SQL, and is more than a plain name there. */
function hasParts(
  texts: readonly string[],
  value: Claim | undefined,
  evaluate: (other: Claim) => readonly string[],
): boolean {
  const strange = leaves(value)
  if (strange.length === 0) return false
  // Of the same shape, so that the files take the same way with them.
  const [first, second] = (['q', 'z'] as const).map((letter) => evaluate(reshape(value ?? null, letter)))
  if (first === undefined || second === undefined) return true
  if (first.length !== texts.length || second.length !== texts.length)
    return first.join('\0') !== second.join('\0')
  const strangeCharacters = new Set(strange.join('').replaceAll(/\w/g, ''))
  return texts.some((text, index) => {
    const other = first[index] ?? ''
    if (other === second[index]) return false
    return !/^\w*$/.test(differingPart(text, other, strangeCharacters))
  })
}

/** The part of a text that another one has not, with the characters around it that may belong to the claim. */
function differingPart(text: string, other: string, belonging: ReadonlySet<string>): string {
  let start = 0
  while (start < text.length && text[start] === other[start]) start += 1
  let end = 0
  while (end < text.length - start && text.at(-1 - end) === other.at(-1 - end)) end += 1
  let stop = text.length - end
  while (start > 0 && belonging.has(text[start - 1] ?? '')) start -= 1
  while (stop < text.length && belonging.has(text[stop] ?? '')) stop += 1
  return text.slice(start, stop)
}

/** Whether a part of the claim stands in some SQL although the files do not write it themselves. */
function standsVerbatim(
  texts: readonly string[],
  value: Claim | undefined,
  files: readonly ModelFile[],
): boolean {
  return leaves(value).some(
    (leaf) =>
      leaf.length > 1 &&
      texts.some((text) => text.includes(leaf)) &&
      !files.some((file) => file.text.includes(leaf)),
  )
}

/** Texts in a value that are no plain names. */
function leaves(value: Claim | undefined): readonly string[] {
  if (typeof value === 'string') return isPlain(value) ? [] : [value]
  if (value === null || typeof value !== 'object') return []
  return Object.values(value).flatMap(leaves)
}

function reshape(value: Claim, letter: 'q' | 'z'): Claim {
  if (typeof value === 'string')
    return isPlain(value)
      ? value
      : value.replaceAll(/\p{L}/gu, letter).replaceAll(/\p{N}/gu, letter === 'q' ? '7' : '3')
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return (value as readonly Claim[]).map((element) => reshape(element, letter))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reshape(inner, letter)]))
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
