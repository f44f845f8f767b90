import { PgError } from '../errors.js'

/** Statements that hold another one, and what stands before and after it. Names may be quoted; comments in between are not read. */
const HOLDERS = {
  declare: /^declare\s+(?:"(?:[^"]|"")*"|[^\s"]+)\s+(?:[a-z]+\s+)*?for\s+/i,
  prepare: /^prepare\s+(?:"(?:[^"]|"")*"|[^\s("]+)\s*(?:\([^)]*\))?\s*as\s+/i,
  explain: /^explain\s+(?:\([^)]*\)\s*|(?:analyze|verbose)\s+)*/i,
} as const

/**
 * The text of the statement inside another one, and the characters before it.
 *
 * @throws PgError feature_not_supported where it cannot be told
 */
export function innerText(
  holder: keyof typeof HOLDERS,
  text: string,
): { readonly sql: string; readonly skipped: number } {
  const match = HOLDERS[holder].exec(text)
  if (match === null) {
    throw new PgError(
      'feature_not_supported',
      'a statement about the catalog cannot be read inside this one',
      {
        hint: 'Write it without comments, or run the SELECT by itself.',
      },
    )
  }
  return { sql: text.slice(match[0].length), skipped: match[0].length }
}
