import { createHash } from 'node:crypto'

/** A column as introspection shows it. */
export interface CatalogColumn {
  readonly name: string
  /** The upstream's type; one that is not Postgres' own reaches clients as text. */
  readonly typeOid: number
  /** As in pg_attribute.atttypmod; -1 for none. */
  readonly typeModifier: number
  readonly comment: string | undefined
}

/** A single-column reference to another table's primary key. */
export interface ForeignKey {
  readonly column: string
  readonly table: string
  readonly references: string
}

export interface CatalogTable {
  readonly name: string
  readonly comment: string | undefined
  readonly columns: readonly CatalogColumn[]
  readonly primaryKey: readonly string[]
  readonly foreignKeys: readonly ForeignKey[]
}

/** Everything that some contexts see, in order; two that see the same share it. */
export interface Variant {
  readonly key: string
  readonly tables: readonly CatalogTable[]
}

/** More columns than this no table can have (manual, "PostgreSQL Limits"). */
const COLUMNS_MAX = 1_600

/**
 * The variant of these tables. Its key is a digest of all that it holds, so that two that differ never share one. A NUL in a
 * comment is left out: Postgres has no text with one.
 */
export function createVariant(tables: readonly CatalogTable[]): Variant {
  const shown = tables.map((table) => ({
    ...table,
    comment: table.comment?.replaceAll('\0', ''),
    columns: table.columns
      .slice(0, COLUMNS_MAX)
      .map((column) => ({ ...column, comment: column.comment?.replaceAll('\0', '') })),
  }))
  return { key: createHash('sha256').update(JSON.stringify(shown)).digest('hex'), tables: shown }
}
