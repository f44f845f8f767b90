import type { Cube, Member } from '../model/model.js'
import type { ColumnRef, Node } from '../sql/tree.js'

/** A cube as one context sees it: a table with the columns that are visible. */
export interface Table {
  readonly cube: Cube
  readonly columns: readonly Member[]
}

/** One place in a statement where a cube stands in FROM. Filled while the statement is analysed. */
export interface CubeUse {
  readonly table: Table
  /** The name that the statement knows it by. */
  readonly alias: string
  /** Members that the statement reads, by name. */
  readonly members: Set<string>
  /** The whole row is read (`*`, a row reference, a column alias list): every visible column stands in it, in order. */
  wholeRow: boolean
  /** Measures inside calculated ones, by name: columns that no client name reaches. */
  readonly parts: Set<string>
  /** The calculated measures that they are parts of. */
  readonly calculated: Set<string>
  /** What the statement demands of its rows, where that is comparisons of its columns with values. */
  readonly conditions: Condition[]
}

/** One conjunct of a WHERE, and what its column references read. */
export interface Condition {
  readonly node: Node
  readonly columns: ReadonlyMap<ColumnRef, Member>
}

/** The column that carries a calculated measure's part; no client can name it, because no member may hold that character. */
export function partColumn(cube: Cube, measure: string): string {
  return `\uE000part${[...cube.members.keys()].indexOf(measure)}`
}
