import { PgError } from '../errors.js'
import { parseTree } from './parser.js'
import { type Printed, printStatement } from './print/statement.js'
import type { Node } from './tree.js'
import { sameTree } from './walk.js'

/**
 * Prints a statement and proves that Postgres' grammar reads exactly this tree from the text. Whatever a printer might do wrong with a
 * name or a parenthesis ends here, as a refusal.
 *
 * @throws PgError feature_not_supported
 */
export function printChecked(node: Node): Printed {
  const printed = printStatement(node)
  const [statement, ...others] = reparse(printed.text)
  if (statement === undefined || others.length > 0 || !sameTree(node, statement)) {
    throw new PgError('feature_not_supported', 'this statement cannot be passed on safely', {
      hint: 'Write it in a simpler form, and please report it: it is a gap in Rowgate.',
      cause: printed.text,
    })
  }
  return printed
}

function reparse(text: string): readonly Node[] {
  try {
    return parseTree(text).map((raw) => (raw as { stmt: Node }).stmt)
  } catch {
    return []
  }
}
