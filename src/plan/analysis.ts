import type { ColumnRef, FuncCall, JoinExpr, Node, RangeVar, ResTarget, SelectStmt } from '../sql/tree.js'
import type { At, Column, MemberSource, NamespaceEntry, Origin, Scope } from './scope.js'
import type { CubeUse, Table } from './use.js'

/** A call that stands for a measure's own aggregate. */
export interface MeasureCall {
  readonly column: Column
  readonly reference: ColumnRef
  readonly entry: NamespaceEntry
  readonly location: number | undefined
}

/** What a `*` stands for, in order. */
export interface Star {
  readonly columns: readonly { readonly entry: NamespaceEntry; readonly column: Column }[]
}

/**
 * What is known about a statement, kept beside its tree and keyed by the tree's own objects. Rewriting needs nothing else:
 * a RangeVar that is in neither `cubes` nor `cteReferences` cannot be passed on.
 */
export interface Analysis {
  readonly uses: CubeUse[]
  readonly cubes: Map<RangeVar, CubeUse>
  readonly cteReferences: Set<RangeVar>
  /** The parts of the reference as they must be printed. */
  readonly columns: Map<ColumnRef, readonly string[]>
  /** References to a whole row, with what they cover. */
  readonly rows: Map<ColumnRef, NamespaceEntry>
  readonly stars: Map<ColumnRef, Star>
  readonly calls: Map<FuncCall, MeasureCall>
  /** Names of the result columns that have none of their own. */
  readonly targetNames: Map<ResTarget, string>
  readonly naturalColumns: Map<JoinExpr, readonly string[]>
  /** What a reference reads, where it is one member of one cube. */
  readonly reads: Map<ColumnRef, MemberSource>
  /** What a reference reads, through subqueries and WITH queries too, where they pass it on unchanged. */
  readonly origins: Map<ColumnRef, Origin>
  /** What may be computed over a cube's rows before its own rules are: see fence.ts. */
  readonly early: Early
  /** How often each `$n` stands in the text. */
  readonly parameters: Map<number, number>
  /** Whether a function asks about the session itself. */
  asksSession: boolean
  /** Highest `$n` in the text. */
  parametersMax: number
}

/** Expressions of all levels of a statement that Postgres may push down to the rows of a table, where they meet rows that a filter beside them drops. */
export interface Early {
  /** Conjuncts of WHERE, ON and HAVING. */
  readonly conditions: Node[]
  /** Columns that USING or NATURAL compares. */
  readonly merged: (readonly [Column, Column])[]
  /** Arguments of min and max: an index may serve them, and then they are tested for NULL first (planagg.c). */
  readonly extremes: Node[]
}

export function createAnalysis(): Analysis {
  return {
    uses: [],
    cubes: new Map(),
    cteReferences: new Set(),
    columns: new Map(),
    rows: new Map(),
    stars: new Map(),
    calls: new Map(),
    targetNames: new Map(),
    naturalColumns: new Map(),
    reads: new Map(),
    origins: new Map(),
    early: { conditions: [], merged: [], extremes: [] },
    parameters: new Map(),
    asksSession: false,
    parametersMax: 0,
  }
}

/** One WITH query. Its columns are found when it is first named, so that RECURSIVE lists may be in any order. */
export interface Cte {
  readonly name: string
  output(position: number | undefined): Output
}

export interface CteScope {
  readonly parent: CteScope | undefined
  readonly ctes: readonly Cte[]
}

/** What a query gives to the one around it. */
export interface Output {
  readonly columns: readonly OutputColumn[]
  /** Sets of output columns that are unique; the empty set means at most one row. */
  readonly keys: readonly (readonly string[])[]
}

export interface OutputColumn {
  readonly name: string
  readonly measure: Column['measure']
  readonly origin: Column['origin']
}

/** Where an expression or a subquery stands. */
export interface Place {
  readonly scope: Scope | undefined
  readonly ctes: CteScope | undefined
}

/** What the functions of the analysis share. `select` is passed on so that they need not import one another in a circle. */
export interface Analyser {
  readonly analysis: Analysis
  readonly at: At
  /** Functions beyond the list, as `schema.name`. */
  readonly functionsAllowed: ReadonlySet<string>
  /** The table that a RangeVar names, or an error with Postgres' own words. */
  readonly table: (reference: RangeVar) => Table
  readonly select: (statement: SelectStmt, place: Place, declareLeft?: (left: Output) => void) => Output
  readonly expression: (value: unknown, place: ExpressionPlace) => void
}

export interface ExpressionPlace extends Place {
  /** The aggregate call around this place, if any. */
  readonly aggregate: { readonly name: string; readonly distinct: boolean } | undefined
  /** Collects the measures aggregated in this query level. */
  readonly measureCalls: MeasureCall[]
}
