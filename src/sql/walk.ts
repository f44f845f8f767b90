/** Places in a text, which say nothing about what a tree means. */
const LOCATIONS = new Set([
  'location',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
  'stmt_location',
  'stmt_len',
  'name_location',
])

/** The tree without places in a text. */
export function withoutLocations<T>(tree: T): T {
  return strip(tree) as T
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip)
  if (value === null || typeof value !== 'object') return value
  const copy: Record<string, unknown> = {}
  for (const [key, child] of Object.entries(value)) {
    if (!LOCATIONS.has(key) && child !== undefined) copy[key] = strip(child)
  }
  return copy
}

/** Whether two trees are the same but for places in a text. */
export function sameTree(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((element, index) => sameTree(element, other[index]))
    )
  }
  if (
    one === null ||
    other === null ||
    typeof one !== 'object' ||
    typeof other !== 'object' ||
    Array.isArray(other)
  )
    return false
  const a = one as Record<string, unknown>
  const b = other as Record<string, unknown>
  let count = 0
  for (const key of Object.keys(a)) {
    if (LOCATIONS.has(key) || a[key] === undefined) continue
    if (!sameTree(a[key], b[key])) return false
    count += 1
  }
  for (const key of Object.keys(b)) if (!LOCATIONS.has(key) && b[key] !== undefined) count -= 1
  return count === 0
}
