import { beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_SQL_LIMITS } from './limits.js'
import { createPositions, loadParser, parseStatements } from './parse.js'

beforeAll(loadParser)

const many = (count: number, part: (n: number) => string, separator = ','): string =>
  Array.from({ length: count }, (_, n) => part(n)).join(separator)

function codeOf(sql: string): string {
  try {
    parseStatements(sql, DEFAULT_SQL_LIMITS)
    return 'ok'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('what is accepted, and the first that is not', () => {
  const relations = (count: number): string => `SELECT 1 FROM ${many(count, (n) => `t t${n}`)}`
  test.each([
    ['a list of 40,000', `SELECT id FROM t WHERE id IN (${many(40_000, String)})`, 'ok'],
    ['select list', `SELECT ${many(1_664, () => 'a')} FROM t`, 'ok'],
    ['select list', `SELECT ${many(1_665, () => 'a')} FROM t`, '54011'],
    ['select list of a subquery', `SELECT (SELECT ${many(1_665, () => 'a')} FROM t)`, '54011'],
    ['GROUP BY', `SELECT 1 FROM t GROUP BY ${many(1_665, () => 'a')}`, '54001'],
    ['GROUPING SETS', `SELECT 1 FROM t GROUP BY GROUPING SETS (${many(1_665, () => '(a)')})`, '54001'],
    ['ORDER BY', `SELECT 1 FROM t ORDER BY ${many(1_665, () => 'a')}`, '54001'],
    ['DISTINCT ON', `SELECT DISTINCT ON (${many(1_665, () => 'a')}) 1 FROM t`, '54001'],
    ['WINDOW', `SELECT 1 FROM t WINDOW ${many(1_665, (n) => `w${n} AS (ORDER BY a)`)}`, '54001'],
    ['WITH', `WITH ${many(1_665, (n) => `w${n} AS (SELECT 1)`)} SELECT 1`, '54001'],
    ['relations', relations(250), 'ok'],
    ['relations', relations(251), '54001'],
    ['joins', `SELECT 1 FROM t ${many(250, (n) => `CROSS JOIN t t${n}`, ' ')}`, '54001'],
    ['UNION', `SELECT 1 FROM t ${many(250, () => 'UNION ALL SELECT 1 FROM t', ' ')}`, '54001'],
    ['subqueries', `SELECT ${many(251, () => '(SELECT 1 FROM t)')}`, '54001'],
    ['derived tables', `SELECT 1 FROM ${many(251, (n) => `(SELECT 1) t${n}`)}`, '54001'],
    ['functions', `SELECT 1 FROM ${many(251, (n) => `f() t${n}`)}`, '54001'],
    ['a declared cursor', `DECLARE c CURSOR FOR ${relations(251)}`, '54001'],
    ['comments', `SELECT 1 ${many(500, () => '/* x */', ' ')}`, 'ok'],
    ['comments', `SELECT 1 ${many(501, () => '/**/', '')}`, '54001'],
    ['comments in one another', `SELECT 1 ${'/*'.repeat(501)}${'*/'.repeat(501)}`, '54001'],
    ['a long comment', `SELECT 1 /*${'*'.repeat(200_000)}*/`, 'ok'],
    ['a long identifier', `SELECT "${'x'.repeat(200_000)}"`, 'ok'],
    ['a long string', `SELECT '${"''".repeat(100_000)}'`, 'ok'],
    ['signs', `SELECT ${'- '.repeat(2_001)}1`, '54001'],
    ['NOT', `SELECT ${'NOT '.repeat(2_001)}true`, '54001'],
    ['casts', `SELECT 1${'::int'.repeat(2_001)}`, '54001'],
    ['fields', `SELECT a${'.b'.repeat(2_001)}`, '54001'],
    ['parentheses', `SELECT ${'('.repeat(65)}1${')'.repeat(65)}`, '54001'],
    ['tokens', `SELECT ARRAY[${many(44_990, () => '1')}]`, 'ok'],
    ['tokens', `SELECT ARRAY[${many(45_000, () => '1')}]`, '54001'],
    ['bytes', `SELECT '${'x'.repeat(262_144)}'`, '54000'],
  ])('%s', (_name, sql, code) => {
    expect(codeOf(sql)).toBe(code)
  })
})

test('positions are those of characters, wherever they stand', () => {
  const text = `é😀a\n${'x'.repeat(300)}ß${'😀'.repeat(300)}y`
  const at = createPositions(text)
  let bytes = 0
  for (const [index, character] of [...text].entries()) {
    expect(at(bytes)).toBe(index + 1)
    bytes += Buffer.byteLength(character)
  }
  expect(at(bytes)).toBe([...text].length + 1)
  expect(at(-1)).toBeUndefined()
  expect(at(undefined)).toBeUndefined()
})
