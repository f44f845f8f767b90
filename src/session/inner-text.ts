import { PgError } from '../errors.js'
import type { SelectStmt } from '../sql/tree.js'
import { sameTree } from '../sql/walk.js'
import type { SessionState, Source } from './state.js'

/** Statements that hold a SELECT, up to where it begins. Names may be quoted; comments in between are not read. */
const HOLDERS = {
  declare: /^declare\s+(?:"(?:[^"]|"")*"|[^\s"]+)\s+(?:[a-z]+\s+)*?for\s+/i,
  prepare: /^prepare\s+(?:"(?:[^"]|"")*"|[^\s("]+)\s*(?:\([^)]*\))?\s*as\s+/i,
} as const

/**
 * The client's text of the SELECT inside another statement. It is parsed again and must be that SELECT: nothing else may reach the catalog.
 *
 * @throws PgError feature_not_supported where it cannot be told
 */
export function innerSource(
  state: SessionState,
  holder: keyof typeof HOLDERS,
  { text, start }: Source,
  select: SelectStmt,
): Source {
  const skipped = HOLDERS[holder].exec(text)?.[0].length
  if (skipped !== undefined) {
    const inner = text.slice(skipped)
    const [statement, ...others] = state.parse(inner).statements
    if (statement !== undefined && others.length === 0 && sameTree(statement.node, { SelectStmt: select }))
      return { text: inner, start: start + skipped }
  }
  throw new PgError('feature_not_supported', 'a statement about the catalog cannot be read inside this one', {
    hint: 'Write it without comments, or run the SELECT by itself.',
  })
}
