import { beforeAll, describe, expect, test } from 'vitest'
import { PgError } from '../errors.js'
import { DEFAULT_SQL_LIMITS } from './limits.js'
import { loadParser, parseStatements } from './parse.js'

beforeAll(loadParser)

function failure(sql: string): PgError | undefined {
  try {
    parseStatements(sql, DEFAULT_SQL_LIMITS)
    return undefined
  } catch (error) {
    if (error instanceof PgError) return error
    throw error
  }
}

describe('a syntax error of somebody who meant another dialect', () => {
  test.each([
    [
      'MySQL quotes',
      'SELECT `status`, COUNT(*) FROM `Orders` GROUP BY `status`',
      'MySQL',
      'SELECT "status", COUNT(*) FROM "Orders" GROUP BY "status"',
    ],
    [
      'MySQL LIMIT',
      'SELECT id FROM Orders LIMIT 5, 10',
      'MySQL',
      'SELECT "id" FROM "Orders" LIMIT 10 OFFSET 5',
    ],
    ['T-SQL TOP', 'SELECT TOP 10 [status] FROM [Orders]', 'T-SQL', 'SELECT "status" FROM "Orders" LIMIT 10'],
    [
      'BigQuery paths',
      'SELECT status FROM `public.Orders` LIMIT 3',
      'BigQuery',
      'SELECT status FROM "public"."Orders" LIMIT 3',
    ],
  ])('%s', (_name, sql, dialect, postgres) => {
    const error = failure(sql)
    expect(error?.code).toBe('42601')
    expect(error?.hint).toBe(`This reads as ${dialect}, but the server speaks PostgreSQL. Write: ${postgres}`)
  })

  test.each([
    'SELCT 1',
    'SELECT a FROM',
    'SELECT * FROM t WHERE a ==',
    `SELECT '${'x'.repeat(11_000)}' AS \`a\``,
  ])('no dialect: %.30s', (sql) => expect(failure(sql)?.hint).toBeUndefined())
})
