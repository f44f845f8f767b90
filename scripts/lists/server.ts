import type pg from 'pg'

/** A function, aggregate or window function of pg_catalog, as one server has it. */
export interface Procedure {
  readonly oid: number
  readonly name: string
  /** f function, a aggregate, w window function, p procedure. */
  readonly kind: string
  /** i immutable, s stable, v volatile. */
  readonly volatility: string
  /** It runs as its owner, or is not everybody's to call. */
  readonly privileged: boolean
  readonly leakproof: boolean
  /** Catalog names of the types of its arguments. */
  readonly args: readonly string[]
  /** Those of everything that goes in or comes out. */
  readonly types: readonly string[]
  readonly description: string
  readonly isOperator: boolean
  readonly isAggregateSupport: boolean
  readonly isIndexSupport: boolean
}

export interface Operator {
  readonly symbol: string
  /** The OID of its function. */
  readonly functionOid: number
}

/** A type of pg_catalog that is no array. */
export interface Type {
  readonly name: string
  readonly oid: number
  readonly arrayOid: number
  /** b base, c composite, p pseudo, r range, m multirange, d domain, e enum. */
  readonly kind: string
}

/** What one server has in pg_catalog. */
export interface ServerLists {
  readonly procedures: readonly Procedure[]
  readonly operators: readonly Operator[]
  readonly types: readonly Type[]
  /** Text search configurations. */
  readonly configurations: readonly string[]
}

const TYPE_NAMES = `ARRAY(SELECT t.typname::text FROM unnest(%) WITH ORDINALITY AS u (oid, place)
  JOIN pg_type t ON t.oid = u.oid ORDER BY u.place)`

const PROCEDURES = `SELECT p.oid::int, p.proname AS name, p.prokind AS kind, p.provolatile AS volatility,
  p.prosecdef OR p.proacl IS NOT NULL AS privileged, p.proleakproof AS leakproof,
  ${TYPE_NAMES.replace('%', 'p.proargtypes')} AS args,
  ${TYPE_NAMES.replace('%', 'coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype')} AS types,
  coalesce(obj_description(p.oid, 'pg_proc'), '') AS description,
  EXISTS (SELECT FROM pg_operator o WHERE o.oprcode = p.oid) AS "isOperator",
  EXISTS (SELECT FROM pg_aggregate WHERE p.oid IN (aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn,
    aggminvtransfn, aggmfinalfn)) AS "isAggregateSupport",
  EXISTS (SELECT FROM pg_amproc a WHERE a.amproc = p.oid) AS "isIndexSupport"
  FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace`

const OPERATORS = `SELECT oprname AS symbol, oprcode::oid::int AS "functionOid" FROM pg_operator
  WHERE oprnamespace = 'pg_catalog'::regnamespace`

const TYPES = `SELECT typname AS name, oid::int, typarray::int AS "arrayOid", typtype AS kind FROM pg_type
  WHERE typnamespace = 'pg_catalog'::regnamespace AND NOT starts_with(typname, '_')`

const CONFIGURATIONS = `SELECT cfgname AS name FROM pg_ts_config WHERE cfgnamespace = 'pg_catalog'::regnamespace`

type Query = (sql: string) => Promise<pg.QueryResult>

/** Asks a server for everything that the lists are made of. */
export async function readServer(query: Query): Promise<ServerLists> {
  const rows = async <Row>(sql: string): Promise<readonly Row[]> => (await query(sql)).rows as Row[]
  return {
    procedures: await rows<Procedure>(PROCEDURES),
    operators: await rows<Operator>(OPERATORS),
    types: await rows<Type>(TYPES),
    configurations: (await rows<{ name: string }>(CONFIGURATIONS)).map(({ name }) => name),
  }
}
