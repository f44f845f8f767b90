import { beforeAll, expect, test } from 'vitest'
import { DEFAULT_SQL_LIMITS } from '../sql/limits.js'
import { loadParser, parseStatements } from '../sql/parse.js'
import { routeSelect } from './route.js'

beforeAll(loadParser)

function route(sql: string): string {
  const { statements, at } = parseStatements(sql, DEFAULT_SQL_LIMITS)
  const node = statements[0]?.node
  if (node === undefined || !('SelectStmt' in node)) throw new Error('no SELECT')
  return routeSelect(node.SelectStmt, { tables: new Map(), at, functionsAllowed: new Set() })
}

test.each([
  ['SELECT current_user', 'upstream'],
  ['SELECT * FROM current_user', 'catalog'],
  ['SELECT * FROM unnest(ARRAY[version()])', 'catalog'],
  ['SELECT version() FROM unnest(ARRAY[1])', 'upstream'],
])('%s: %s', (sql, expected) => expect(route(sql)).toBe(expected))

test('the time of a decision grows with the text, not with its nesting', () => {
  const nested = (depth: number): string =>
    depth === 0 ? 'ARRAY[1]' : `ARRAY(SELECT * FROM unnest(${nested(depth - 1)}) AS u)`
  const startedAtMs = performance.now()
  expect(route(`SELECT * FROM unnest(${nested(20)}) AS u`)).toBe('upstream')
  expect(performance.now() - startedAtMs).toBeLessThan(1_000)
})

test.each([
  // A WITH query hides a name where it is in scope, and nowhere else.
  ['SELECT * FROM pg_stats, (WITH pg_stats AS (SELECT 1) SELECT 1) x', 'catalog'],
  ['SELECT (WITH pg_class AS (SELECT 1) SELECT count(*) FROM pg_class) FROM pg_class', 'catalog'],
  ['WITH pg_class AS (SELECT 1) SELECT * FROM pg_class', 'upstream'],
  ['WITH pg_class AS (SELECT * FROM pg_class) SELECT * FROM pg_class', 'catalog'],
  [
    'WITH RECURSIVE pg_class AS (SELECT 1 UNION ALL SELECT 1 FROM pg_class WHERE false) TABLE pg_class',
    'upstream',
  ],
  ['WITH a AS (SELECT * FROM pg_am), pg_am AS (SELECT 1) SELECT * FROM a, pg_am', 'catalog'],
  ['WITH pg_am AS (SELECT 1), a AS (SELECT * FROM pg_am) SELECT * FROM a, pg_am', 'upstream'],
  ['WITH pg_am AS (SELECT 1) SELECT * FROM pg_catalog.pg_am', 'catalog'],
  ['SELECT 1 UNION (WITH pg_am AS (SELECT 1) SELECT 2) UNION SELECT count(*) FROM pg_am', 'catalog'],
])('%s: %s', (sql, expected) => expect(route(sql)).toBe(expected))
