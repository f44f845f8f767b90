import { ALLOWED_FUNCTIONS_TEXT } from './lists/allowed-functions.js'
import { OPERATORS_TEXT } from './lists/operators.js'
import { REFUSED_FUNCTIONS_TEXT } from './lists/refused-functions.js'
import { TEXT_SEARCH_CONFIGURATIONS_TEXT } from './lists/text-search-configurations.js'

export const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '')

/**
 * Functions of pg_catalog that a client may call, by name. No name mixes a harmless overload with a dangerous one that a client can reach
 * on PostgreSQL 15 to 18, and a name that is not here is refused, so a newer server is safe by default.
 */
export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set(
  wordsOf(ALLOWED_FUNCTIONS_TEXT).map((word) => word.split(':')[0] ?? ''),
)

/** Functions of pg_catalog that exist on some version and may not be called. */
const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set(
  wordsOf(REFUSED_FUNCTIONS_TEXT).filter((word) => !word.endsWith(':')),
)

/** Whether a supported version has a function of that name in pg_catalog. */
export function isCatalogFunction(name: string): boolean {
  return ALLOWED_FUNCTIONS.has(name) || REFUSED_FUNCTIONS.has(name)
}

/** Operators of pg_catalog over values. */
export const OPERATORS: ReadonlySet<string> = new Set(wordsOf(OPERATORS_TEXT))

export const TEXT_SEARCH_CONFIGURATIONS: ReadonlySet<string> = new Set(
  wordsOf(TEXT_SEARCH_CONFIGURATIONS_TEXT),
)
