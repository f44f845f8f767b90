import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { PgError } from '../../errors.js'
import { printChecked } from '../checked.js'
import { DEFAULT_SQL_LIMITS } from '../limits.js'
import { loadParser, parseStatements } from '../parse.js'

beforeAll(loadParser)

const print = (sql: string): string => {
  const [statement] = parseStatements(sql, DEFAULT_SQL_LIMITS).statements
  if (statement === undefined) throw new Error('no statement')
  return printChecked(statement.node).text
}

const statements = readFileSync('test/golden/print/statements.sql', 'utf8').trim().split('\n')

describe('what the printer knows comes back as the same tree', () => {
  test.each(statements)('%s', (sql) => {
    const printed = print(sql)
    expect(print(printed), 'printing is stable').toBe(printed)
  })
})

describe('what the printer does not know is refused', () => {
  const refused = [
    'SELECT * INTO x FROM t',
    'SELECT a FROM t FOR UPDATE',
    'SELECT a FROM t FOR SHARE OF t NOWAIT',
    'SELECT * FROM ONLY t',
    'SELECT * FROM t TABLESAMPLE SYSTEM (1)',
    "SELECT * FROM XMLTABLE('/a' PASSING x COLUMNS b int)",
    "SELECT * FROM JSON_TABLE('{}', '$' COLUMNS (a int PATH '$.a')) j",
    "SELECT xmlelement(name a, 'b'), xmlparse(document '<a/>')",
    "SELECT x FROM t WHERE xmlexists('/a' PASSING BY REF x)",
    'WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d',
    'WITH d AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM d',
    'INSERT INTO t VALUES (1)',
    'UPDATE t SET a = 1',
    'DELETE FROM t',
    'CREATE TABLE t (a int)',
    'DO $$ BEGIN END $$',
    'CALL p()',
    'COPY t FROM STDIN',
    "COPY (SELECT 1) TO PROGRAM 'sh'",
    "COPY (SELECT 1) TO '/tmp/x'",
    'DECLARE c CURSOR FOR SELECT 1 FOR UPDATE',
  ]
  test.each(refused)('%s', (sql) => {
    expect(() => print(sql)).toThrow(PgError)
  })
})
