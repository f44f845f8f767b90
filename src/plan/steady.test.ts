import { beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_SQL_LIMITS } from '../sql/limits.js'
import { loadParser, parseStatements } from '../sql/parse.js'
import { dependenceOf } from './steady.js'

beforeAll(loadParser)

function steady(sql: string): boolean {
  const node = parseStatements(sql, DEFAULT_SQL_LIMITS).statements[0]?.node
  if (node === undefined || !('SelectStmt' in node)) throw new Error('no SELECT')
  return dependenceOf(node.SelectStmt).steady
}

describe('an answer may be kept', () => {
  test.each([
    'SELECT c.relname, format_type(a.atttypid, a.atttypmod) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.oid = \'"Orders"\'::regclass',
    'SELECT * FROM information_schema.columns WHERE table_name = $1',
    "SELECT current_user, current_database(), version(), current_setting('server_version_num')::int",
    'WITH t AS (SELECT * FROM pg_tables) SELECT * FROM t, LATERAL unnest(ARRAY[1, 2]) u ORDER BY 1 LIMIT 5',
  ])('%s', (sql) => expect(steady(sql)).toBe(true))
})

describe('an answer is asked for each time', () => {
  test.each([
    'SELECT * FROM pg_stat_activity',
    'SELECT * FROM U&"pg_\\0073tat_activity"',
    'SELECT * FROM public.pg_class',
    'SELECT * FROM "Orders", pg_class',
    'SELECT U&"pg_\\0062ackend_pid"()',
    'SELECT other.version()',
    "SELECT current_setting('rowgate.pid')",
    "SELECT current_setting('a' || 'b')",
    'SELECT current_setting(name) FROM pg_class',
    'SELECT pg_terminate_backend(1)',
    "SELECT set_config('a.b', 'c', false)",
    'SELECT now(), 1 FROM pg_class',
    'SELECT CURRENT_TIMESTAMP FROM pg_class',
    'SELECT LOCALTIME FROM pg_class',
    "SELECT 'now'::timestamptz FROM pg_class",
    "SELECT timestamptz('n' || 'ow') FROM pg_class",
    "SELECT ('n' || 'ow')::date FROM pg_class",
    "SELECT * FROM json_to_record('{}') AS t (x timestamptz)",
    "SELECT * FROM pg_roles WHERE rolvaliduntil > 'now'",
    'SELECT xmin FROM pg_class',
    'SELECT c.ctid FROM pg_class c',
    'SELECT xmin(c) FROM pg_class c',
    'SELECT * FROM pg_class TABLESAMPLE system (50)',
    'SELECT random() FROM pg_class',
    'SELECT age(relfrozenxid) FROM pg_class',
    'SELECT pg_relation_filenode(oid) FROM pg_class',
    "SELECT table_to_xml('pg_stat_activity', true, true, '')",
    'SELECT xmlelement(name x, relname) FROM pg_class',
  ])('%s', (sql) => expect(steady(sql)).toBe(false))
})
