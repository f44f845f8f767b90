import {
  type CatalogColumn,
  type CatalogTable,
  createVariant,
  type ForeignKey,
  type Variant,
} from './catalog/variant.js'
import type { Dimension, Join } from './model/model.js'
import type { Tables } from './plan/table.js'
import type { TypedModel } from './plan/typed-model.js'
import type { Table } from './plan/use.js'
import type { Node } from './sql/tree.js'
import { sameTree } from './sql/walk.js'

const TEXT_OID = 25

/** What introspection shows to a context: its tables, and nothing of what it may not see. Cubes whose SQL fails upstream are left out. */
export function catalogVariant(tables: Tables, typed: TypedModel): Variant {
  const shown = [...tables.values()].filter(({ cube }) => typed.cubes.get(cube.name)?.problem === undefined)
  return createVariant(shown.map((table) => catalogTable(table, tables, typed)))
}

function catalogTable(table: Table, tables: Tables, typed: TypedModel): CatalogTable {
  const { cube, columns } = table
  const types = typed.cubes.get(cube.name)?.columns
  const keys = columns.filter((member) => member.kind === 'dimension' && member.primaryKey)
  const allKeys = [...cube.members.values()].filter(
    (member) => member.kind === 'dimension' && member.primaryKey,
  )
  return {
    name: cube.name,
    comment: cube.description ?? cube.title,
    columns: columns.map((member): CatalogColumn => {
      const type = types?.get(member.name)
      const own = type !== undefined && !type.castToText
      return {
        name: member.name,
        typeOid: own ? type.oid : TEXT_OID,
        typeModifier: own ? type.typeModifier : -1,
        comment: member.description ?? member.title,
      }
    }),
    // A key of which a part is hidden is no key of what is seen.
    primaryKey: keys.length === allKeys.length ? keys.map(({ name }) => name) : [],
    foreignKeys: cube.joins.flatMap((join) => foreignKey(table, join, tables)),
  }
}

/** The foreign key that a to-one join is, if its condition says that a column equals the other's primary key. */
function foreignKey(table: Table, join: Join, tables: Tables): readonly ForeignKey[] {
  const other = tables.get(join.cube)
  if (other === undefined || join.relationship === 'one_to_many' || !('A_Expr' in join.condition)) return []
  const { name, lexpr, rexpr } = join.condition.A_Expr
  const [operator] = name ?? []
  if (operator === undefined || !('String' in operator) || operator.String.sval !== '=') return []
  for (const [near, far] of [
    [lexpr, rexpr],
    [rexpr, lexpr],
  ]) {
    const column = dimensionOf(table, near)
    const references = dimensionOf(other, far)
    if (column !== undefined && references?.primaryKey)
      return [{ column: column.name, table: other.cube.name, references: references.name }]
  }
  return []
}

function dimensionOf({ columns }: Table, node: Node | undefined): Dimension | undefined {
  return columns.find((member): member is Dimension => member.kind === 'dimension' && isColumn(member, node))
}

function isColumn(dimension: Dimension, node: Node | undefined): boolean {
  return node !== undefined && 'ColumnRef' in node && sameTree(dimension.sql, node)
}
