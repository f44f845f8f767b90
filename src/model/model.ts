import type { Node } from '../sql/tree.js'

/**
 * A compiled model: data only, no functions, no text left to interpret. Every SQL fragment is a parsed tree in which names are
 * resolved: a column is `ColumnRef [cube name, column]` (the cube's base relation is aliased by the cube's name), a member
 * reference is replaced by that member's tree. Three markers stay, as `ColumnRef`s of one String field (see marker.ts):
 * claims (`ClaimUse`), the measures in a calculated measure, and raw claim values inside identifiers.
 */
export interface Model {
  /** Changes whenever anything in the model does; part of every cache key. */
  readonly version: string
  /** In declaration order. */
  readonly cubes: ReadonlyMap<string, Cube>
}

export interface Cube {
  readonly name: string
  readonly title: string | undefined
  readonly description: string | undefined
  /** False hides the cube from clients; other cubes may still use it. */
  readonly public: boolean
  /** What stands in FROM: a RangeVar (always schema-qualified) or a RangeSubselect, aliased with the cube's name. */
  readonly base: Node
  /** Dimensions, measures, segments, in declaration order: the table's columns. */
  readonly members: ReadonlyMap<string, Member>
  readonly joins: readonly Join[]
  /** Undefined: no access policy declared, rows are limited by other sources only. Empty: nobody may see the cube. */
  readonly policies: readonly Policy[] | undefined
  /** Uses of claims in this cube's trees; a claim marker holds the index into this list. */
  readonly claimUses: readonly ClaimUse[]
  /** Where it was written, for `check`. */
  readonly source: Source
}

export interface Source {
  readonly file: string
  readonly line: number
}

export type Member = Dimension | Measure | Segment

interface MemberFacts {
  readonly name: string
  readonly title: string | undefined
  readonly description: string | undefined
  readonly public: boolean
  /** Other cubes that the tree reads, in join order; each reachable by to-one joins from this cube. */
  readonly joinedCubes: readonly string[]
  readonly source: Source
}

export interface Dimension extends MemberFacts {
  readonly kind: 'dimension'
  readonly type: 'string' | 'number' | 'boolean' | 'time' | 'geo'
  readonly sql: Node
  readonly primaryKey: boolean
}

export type Aggregate = 'count' | 'sum' | 'avg' | 'min' | 'max' | 'count_distinct' | 'count_distinct_approx'

export interface Measure extends MemberFacts {
  readonly kind: 'measure'
  readonly definition: MeasureDefinition
}

export type MeasureDefinition = AggregateMeasure | CalculatedMeasure

export interface AggregateMeasure {
  readonly kind: 'aggregate'
  readonly aggregate: Aggregate
  /**
   * Each row's contribution, the measure's filters already inside as CASE WHEN … THEN value END. For a `count`
   * without sql: the constant 1, or CASE WHEN filters THEN 1 END.
   */
  readonly value: Node
}

export interface CalculatedMeasure {
  readonly kind: 'calculated'
  /** Refers to other measures of the same cube by measure markers (marker.ts); no marker is itself calculated recursively. */
  readonly expression: Node
  /** Names of the measures in it, each an AggregateMeasure's. */
  readonly parts: readonly string[]
}

export interface Segment extends MemberFacts {
  readonly kind: 'segment'
  /** A boolean expression. */
  readonly sql: Node
}

export interface Join {
  /** The other cube's name. */
  readonly cube: string
  readonly relationship: 'one_to_one' | 'one_to_many' | 'many_to_one'
  /** Columns of both cubes, each qualified by its cube's name. */
  readonly condition: Node
}

/** One entry of `access_policy`. */
export interface Policy {
  /** Group names it applies to; `*` applies to everyone. */
  readonly groups: readonly string[]
  readonly conditions: readonly PolicyCondition[]
  /** Undefined: every row (allow_all, or no row_level given). */
  readonly rows: readonly Filter[] | undefined
  /** Members that it shows: `*` or names, less the excluded. */
  readonly includes: '*' | readonly string[]
  readonly excludes: readonly string[]
  readonly source: Source
}

/** Holds when the claim is truthy, or when the function says so. */
export type PolicyCondition =
  | { readonly kind: 'claim'; readonly path: readonly string[] }
  | { readonly kind: 'function'; readonly holds: (securityContext: unknown) => unknown }

/** Cube's query filter: a member filter, or a tree of and/or. A member is `Cube.member`. */
export type Filter =
  | {
      readonly kind: 'member'
      readonly member: string
      readonly operator: FilterOperator
      readonly values: readonly FilterValue[]
    }
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }

/** A value written in the model, or the claim that gives it (which may be a list, spliced in). */
export type FilterValue =
  | { readonly kind: 'constant'; readonly value: string | number | bigint | boolean | null }
  | { readonly kind: 'claim'; readonly path: readonly string[] }

export const FILTER_OPERATORS = [
  'equals',
  'notEquals',
  'contains',
  'notContains',
  'startsWith',
  'notStartsWith',
  'endsWith',
  'notEndsWith',
  'gt',
  'gte',
  'lt',
  'lte',
  'set',
  'notSet',
  'inDateRange',
  'notInDateRange',
  'beforeDate',
  'beforeOrOnDate',
  'afterDate',
  'afterOrOnDate',
] as const
export type FilterOperator = (typeof FILTER_OPERATORS)[number]

/** One use of SECURITY_CONTEXT in a cube's SQL. */
export type ClaimUse =
  /** `.filter('col')` and `.requiredFilter('col')`: the marker stands for the whole boolean `col = claim` (or `= ANY` of a list). */
  | {
      readonly kind: 'filter'
      readonly path: readonly string[]
      readonly column: Node
      readonly required: boolean
    }
  /** `.filter(value => …)`: the marker stands for the claim's value, inside the expression that the function returned. */
  | { readonly kind: 'value'; readonly path: readonly string[]; readonly required: boolean }
  /** `.unsafeValue()`: the marker may stand inside an identifier or a literal; the value must be a plain identifier or a number. */
  | { readonly kind: 'unsafe'; readonly path: readonly string[] }
