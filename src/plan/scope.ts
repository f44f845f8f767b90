import { PgError } from '../errors.js'
import type { Measure, Member } from '../model/model.js'
import { sameName } from './identifier.js'
import { similarColumnHint } from './similar.js'
import type { CubeUse } from './use.js'

/** A member of a cube that a column reads. */
export interface MemberSource {
  readonly use: CubeUse
  readonly member: Member
}

/** The column of a cube's table that a result column passes on unchanged, as RowDescription tells it. */
export interface Origin {
  readonly cube: string
  /** Its place among the visible columns, from 1. */
  readonly columnNumber: number
  readonly member: Member
}

/** A column that a name may resolve to. */
export interface Column {
  readonly name: string
  /** The FROM items that it comes from: one, or both sides of a column that USING merged. */
  readonly items: readonly RangeItem[]
  /** The cubes' members read when it is read; empty for columns that a subquery computed. */
  readonly sources: readonly MemberSource[]
  /** Set where each row of the column is a row's contribution to this measure, also through a plain subquery. */
  readonly measure: Measure | undefined
  readonly origin: Origin | undefined
}

/** One leaf of a FROM clause: a cube, a CTE, a subquery, a function. */
export interface RangeItem {
  readonly name: string | undefined
  readonly columns: readonly Column[]
  /** Sets of column names that are unique in it; the empty set means at most one row. */
  readonly keys: readonly (readonly string[])[]
  readonly use: CubeUse | undefined
}

/** What names see of a FROM clause (parse_relation.c calls it a ParseNamespaceItem). */
export interface NamespaceEntry {
  readonly name: string | undefined
  /** Set for a cube without an alias, which may be named with its schema. */
  readonly schema: string | undefined
  readonly columns: readonly Column[]
  readonly items: readonly RangeItem[]
  /** Whether `name.column` finds it. */
  readonly qualified: boolean
  /** Whether a bare column name finds it. */
  readonly unqualified: boolean
}

export interface Scope {
  readonly parent: Scope | undefined
  readonly entries: readonly NamespaceEntry[]
}

export type Resolution =
  | {
      readonly kind: 'column'
      readonly column: Column
      readonly entry: NamespaceEntry
      readonly depth: number
    }
  | { readonly kind: 'row'; readonly entry: NamespaceEntry }

/** The 1-based character position of a node, if it has a place in the client's text. */
export type At = (location: number | undefined) => number | undefined

/**
 * Finds what a column reference names, by Postgres' rules: the innermost query level in which the name is found wins, and two finds
 * there are ambiguous. An exact spelling anywhere wins over one that differs in case only.
 *
 * @param names the parts of the reference, without a final `*`
 * @throws PgError undefined_column, undefined_table, ambiguous_column
 */
export function resolveColumn(
  scope: Scope,
  names: readonly string[],
  position: number | undefined,
): Resolution {
  for (const exact of [true, false]) {
    const found = search(scope, names, exact, position)
    if (found !== undefined) return found
  }
  const [first, ...rest] = names
  if (first !== undefined && rest.length === 0) {
    const hint = similarColumnHint(first, scope)
    throw new PgError('undefined_column', `column "${first}" does not exist`, { position, hint })
  }
  const qualifier = names.slice(0, -1)
  const entry = findEntry(scope, qualifier, true, position) ?? findEntry(scope, qualifier, false, position)
  if (entry === undefined) {
    throw new PgError('undefined_table', `missing FROM-clause entry for table "${qualifier.at(-1)}"`, {
      position,
    })
  }
  const hint = similarColumnHint(names.at(-1) ?? '', scope, [entry])
  throw new PgError('undefined_column', `column ${qualifier.at(-1)}.${names.at(-1)} does not exist`, {
    position,
    hint,
  })
}

function search(
  scope: Scope,
  names: readonly string[],
  exact: boolean,
  position: number | undefined,
): Resolution | undefined {
  const name = names.at(-1) ?? ''
  if (names.length > 1) {
    const entry = findEntry(scope, names.slice(0, -1), exact, position)
    const column = entry && onlyColumn([entry], name, exact, position)
    return column === undefined || entry === undefined
      ? undefined
      : { kind: 'column', column: column.column, entry, depth: 0 }
  }
  let depth = 0
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const found = onlyColumn(
      level.entries.filter((entry) => entry.unqualified),
      name,
      exact,
      position,
    )
    if (found !== undefined) return { kind: 'column', ...found, depth }
    depth += 1
  }
  const entry = findEntry(scope, names, exact, position)
  return entry === undefined ? undefined : { kind: 'row', entry }
}

function onlyColumn(
  entries: readonly NamespaceEntry[],
  name: string,
  exact: boolean,
  position: number | undefined,
): { column: Column; entry: NamespaceEntry } | undefined {
  let found: { column: Column; entry: NamespaceEntry } | undefined
  for (const entry of entries) {
    for (const column of entry.columns) {
      if (!sameName(name, column.name, exact)) continue
      if (found !== undefined) {
        throw new PgError('ambiguous_column', `column reference "${name}" is ambiguous`, { position })
      }
      found = { column, entry }
    }
  }
  return found
}

/** The FROM item that a qualifier (`alias`, `schema.table`, `database.schema.table`) names. */
export function findEntry(
  scope: Scope,
  qualifier: readonly string[],
  exact: boolean,
  position: number | undefined,
): NamespaceEntry | undefined {
  const name = qualifier.at(-1) ?? ''
  const schema = qualifier.at(-2)
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const found = level.entries.filter(
      (entry) =>
        entry.qualified &&
        entry.name !== undefined &&
        sameName(name, entry.name, exact) &&
        (schema === undefined || entry.schema === schema),
    )
    if (found.length > 1) {
      throw new PgError('ambiguous_alias', `table reference "${name}" is ambiguous`, { position })
    }
    if (found[0] !== undefined) return found[0]
  }
  return undefined
}
