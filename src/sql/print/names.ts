import type { Alias, Node } from '../tree.js'
import { onlyKeys, quoteIdentifier, unsupported } from './output.js'
import type { Printer } from './printer.js'

const ALIAS = new Set(['aliasname', 'colnames'])

/** The text of a String node. @throws PgError for any other node */
export function nameText(node: Node | undefined): string {
  if (node === undefined || !('String' in node)) throw unsupported('this kind of name')
  return node.String.sval ?? ''
}

/** `AS "alias"("column", …)` */
export function printAlias(alias: Alias | undefined, { output, list }: Printer): void {
  if (alias === undefined) return
  onlyKeys(alias, ALIAS, 'an alias')
  output.text(` AS ${quoteIdentifier(alias.aliasname ?? '')}`)
  if (alias.colnames === undefined) return
  output.text('(')
  list(alias.colnames, (column) => output.text(quoteIdentifier(nameText(column))))
  output.text(')')
}

/** An operator: bare, or OPERATOR("schema".op) where it was written with its schema. */
export function printOperator(names: readonly Node[] | undefined, { output }: Printer): void {
  const parts = (names ?? []).map(nameText)
  const symbol = parts.at(-1) ?? ''
  if (!/^[-+*/<>=~!@#%^&|`?]+$/.test(symbol) || symbol.includes('--') || symbol.includes('/*'))
    throw unsupported('this operator')
  if (parts.length === 1) return output.text(symbol)
  const schema = parts.slice(0, -1).map(quoteIdentifier).join('.')
  output.text(`OPERATOR(${schema}.${symbol})`)
}
