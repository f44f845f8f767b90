/**
 * Markers: stand-ins for what only a security context or a plan can fill in, written so that Postgres' own lexer reads them as
 * identifier characters (private-use code points, which no model text may contain otherwise).
 */
const OPEN = '\uE000'
const SEPARATOR = '\uE002'
const CLOSE = '\uE001'
const PATTERN = /\uE000(claim|measure|ref)\uE002([^\uE000-\uE002]*)\uE001/gu
const WHOLE = /^\uE000(claim|measure|ref)\uE002([^\uE000-\uE002]*)\uE001$/u

/**
 * `claim`: index into Cube.claimUses. `measure`: a measure's name (put into trees, never lexed). `ref`: index into the references of
 * the file that is being loaded; none is left in a Model. Indexes keep a marker below the 63 bytes at which Postgres truncates a name.
 */
export type MarkerKind = 'claim' | 'measure' | 'ref'

export interface Marker {
  readonly kind: MarkerKind
  readonly value: string
}

export function printMarker(marker: Marker): string {
  return `${OPEN}${marker.kind}${SEPARATOR}${marker.value}${CLOSE}`
}

/** The marker that `text` consists of, if it is one and nothing else. */
export function parseMarker(text: string): Marker | undefined {
  const match = WHOLE.exec(text)
  if (match === null) return undefined
  return { kind: match[1] as MarkerKind, value: match[2] ?? '' }
}

/** Replaces every marker inside `text`. */
export function replaceMarkers(text: string, replace: (marker: Marker) => string): string {
  return text.replace(PATTERN, (_all, kind: string, value: string) =>
    replace({ kind: kind as MarkerKind, value }),
  )
}

export function containsMarker(text: string): boolean {
  return /[\uE000-\uE002]/u.test(text)
}
