import { beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_SQL_LIMITS } from '../sql/limits.js'
import { loadParser, parseStatements } from '../sql/parse.js'
import type { FuncCall, Node } from '../sql/tree.js'
import { checkFunction, checkType } from './allow.js'

beforeAll(loadParser)

function expression(sql: string): Node {
  const { statements } = parseStatements(`SELECT ${sql}`, DEFAULT_SQL_LIMITS)
  const node = statements[0]?.node
  const target = node !== undefined && 'SelectStmt' in node ? node.SelectStmt.targetList?.[0] : undefined
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined
  if (value === undefined) throw new Error(`no expression: ${sql}`)
  return value
}

function call(sql: string): FuncCall {
  const node = expression(sql)
  if (!('FuncCall' in node)) throw new Error(`no call: ${sql}`)
  return node.FuncCall
}

const check = (sql: string) => (): void => checkFunction(call(sql), undefined, new Set())

describe('what ends by itself is taken', () => {
  test.each([
    "repeat('x', 10000)",
    "repeat('x', -1)",
    'repeat(status, 3)',
    "lpad(id::text, 8, '0')",
    "rpad('x', '10'::int)",
    "repeat(repeat('ab', 100), 1000)",
    "replace(replace(note, 'a', 'b'), ' ', '')",
    "regexp_replace(note, '[^a-z]+', '-', 'g')",
    "format('%s: %10s, %-5s%%', a, b, c)",
    'array_fill(0, ARRAY[10, 20])',
    "array_to_string(tags, ', ')",
    "concat_ws(' ', status, note, 'x')",
    'generate_series(1, 1000000)',
    'generate_series(10, 1, -1)',
    'generate_series(-5, 5)',
    "generate_series(now() - interval '1 hour', now(), '15 min')",
    'generate_series(0::bigint, 10::int8)',
    "generate_series('1', '10')",
    'generate_series(0, 1, 0.01)',
    "generate_series('2024-01-01'::date, '2024-12-31'::date, '1 day')",
    "generate_series('2024-01-01'::date, '2024-12-31'::date, '1 day'::interval)",
    "generate_series(DATE '2024-01-01', DATE '2024-12-31', INTERVAL '1' DAY)",
    "generate_series(timestamp '2024-01-01 00:00:00', timestamp '2024-01-02 00:00:00', interval '1 hour')",
    "generate_series('2024-01-01 00:00:00+00'::timestamptz, now(), '1 month')",
    "generate_series('2024-01-01'::date, current_date, interval '1 day')",
    "generate_series(now() - interval '6 hours', now(), '10 seconds')",
    "generate_series(date_trunc('day', now()) - interval '30 days', date_trunc('day', now()), '1 day')",
    "generate_series(date_trunc('month', now() - interval '12 months'), now(), interval '1 month')",
    "generate_series((now() - interval '7 days')::date, now()::date, '1 day')",
    "generate_series(date_trunc('day', now() AT TIME ZONE 'Europe/Vienna') - interval '7 days', now() AT TIME ZONE 'UTC', '1 day')",
    "generate_series(current_date - 30, current_date, '1 day')",
    "to_tsvector('english', note)",
    'to_tsvector(note)',
    "to_tsquery('simple'::text, 'a')",
    "ts_headline('english', note, q)",
    "ts_headline(note::text, to_tsquery('a'), 'MaxWords=5')",
    'ts_headline(note, q)',
  ])('%s', (sql) => expect(check(sql)).not.toThrow())
})

describe('what a small statement makes large is refused', () => {
  test.each([
    "repeat('x', 10001)",
    "repeat('x', id)",
    "repeat('x', $1)",
    "repeat('x', '1e9'::int)",
    "repeat('x', 10000000::text::int)",
    // The bits of a short text are a large number.
    "repeat('x', '1'::bit(31)::int)",
    "repeat('x', (-1)::bit(31)::int)",
    "repeat('x', '1111'::bytea::int)",
    "repeat('x', '99999'::numeric(2, -4)::int)",
    "repeat(number => 10, string => 'x')",
    "repeat(VARIADIC ARRAY['x'])",
    "repeat('x', 'NaN'::float8::int)",
    "repeat('x', NULL)",
    "repeat('x', ''::int)",
    "repeat(repeat('x', 10000), 10000)",
    "repeat('a' || repeat('x', 10000), 10000)",
    "repeat(replace(repeat('a', 1000), 'a', repeat('b', 1000)), 100)",
    "replace(repeat('a', 10000), 'a', repeat('b', 10000))",
    "regexp_replace(repeat('a', 10000), 'a', repeat('b', 10000), 'g')",
    "array_to_string(array_fill('x'::text, ARRAY[10000]), repeat('y', 10000))",
    "array_to_string(string_to_array(repeat('a,', 5000), ','), repeat('y', 10000))",
    "concat_ws(repeat('y', 10000), VARIADIC array_fill('x'::text, ARRAY[10000]))",
    "regexp_replace(replacement => repeat('b', 10000), string => repeat('a', 10000), pattern => 'a', flags => 'g')",
    `format('${'%10000s'.repeat(101)}')`,
    "lpad('x', 2147483647)",
    "rpad('x', 10001, 'y')",
    "pg_catalog.bpchar('x', 1000000000, true)",
    'pg_catalog.bit(1, 2000000000)',
    "format('%1000000000s', 'x')",
    "format('%*s', 1000000000, 'x')",
    "format('%1$*2$s', 'x', 1000000000)",
    "format('%' || '1000000000s', 'x')",
    'format($1)',
    'array_fill(1, ARRAY[1000000000])',
    'array_fill(1, ARRAY[10, 10, 10, 10, 10])',
    "array_fill(1, '{1000000000}')",
    'generate_series(1, 1000000000)',
    'generate_series(1, id)',
    'generate_series(1, $1)',
    'generate_series(1, 10, 0)',
    'generate_series(1, 2, 1e-9)',
    // Doubles that are equal, and numerics that are not.
    'generate_series(1, 1.00000000000000000001, 1e-300)',
    "generate_series('1e300'::numeric, '1.0000000000000000001e300'::numeric)",
    'generate_series(100000000000000000000000.0, 100000000000000000001000000.0)',
    "generate_series(1, '1'::bit(31)::int)",
    'generate_series(stop => 10, start => 1)',
    "generate_series('20000101'::date, '99991231'::date, '1 minute')",
    "generate_series(now(), now() + interval '100 years', interval '1 second')",
    // Now is not known here, so neither is how far it is from a date.
    "generate_series('2026-01-01'::timestamp, now(), '1 second')",
    "generate_series('4713-01-01 BC'::timestamp, '4713-01-01'::timestamp, '1 hour')",
    "generate_series(date_trunc('millennium', now()), now(), '1 second')",
    "generate_series(date_trunc('year', now()), now(), '1 second')",
    "generate_series(date '2026-01-01' + '86400', date '2026-01-01' + 86400, '1 second')",
    "generate_series('-infinity'::timestamp, 'infinity'::timestamp, '1 day')",
    "generate_series('2024-01-01'::date, '2024-01-02'::date, '1 microsecond')",
    "generate_series('2024-01-01'::date, '2024-01-02'::date, '0 days')",
    "generate_series('2024-01-01'::date, '2024-01-02'::date, interval '1 day' year)",
    "generate_series('2024-01-01'::date, '2024-01-02'::date, interval '1' second(0))",
    "generate_series('2024-01-01'::date, '9999-01-01'::date, interval '1' minute)",
    "generate_series('2024-01-01'::date, shop.now(), '1 day')",
    "generate_series(now()::int[]::date, now(), '1 day')",
  ])('%s', (sql) => expect(check(sql)).toThrow(expect.objectContaining({ code: '42501' })))

  test.each(['char(10001)', 'bit(83886080)', 'char(10485760)[]'])('a value filled up to %s', (type) => {
    const node = expression(`NULL::${type}`)
    const name = 'TypeCast' in node ? node.TypeCast.typeName : undefined
    expect(() => checkType(name ?? {}, undefined)).toThrow(expect.objectContaining({ code: '42501' }))
  })
})

describe('a text search configuration is one of Postgres’ own', () => {
  test.each([
    "to_tsvector('nosuch', 'x')",
    "to_tsvector('tenant_7.x', 'x')",
    "to_tsvector('english' COLLATE \"C\", 'x')",
    'to_tsvector($1, $2)',
    'to_tsvector(16390, note)',
    "to_tsquery('tenant_7.x', 'x')",
    "plainto_tsquery('tenant_7.x', 'x')",
    "phraseto_tsquery('tenant_7.x', 'x')",
    "websearch_to_tsquery('tenant_7.x', 'x')",
    "json_to_tsvector('tenant_7.x', '{}', '[]')",
    "jsonb_to_tsvector('tenant_7.x', '{}', '[]')",
    "ts_headline('tenant_7.x', 'x', to_tsquery('x'))",
    "ts_headline('tenant_7.x', 'x', to_tsquery('x'), '')",
    "ts_headline(id, 'x', to_tsquery('x'))",
    "ts_headline(16390, 'x', to_tsquery('x'))",
    "ts_headline(16390::int, 'x', to_tsquery('x'))",
    "ts_headline(note::text, 'x', to_tsquery('x'), '')",
  ])('%s', (sql) => expect(check(sql)).toThrow(expect.objectContaining({ code: '42501' })))
})

describe('what is not there, and what is not available', () => {
  test.each([
    ['nosuch(1)', 'undefined_function', 'function nosuch(integer) does not exist'],
    [
      "nosuch('a', 1.5, true)",
      'undefined_function',
      'function nosuch(unknown, numeric, boolean) does not exist',
    ],
    ['nosuch(id)', 'undefined_function', 'function nosuch(...) does not exist'],
    ['nosuch()', 'undefined_function', 'function nosuch() does not exist'],
    [
      "nosuch('1'::int8, '{}'::int[])",
      'undefined_function',
      'function nosuch(bigint, integer[]) does not exist',
    ],
    ['public.count_orders()', 'undefined_function', 'function public.count_orders() does not exist'],
    ['public.md5(1)', 'undefined_function', 'function public.md5(integer) does not exist'],
    ['db.pg_catalog.md5(1)', 'undefined_function', 'function db.pg_catalog.md5(integer) does not exist'],
    ['pg_catalog.nosuch(1)', 'undefined_function', 'function pg_catalog.nosuch(integer) does not exist'],
    [
      'pg_read_file(1)',
      'insufficient_privilege',
      'function pg_read_file is not available through this gateway',
    ],
    [
      'pg_catalog.int4pl(1, 1)',
      'insufficient_privilege',
      'function pg_catalog.int4pl is not available through this gateway',
    ],
  ])('%s', (sql, condition, message) =>
    expect(check(sql)).toThrow(expect.objectContaining({ condition, message })),
  )
})
