import type { Variant } from './variant.js'

/**
 * Where a variant's objects have their numbers. The engine counts on from whatever it made before, so that its own numbers would tell of
 * others' variants; a variant's place follows from what it holds, and all that is made of it is moved there.
 */
export interface Place {
  /** Numbers that the variant's objects got when they were made. */
  readonly firstOid: number
  readonly lastOid: number
  /** What is added to each. */
  readonly distance: number
}

/** The engine's own counter stays below; places begin above. */
export const COUNTED_OID_MAX = 16_777_216
/** Enough for a variant of 5,000 tables; of a larger one the next slots are taken, too. */
const SLOT_OIDS = 65_536
/** All places are below 2^31, because some clients read OIDs as signed. */
const SLOTS = 32_000

/** The first number of a variant's place, which only what it holds decides. */
export function placeOf({ key }: Variant): number {
  return COUNTED_OID_MAX + (Number.parseInt(key.slice(0, 12), 16) % SLOTS) * SLOT_OIDS
}

/** Columns with numbers of a variant's objects. */
const OID_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  pg_namespace: ['oid'],
  pg_class: ['oid', 'relnamespace', 'reltype', 'reltoastrelid', 'relfilenode'],
  pg_type: ['oid', 'typnamespace', 'typrelid', 'typelem', 'typarray'],
  pg_attribute: ['attrelid'],
  pg_attrdef: ['oid', 'adrelid'],
  pg_index: ['indexrelid', 'indrelid'],
  pg_constraint: ['oid', 'connamespace', 'conrelid', 'conindid', 'confrelid'],
  pg_trigger: ['oid', 'tgrelid', 'tgconstrrelid', 'tgconstrindid', 'tgconstraint'],
  pg_depend: ['objid', 'refobjid'],
  pg_shdepend: ['objid'],
  pg_description: ['objoid'],
}

/** Names that Postgres made of numbers. */
const OID_NAMES: readonly (readonly [catalog: string, column: string, pattern: string])[] = [
  ['pg_class', 'relname', '^pg_toast_[0-9]+(_index)?$'],
  ['pg_trigger', 'tgname', '^RI_ConstraintTrigger_[ac]_[0-9]+$'],
]

/** SQL that moves a variant's objects to their place; a transaction of its own, after the one that made them. */
export function moveSql({ firstOid, lastOid, distance }: Place): string {
  const within = (column: string): string => `${column} BETWEEN ${firstOid} AND ${lastOid}`
  const moved = (column: string): string =>
    `${column} = CASE WHEN ${within(column)} THEN (${column}::pg_catalog.int8 + ${distance})::pg_catalog.oid ELSE ${column} END`
  return [
    'BEGIN',
    ...OID_NAMES.map(
      ([catalog, column, pattern]) =>
        `UPDATE pg_catalog.${catalog} SET ${column} = pg_catalog.regexp_replace(${column}, '[0-9]+', (pg_catalog."substring"(${column}, '[0-9]+')::pg_catalog.int8 + ${distance})::pg_catalog.text) WHERE ${within('oid')} AND ${column} ~ '${pattern}'`,
    ),
    // How many transactions there were before is nobody's business either.
    `UPDATE pg_catalog.pg_class SET relfrozenxid = '3' WHERE ${within('oid')} AND relfrozenxid <> '0'`,
    ...Object.entries(OID_COLUMNS).map(
      ([catalog, columns]) =>
        `UPDATE pg_catalog.${catalog} SET ${columns.map(moved).join(', ')} WHERE ${columns.map(within).join(' OR ')}`,
    ),
    'COMMIT',
  ].join(';\n')
}

/** Where a relation's file goes, whose name ends with its number. */
export function movedPath(path: string, { distance }: Place): string {
  return path.replace(/\d+$/, (number) => String(Number(number) + distance))
}
