import type { Node, SelectStmt, SortBy, TypeName, WindowDef } from '../tree.js'
import type { Output } from './output.js'

/** What the printing functions of one statement share; passed on so that their files need not import one another in a circle. */
export interface Printer {
  readonly output: Output
  expression(node: Node): void
  select(statement: SelectStmt): void
  type(type: TypeName): void
  window(window: WindowDef): void
  sort(sort: SortBy): void
  /** Prints things separated by a comma. */
  list<T>(elements: readonly T[] | undefined, print: (element: T) => void): void
  /** A subquery in parentheses. */
  subquery(node: Node | undefined): void
  /** A dotted name, each part quoted. */
  name(parts: readonly Node[] | undefined): void
}
