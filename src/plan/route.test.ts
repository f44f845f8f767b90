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
