import { PgError } from '../../errors.js'

/** Where a piece of printed text came from. */
export interface Position {
  /** Characters from 0, in the printed text. */
  readonly offset: number
  /** The source node's own `location`: bytes from 0, in the client's text. */
  readonly location: number
}

/** Collects printed text. */
export interface Output {
  text(piece: string): void
  /** Notes that what comes next was written at `location`. */
  mark(location: number | undefined): void
  result(): { readonly text: string; readonly positions: readonly Position[] }
}

export function createOutput(): Output {
  const positions: Position[] = []
  let text = ''
  return {
    text(piece) {
      text += piece
    },
    mark(location) {
      if (location !== undefined) positions.push({ offset: text.length, location })
    },
    result: () => ({ text, positions }),
  }
}

/** `"name"`, with every quote inside doubled: no name can end its own quotes. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) throw unsupported('an empty name')
  return `"${name.replaceAll('"', '""')}"`
}

/** `'text'`. Backslashes mean nothing, because standard_conforming_strings is on upstream. */
export function quoteLiteral(value: string): string {
  if (value.includes('\0')) throw unsupported('a NUL in a literal')
  return `'${value.replaceAll("'", "''")}'`
}

/** The refusal of a construct that the printer does not know. */
export function unsupported(what: string, location?: number): PgError {
  return new PgError('feature_not_supported', `${what} is not supported through this gateway`, {
    ...(location === undefined ? {} : { cause: { location } }),
  })
}

/** Refuses a node that has a field which its printer would leave out. */
export function onlyKeys(node: object, known: ReadonlySet<string>, kind: string): void {
  for (const key of Object.keys(node)) {
    if (!known.has(key) && (node as Record<string, unknown>)[key] !== undefined)
      throw unsupported(`${kind} with ${key}`)
  }
}
