import { describe, expect, test } from 'vitest'
import { BACKEND } from '../../src/protocol/backend.js'
import { encodeBind, encodeExecute, encodeParse, SYNC } from '../../src/protocol/request.js'
import { type Arena, openSession } from './arena.js'
import { judge } from './judge.js'
import type { Score } from './score.js'
import { extendedFrames, queryFrame, type Wire } from './wire.js'

interface Prepared {
  readonly cube: string
  readonly where: string
  readonly oids: readonly number[]
  /** Bound often enough that Postgres makes a plan without looking at the values. */
  readonly good: readonly string[]
  /** Bound to that plan: no longer folded while planning, so computed on rows, whosever they are. */
  readonly bad: readonly string[]
}

const TEXT = 25
const INT4 = 23
const INT8 = 20
const FLOAT8 = 701
const NUMERIC = 1700
/** Postgres weighs a generic plan after five runs (plancache.c). */
const RUNS = 7

const CUBES = ['Orders', 'Listed', 'Casted', 'Regional', 'Joined'] as const

/** Comparisons that pass as leakproof, with a conversion of the bound value in them. Rows 1450 and 1999 are in one database, and in none. */
const CONVERSIONS: readonly Omit<Prepared, 'cube' | 'where'>[] = [
  { oids: [TEXT], good: ['5'], bad: ['x'] },
  { oids: [INT8], good: ['5'], bad: ['99999999999'] },
  { oids: [FLOAT8], good: ['5'], bad: ['1e30'] },
  { oids: [NUMERIC], good: ['5'], bad: ['NaN'] },
]
const PLACES = [
  'id = 1450 AND divisor <> CAST($1 AS int4)',
  'id > 1420 AND id < 1480 AND sign <> CAST($1 AS int4)',
  "secret >= 'SECRET-B' AND secret < 'SECRET-C' AND sign <> CAST($1 AS int4)",
  'id = 1450 AND divisor NOT BETWEEN CAST($1 AS int4) AND 7',
  'id = 1450 AND (divisor < CAST($1 AS int4) OR divisor > 0)',
  'id = 1450 AND divisor IN (1, CAST($1 AS int4))',
  'id = 1450 AND NOT divisor = CAST($1 AS int4)',
  'id = 1450 AND CAST($1 AS int4) <> divisor',
  'id = 1450 AND id::numeric <> CAST($1 AS int4)',
]

const OTHERS: readonly Prepared[] = [
  {
    cube: 'Items',
    where: 'id = 1450 AND quantity <> CAST($1 AS int4)',
    oids: [TEXT],
    good: ['5'],
    bad: ['x'],
  },
  {
    cube: 'Users',
    where: 'id = 50 AND name <> CAST($1 AS varchar(3))',
    oids: [TEXT],
    good: ['5'],
    bad: ['xxxxx'],
  },
  {
    cube: 'Orders',
    where: 'id = 1450 AND small <> CAST($1 AS int2)',
    oids: [INT4],
    good: ['5'],
    bad: ['99999'],
  },
  { cube: 'Orders', where: 'id = 1450 AND flag <> CAST($1 AS bool)', oids: [TEXT], good: ['t'], bad: ['x'] },
  {
    cube: 'Orders',
    where: 'id = 1450 AND day <> CAST($1 AS date)',
    oids: [TEXT],
    good: ['2025-01-01'],
    bad: ['x'],
  },
  {
    cube: 'Orders',
    where: 'id = 1450 AND placed <> CAST($1 AS timestamp)',
    oids: [TEXT],
    good: ['2025-01-01'],
    bad: ['x'],
  },
  {
    cube: 'Orders',
    where: 'id = 1450 AND created_at <> CAST($1 AS timestamptz)',
    oids: [TEXT],
    good: ['2025-01-01'],
    bad: ['x'],
  },
  {
    cube: 'Orders',
    where: 'id = 1450 AND ratio <> CAST($1 AS float8)',
    oids: [TEXT],
    good: ['1'],
    bad: ['1e999'],
  },
  {
    cube: 'Orders',
    where: 'id = 1450 AND amount <> CAST($1 AS numeric)',
    oids: [TEXT],
    good: ['1'],
    bad: ['x'],
  },
  {
    cube: 'Orders',
    where: 'id = 1450 AND big <> CAST($1 AS int8)',
    oids: [NUMERIC],
    good: ['1'],
    bad: ['1e40'],
  },
  {
    cube: 'Orders',
    where: 'id = 1450 AND code <> CAST($1 AS bpchar)',
    oids: [TEXT],
    good: ['1'],
    bad: ['xxxxxxx'],
  },
  { cube: 'Orders', where: 'id = 1450 AND 1 / $1 > 0', oids: [INT4], good: ['1'], bad: ['0'] },
  { cube: 'Orders', where: 'id = 1450 AND id <> 1 / $1', oids: [INT4], good: ['1'], bad: ['0'] },
  { cube: 'Listed', where: 'id = 1450 AND id <> -$1', oids: [INT4], good: ['1'], bad: ['-2147483648'] },
  {
    cube: 'Listed',
    where: 'id = 1450 AND secret NOT LIKE $1',
    oids: [TEXT],
    good: ['x'],
    bad: ['SECRET-B-u%\\'],
  },
  { cube: 'Listed', where: 'secret LIKE $1', oids: [TEXT], good: ['x'], bad: ['SECRET-B-u%\\'] },
  { cube: 'Listed', where: 'secret ~ $1', oids: [TEXT], good: ['x'], bad: ['SECRET-B('] },
  {
    cube: 'Listed',
    where: 'id = $1 AND digits::int > $2',
    oids: [INT4, INT4],
    good: ['1', '1'],
    bad: ['1450', '1'],
  },
]

const CASES: readonly Prepared[] = [
  ...CUBES.flatMap((cube) =>
    PLACES.flatMap((where) => CONVERSIONS.map((conversion) => ({ cube, where, ...conversion }))),
  ),
  // A parameter that stands twice takes its type from the place that is read first.
  ...CUBES.map((cube) => ({
    cube,
    where: 'id = 1450 AND divisor <> CAST($1 AS int4) AND secret <> $1::text',
    oids: [],
    good: ['5'],
    bad: ['x'],
  })),
  ...OTHERS,
]

/** Named statements whose plans no longer depend on what is bound. */
export function describePrepared(arena: () => Arena, score: Score): void {
  describeFolded(arena)
  describe('a plan that was made before the values came', () => {
    test.each([...CUBES, 'Items', 'Users'])(
      '%s',
      async (cube) => {
        const violations: string[] = []
        for (const prepared of CASES.filter((one) => one.cube === cube)) {
          const found = await run(arena(), prepared)
          const name = `${cube}: ${prepared.where} (${prepared.oids.join()}) ${prepared.bad.join()}`
          score.add('prepared', name, 'answered', found.length)
          violations.push(...found.map((violation) => `${name}\n  ${violation}`))
        }
        expect(violations).toEqual([])
      },
      60_000,
    )
  })
}

/** Expressions that Postgres computes while it plans, and settings that decide what comes of it. */
const FOLDED: readonly (readonly [string, string])[] = [
  ['extra_float_digits = -15', '(1.0::float8 / 3)::text'],
  ['extra_float_digits = -15', 'to_jsonb(1.0::float8 / 3)'],
  ['extra_float_digits = -15', "concat_ws(',', 1.0::float4 / 3)"],
  ["bytea_output = 'escape'", `('\\x41'::bytea)::text`],
  ["bytea_output = 'escape'", `('\\x41'::bytea) || 'A' || ('\\x42'::bytea)::text`],
  ["IntervalStyle = 'sql_standard'", `(interval '1 day 2 hours')::text`],
  ["IntervalStyle = 'sql_standard'", `interval '-1 2:00'`],
  ["DateStyle = 'SQL, DMY'", `date '01/02/2025'`],
  ["DateStyle = 'SQL, DMY'", `(date '2025-02-01')::text`],
  ["TimeZone = 'Asia/Tokyo'", `timestamptz '2025-01-01 00:00'`],
  ["TimeZone = 'Asia/Tokyo'", `(timestamptz '2025-01-01 00:00+00')::date`],
]

/** What one session's settings made of a statement must not be another's answer. */
function describeFolded(arena: () => Arena): void {
  test.each(FOLDED)('a plan that was made under %s: %s', async (setting, expression) => {
    for (const from of ['', ' FROM "Ledger" LIMIT 1', ' FROM "Orders" LIMIT 1']) {
      const [gateway] = arena().gateways
      const first = await openSession(gateway, arena().ownToken)
      const second = await openSession(gateway, arena().ownToken)
      const ask = async (wire: Wire, name: string): Promise<readonly string[]> => {
        const { frames } = await wire.send(extendedFrames(`SELECT ${expression} AS ${name}${from}`))
        return frames.filter((frame) => frame[0] === BACKEND.dataRow).map((frame) => frame.toString('latin1'))
      }
      const before = await ask(second, 'before')
      await first.send(queryFrame(`SET ${setting}`))
      for (let index = 0; index < RUNS; index += 1) await ask(first, 'after')
      expect(await ask(second, 'after')).toEqual(before)
      first.end()
      second.end()
    }
  })
}

async function run(arena: Arena, { cube, where, oids, good, bad }: Prepared): Promise<readonly string[]> {
  const parse = Buffer.concat([
    encodeParse('s', `SELECT count(*), min(id) FROM "${cube}" WHERE ${where}`, [...oids]),
    SYNC,
  ])
  const execute = (values: readonly string[]): Buffer =>
    Buffer.concat([
      encodeBind({
        portal: '',
        statement: 's',
        parameterFormats: [],
        values: values.map((value) => Buffer.from(value, 'utf8')),
        resultFormats: [],
      }),
      encodeExecute('', 0),
      SYNC,
    ])
  const requests = [parse, ...Array.from({ length: RUNS }, () => execute(good)), execute(bad)]
  const [a, b] = await arena.fresh(async (wire) => {
    const replies = []
    for (const request of requests) replies.push(await wire.send(request))
    return replies
  })
  return judge(requests, a, b)
}
