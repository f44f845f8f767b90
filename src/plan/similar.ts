import { editDistance } from '../sql/edit-distance.js'
import type { NamespaceEntry, Scope } from './scope.js'

/** How many letters a name may be off (MAX_FUZZY_DISTANCE in parse_relation.c). */
const DISTANCE_MAX = 3

/**
 * Postgres' hint for a column that is not there: the one or two whose names are nearest, of those that the statement could read. What a
 * context may not see is in no scope, so it is never named.
 *
 * @param entries those in which the name was looked for, if a qualifier chose them
 * @returns undefined if no name is near, or more than two are equally so
 */
export function similarColumnHint(
  name: string,
  scope: Scope,
  entries?: readonly NamespaceEntry[],
): string | undefined {
  let nearest: string[] = []
  let distanceMax = Math.min(DISTANCE_MAX, Math.floor(name.length / 2))
  for (const [column, table] of candidates(scope, entries)) {
    const distance = editDistance(name.toLowerCase(), column.toLowerCase(), distanceMax)
    if (distance > distanceMax) continue
    if (distance < distanceMax) nearest = []
    distanceMax = distance
    const written = table === undefined ? `"${column}"` : `"${table}.${column}"`
    if (!nearest.includes(written)) nearest.push(written)
  }
  if (nearest.length === 0 || nearest.length > 2) return undefined
  return `Perhaps you meant to reference ${nearest.map((written) => `the column ${written}`).join(' or ')}.`
}

function* candidates(
  scope: Scope,
  entries: readonly NamespaceEntry[] | undefined,
): Generator<readonly [column: string, table: string | undefined]> {
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    for (const entry of entries ?? level.entries.filter(({ unqualified }) => unqualified)) {
      for (const { name, items } of entry.columns) yield [name, entry.name ?? items[0]?.name]
    }
    if (entries !== undefined) return
  }
}
