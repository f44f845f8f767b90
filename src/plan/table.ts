import type { SecurityContext } from '../auth/context.js'
import { PgError } from '../errors.js'
import type { RangeVar } from '../sql/tree.js'
import { sameName } from './identifier.js'
import { visibleMembers } from './policy.js'
import type { At } from './scope.js'
import type { TypedModel } from './typed-model.js'
import type { Table } from './use.js'

/** The cubes that a context sees as tables, by name. What it may not see is not in it. */
export type Tables = ReadonlyMap<string, Table>

export function visibleTables(
  typed: TypedModel,
  { context, groups }: { readonly context: SecurityContext; readonly groups: readonly string[] },
): Tables {
  const tables = new Map<string, Table>()
  for (const cube of typed.model.cubes.values()) {
    if (!cube.public) continue
    const visible = visibleMembers({ cube, groups, context })
    if (visible === 'none') continue
    const columns = [...cube.members.values()].filter((member) => member.public && visible.has(member.name))
    if (columns.length > 0) tables.set(cube.name, { cube, columns })
  }
  return tables
}

/** The schemas in which Postgres itself keeps its catalog. */
const CATALOG_SCHEMAS = new Set(['pg_catalog', 'information_schema'])

/**
 * The table that a reference names, or Postgres' own error.
 *
 * @throws PgError undefined_table; feature_not_supported for another database's
 */
export function findTable(
  tables: Tables,
  reference: RangeVar,
  { database, at }: { database: string; at: At },
): Table {
  const position = at(reference.location)
  const { catalogname, schemaname } = reference
  const name = reference.relname ?? ''
  const written = [catalogname, schemaname, name].filter((part) => part !== undefined).join('.')
  if (catalogname !== undefined && catalogname !== database) {
    throw new PgError(
      'feature_not_supported',
      `cross-database references are not implemented: "${written}"`,
      { position },
    )
  }
  if (schemaname !== undefined && schemaname !== 'public') {
    throw new PgError('undefined_table', `relation "${written}" does not exist`, { position })
  }
  const found = tableNamed(tables, name)
  if (found !== undefined) return found
  throw new PgError('undefined_table', `relation "${written}" does not exist`, { position })
}

/** The table of that name; a name that differs in case finds it only if no other has exactly that name. */
function tableNamed(tables: Tables, name: string): Table | undefined {
  for (const exact of [true, false]) {
    const found = [...tables.values()].find(({ cube }) => sameName(name, cube.name, exact))
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether a reference means a cube. */
export function isTable(tables: Tables, { schemaname, relname }: RangeVar): boolean {
  if (schemaname !== undefined && schemaname !== 'public') return false
  return tableNamed(tables, relname ?? '') !== undefined
}

/** Whether a reference means a relation of Postgres' own catalog, or would if it existed. */
export function isCatalogRelation({ schemaname, relname }: RangeVar): boolean {
  if (schemaname !== undefined) return CATALOG_SCHEMAS.has(schemaname)
  return (relname ?? '').startsWith('pg_')
}
