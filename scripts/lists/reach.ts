import type pg from 'pg'
import { isKeptFromClients, isRefused } from './classify.js'
import type { Operator, Procedure, ServerLists } from './server.js'

type Query = (sql: string) => Promise<pg.QueryResult>

/**
 * The functions that Postgres itself chooses for an expression, the outermost first: those that the rule of a view holds. Its FROM has one
 * column of each type that a client can write, named after it; NULL is a constant that has no type yet.
 */
const CHOSEN_SQL = `CREATE FUNCTION pg_temp.chosen(expression text) RETURNS int[] LANGUAGE plpgsql AS $$
  DECLARE rule text;
  BEGIN
    EXECUTE 'CREATE TEMP VIEW chosen_view AS SELECT ' || expression || ' AS value FROM pg_temp.columns';
    SELECT ev_action::text INTO rule FROM pg_rewrite WHERE ev_class = 'pg_temp.chosen_view'::regclass;
    DROP VIEW pg_temp.chosen_view;
    RETURN ARRAY(SELECT m[1]::int FROM regexp_matches(rule, ':(?:funcid|opfuncid|aggfnoid) (\\d+)', 'g') AS m);
  EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
  END $$`

export interface Reached {
  readonly expression: string
  /** What it calls, the outermost first. */
  readonly procedures: readonly Procedure[]
}

/** Which functions Postgres calls for expressions over columns named as types; those that it refuses are left out. */
export type Reach = (expressions: readonly string[]) => Promise<readonly Reached[]>

export async function createReach(
  query: Query,
  procedures: readonly Procedure[],
  types: readonly string[],
): Promise<Reach> {
  await query(
    `CREATE TEMP TABLE columns (${types.map((type) => `"${type}" pg_catalog."${type}"`).join(', ')})`,
  )
  await query(CHOSEN_SQL)
  const byOid = new Map(procedures.map((procedure) => [procedure.oid, procedure]))
  return async (expressions) => {
    const list = [...new Set(expressions)].map((expression) => `('${expression.replaceAll("'", "''")}')`)
    const { rows } = await query(
      `SELECT expression, pg_temp.chosen(expression) AS oids FROM (VALUES ${list.join(', ')}) AS v (expression)`,
    )
    return (rows as { expression: string; oids: number[] | null }[]).flatMap(({ expression, oids }) =>
      oids === null ? [] : [{ expression, procedures: oids.flatMap((oid) => byOid.get(oid) ?? []) }],
    )
  }
}

/**
 * Expressions in which a client could reach more than it may, where names or symbols mix what is allowed with what is not: over values of
 * the types that it can write, and over constants without a type.
 */
export function mixedExpressions(
  { procedures, operators }: ServerLists,
  types: readonly string[],
): { readonly typed: readonly string[]; readonly untyped: readonly string[] } {
  const values = types.map((type) => `"${type}"`)
  const overloads = procedures.filter(isKeptFromClients)
  const calls = (value: string): readonly string[] =>
    overloads.map(
      ({ name, args }) => `pg_catalog.${name}(${[value, ...args.slice(1).map(() => 'NULL')].join(', ')})`,
    )
  const operations = mixedSymbols(procedures, operators).flatMap((symbol) =>
    ['NULL', ...values].flatMap((value) => [`NULL ${symbol} ${value}`, `${value} ${symbol} NULL`]),
  )
  return { typed: [...operations, ...values.flatMap(calls)], untyped: calls('NULL') }
}

/** Symbols that some operator over values has, and some other one too. */
function mixedSymbols(procedures: readonly Procedure[], operators: readonly Operator[]): readonly string[] {
  const refused = new Set(procedures.filter(isRefused).map(({ oid }) => oid))
  const symbols = (isWanted: (operator: Operator) => boolean): ReadonlySet<string> =>
    new Set(operators.filter(isWanted).map(({ symbol }) => symbol))
  const usable = symbols(({ functionOid }) => !refused.has(functionOid))
  return [...symbols(({ functionOid }) => refused.has(functionOid))].filter((symbol) => usable.has(symbol))
}
