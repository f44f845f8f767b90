import { quoteIdentifier, quoteLiteral } from '../sql/print/output.js'
import { COUNTED_OID_MAX } from './place.js'
import type { CatalogTable, Variant } from './variant.js'

/** Catalogs whose rows a variant's tables fill. */
const WITH_OIDS = ['pg_class', 'pg_type', 'pg_constraint', 'pg_trigger', 'pg_attrdef']

/** SQL that makes a variant's tables in a schema of their own, empty, readable by everyone and changeable by nobody.
 * Its rows, by their first value: each `table` with its OID, the `first` and the `last` OID of everything that was made, each `file`. */
export function installSql(variant: Variant, schema: string, types: ReadonlyMap<number, string>): string {
  const name = quoteIdentifier(schema)
  return [
    'BEGIN',
    `CREATE SCHEMA ${name}`,
    `COMMENT ON SCHEMA ${name} IS 'standard public schema'`,
    `SET LOCAL search_path = ${name}`,
    ...variant.tables.flatMap((table) => tableSql(table, types)),
    ...variant.tables.flatMap((table) => foreignKeySql(table, variant)),
    ...modifierSql(variant, types),
    `GRANT USAGE ON SCHEMA ${name} TO PUBLIC`,
    // REFERENCES too: without a right besides SELECT, information_schema.table_constraints shows no keys at all.
    `GRANT SELECT, REFERENCES ON ALL TABLES IN SCHEMA ${name} TO PUBLIC`,
    'COMMIT',
    `SELECT 'table', oid, relname FROM pg_catalog.pg_class WHERE relkind = 'r' AND relnamespace = ${quoteLiteral(name)}::pg_catalog.regnamespace`,
    `SELECT 'first', oid FROM pg_catalog.pg_namespace WHERE nspname = ${quoteLiteral(schema)}`,
    `SELECT 'last', pg_catalog.max(oid) FROM (${WITH_OIDS.map((catalog) => `SELECT oid FROM pg_catalog.${catalog}`).join(' UNION ALL ')}) AS made WHERE oid < ${COUNTED_OID_MAX}`,
    `SELECT 'file', 0, pg_catalog.pg_relation_filepath(oid) FROM pg_catalog.pg_class WHERE oid < ${COUNTED_OID_MAX} AND oid > (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ${quoteLiteral(schema)})`,
  ].join(';\n')
}

function tableSql(table: CatalogTable, types: ReadonlyMap<number, string>): readonly string[] {
  const name = quoteIdentifier(table.name)
  const columns = table.columns.map(
    (column) => `${quoteIdentifier(column.name)} ${types.get(column.typeOid) ?? 'text'}`,
  )
  const key =
    table.primaryKey.length === 0 ? [] : [`PRIMARY KEY (${table.primaryKey.map(quoteIdentifier).join(', ')})`]
  const comments = table.columns.flatMap(({ name: column, comment }) =>
    comment === undefined
      ? []
      : [`COMMENT ON COLUMN ${name}.${quoteIdentifier(column)} IS ${quoteLiteral(comment)}`],
  )
  return [
    `CREATE TABLE ${name} (${[...columns, ...key].join(', ')})`,
    ...(table.comment === undefined ? [] : [`COMMENT ON TABLE ${name} IS ${quoteLiteral(table.comment)}`]),
    ...comments,
  ]
}

/** Only keys that Postgres would accept: to a single-column primary key of the same type. */
function foreignKeySql(table: CatalogTable, { tables }: Variant): readonly string[] {
  const typeOf = (owner: CatalogTable | undefined, name: string): number | undefined =>
    owner?.columns.find((column) => column.name === name)?.typeOid
  return table.foreignKeys.flatMap(({ column, table: other, references }) => {
    const target = tables.find(({ name }) => name === other)
    const [key, ...more] = target?.primaryKey ?? []
    if (key !== references || more.length > 0 || typeOf(table, column) !== typeOf(target, references))
      return []
    return [
      `ALTER TABLE ${quoteIdentifier(table.name)} ADD FOREIGN KEY (${quoteIdentifier(column)}) REFERENCES ${quoteIdentifier(other)} (${quoteIdentifier(references)})`,
    ]
  })
}

/** Lengths and precisions, written where Postgres keeps them, because their spelling differs from type to type. */
function modifierSql({ tables }: Variant, types: ReadonlyMap<number, string>): readonly string[] {
  return tables.flatMap((table) => {
    const modified = table.columns.filter(
      ({ typeOid, typeModifier }) => typeModifier >= 0 && types.has(typeOid),
    )
    if (modified.length === 0) return []
    const cases = modified.map(({ name, typeModifier }) => `WHEN ${quoteLiteral(name)} THEN ${typeModifier}`)
    return [
      `UPDATE pg_catalog.pg_attribute SET atttypmod = CASE attname ${cases.join(' ')} ELSE atttypmod END WHERE attrelid = ${quoteLiteral(quoteIdentifier(table.name))}::pg_catalog.regclass`,
    ]
  })
}
