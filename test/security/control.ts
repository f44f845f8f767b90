import pg from 'pg'
import { describe, expect, test } from 'vitest'
import type { Cluster } from '../support/cluster.js'
import type { Ground } from './arena.js'
import { addressOf } from './databases.js'

const PLAIN = `(SELECT * FROM public.orders WHERE lower(status || user_id) IN ('new3', 'paid3', 'completed3')) o`
const FOLDED = '(SELECT * FROM public.orders WHERE user_id = 3 OFFSET 0) o'

/**
 * What gateways get wrong, done to the databases directly: the two must then answer differently, or the attacks prove nothing.
 */
const MISTAKES: readonly (readonly [string, string])[] = [
  ['a base table', 'SELECT count(*) FROM public.orders'],
  ['a hidden column', 'SELECT max(hidden_cost) FROM public.orders WHERE user_id = 3'],
  ['a division before the row filter', `SELECT count(*) FROM ${PLAIN} WHERE 1 / divisor >= 0`],
  ['a cast before the row filter', `SELECT count(*) FROM ${PLAIN} WHERE digits::int > 0`],
  ['a pattern before the row filter', `SELECT count(*) FROM ${PLAIN} WHERE 'SECRET-A-patternx' LIKE pattern`],
  ['JSON before the row filter', `SELECT count(*) FROM ${PLAIN} WHERE document::jsonb IS NOT NULL`],
  ['statistics behind half a fence', `SELECT 1 FROM ${FOLDED} WHERE secret LIKE 'SECRET-A-u%\\'`],
  ['statistics of few values', `SELECT 1 FROM ${FOLDED} WHERE status LIKE 'secret-b%\\'`],
  ['a function of the upstream', 'SELECT public.count_orders()'],
  ['a plan', `EXPLAIN SELECT * FROM ${PLAIN}`],
  ['the size of a table', `SELECT pg_relation_size('public.orders')`],
  [
    'statistics',
    `SELECT most_common_vals::text FROM pg_stats WHERE tablename = 'orders' AND attname = 'status'`,
  ],
  ['a counter', 'SELECT last_value FROM public.order_numbers'],
  ['the name of the database', 'SELECT current_database()'],
]

export function describeControl(ground: () => Ground): void {
  describe('the databases betray', () => {
    test.each(MISTAKES)('%s', async (_name, sql) => {
      const { a, b } = ground().databases
      const [left, right] = await Promise.all([a, b].map((database) => ask(database, sql)))
      expect(left).not.toEqual(right)
    })
  })
}

async function ask(database: Cluster, sql: string): Promise<unknown> {
  const client = new pg.Client(addressOf(database))
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows
  } catch (error) {
    return error instanceof Error ? error.message : error
  } finally {
    await client.end()
  }
}
