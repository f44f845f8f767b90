import { containsMarker, parseMarker, replaceMarkers } from '../model/marker.js'
import type { Node } from '../sql/tree.js'
import { namesOf } from './node.js'

/** What takes the place of a claim marker: a tree where it stands alone, a text inside an identifier or a literal. */
export interface ClaimValues {
  readonly node: (index: number) => Node
  readonly text: (index: number) => string
}

/**
 * A model tree with its claim markers filled in. `measure` gives the tree of a measure marker; a tree without markers comes back as it is.
 */
export function instantiate(node: Node, claims: ClaimValues, measure?: (name: string) => Node): Node {
  return replace(node, claims, measure) as Node
}

function replace(
  value: unknown,
  claims: ClaimValues,
  measure: ((name: string) => Node) | undefined,
): unknown {
  if (typeof value === 'string') {
    return containsMarker(value)
      ? replaceMarkers(value, (marker) => claims.text(Number(marker.value)))
      : value
  }
  if (Array.isArray(value)) return value.map((element) => replace(element, claims, measure))
  if (value === null || typeof value !== 'object') return value
  if ('ColumnRef' in value) {
    const names = namesOf((value as { ColumnRef: { fields?: Node[] } }).ColumnRef.fields)
    const marker = names.length === 1 ? parseMarker(names[0] ?? '') : undefined
    if (marker?.kind === 'claim') return claims.node(Number(marker.value))
    if (marker?.kind === 'measure' && measure !== undefined) return measure(marker.value)
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, replace(child, claims, measure)]),
  )
}
