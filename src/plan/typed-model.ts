import type { PgError } from '../errors.js'
import type { Model } from '../model/model.js'

/** What the upstream said about a member's column. */
export interface ColumnType {
  readonly oid: number
  /** Length or precision as in pg_attribute.atttypmod; -1 for none. */
  readonly typeModifier: number
  /** Types that are not Postgres' own (enums, domains, extensions), or that name objects of the server, reach the client as text. */
  readonly castToText: boolean
  /** The collation that a plain column's table gives it; 0 for its type's own, or none. */
  readonly collationOid: number
}

/** A model and the upstream's word on its columns; asked once when a model is compiled. */
export interface TypedModel {
  readonly model: Model
  readonly cubes: ReadonlyMap<string, TypedCube>
}

export interface TypedCube {
  readonly columns: ReadonlyMap<string, ColumnType>
  /**
   * Whether its base is a table and nothing else: no view, no expression, no virtual column, whose computation over rows of others could
   * fail or tell of them.
   */
  readonly plainTable: boolean
  /** The type of each of the cube's claim uses, as the upstream infers it from the SQL around it; 0 where it is not a parameter. */
  readonly claimOids: readonly number[]
  /** Why the cube cannot be asked (its SQL fails upstream); for the log, never for a client. */
  readonly problem: string | undefined
  /** Why this context may not use it: a claim that its SQL needs is missing or no plain name. */
  readonly refusal: PgError | undefined
}
