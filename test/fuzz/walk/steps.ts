import {
  encodeBind,
  encodeClose,
  encodeDescribe,
  encodeExecute,
  encodeParse,
  FLUSH,
  SYNC,
} from '../../../src/protocol/request.js'
import { queryFrame } from '../../security/wire.js'

/** One message of a walk: how a person writes it, and its bytes. */
export interface Step {
  readonly text: string
  readonly bytes: Buffer
}

/** Numbers that are the same for the same seed (xorshift), so that a walk can be walked again. */
export type Random = (below: number) => number

export function createRandom(seed: number): Random {
  let state = (seed * 2_654_435_761) | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Statements that read: rows of a cube, values whose spelling depends on settings, errors while they run. */
const READS = [
  'SELECT id, status FROM "Orders" WHERE id < 8 ORDER BY id',
  'SELECT count(*) FROM "Orders"',
  `SELECT created_at, gap, ratio, day FROM "Orders" WHERE id = 3`,
  `SELECT date '01/02/2025', timestamptz '2025-01-01 00:00+00', interval '1 day 02:03:04', '\\xff00'::bytea, 0.1::float8 + 0.2`,
  `SELECT timestamptz '2025-03-30 02:30', time '04:05', interval '-1 1:02'`,
  `SELECT 'infinity'::float8, 1e-7::float8, 123456789.123456789::float4`,
  'SELECT 1 / (id - 4) FROM "Orders" WHERE id < 7 ORDER BY id',
  'SELECT 1 / 0',
  `SELECT 'x'::int`,
  'SELECT nothing FROM "Orders"',
  'SELECT 1 FROM nowhere',
  'SELECT',
  'VALUES (1, NULL), (2, NULL)',
  'COPY (SELECT id, status FROM "Orders" WHERE id < 4 ORDER BY id) TO STDOUT',
  'COPY (SELECT 1 / (id - 2) FROM "Orders" WHERE id < 4 ORDER BY id) TO STDOUT',
  'SELEC 1',
  '',
]
const ARGUMENTS = [
  'SELECT $1::int + 1',
  'SELECT id FROM "Orders" WHERE id < $1 ORDER BY id',
  'SELECT $1::text, $2::date',
]
const SETTINGS = [
  `SET DateStyle = 'German'`,
  `SET DateStyle = 'ISO, DMY'`,
  `SET LOCAL DateStyle = 'SQL, DMY'`,
  `SET DateStyle = 'nonsense'`,
  `SET TimeZone = 'Asia/Tokyo'`,
  `SET LOCAL TimeZone = 'America/New_York'`,
  `SET TimeZone = 'No/Where'`,
  `SET IntervalStyle = 'iso_8601'`,
  `SET LOCAL IntervalStyle = 'sql_standard'`,
  'SET extra_float_digits = -5',
  'SET LOCAL extra_float_digits = 0',
  `SET bytea_output = 'escape'`,
  `SET LOCAL bytea_output = 'escape'`,
  `SET statement_timeout = '9min'`,
  `SET LOCAL lock_timeout = '3s'`,
  `SET application_name = 'walker'`,
  'RESET DateStyle',
  'RESET TimeZone',
  'RESET ALL',
  'SET LOCAL DateStyle TO DEFAULT',
  'SHOW DateStyle',
  'SHOW TimeZone',
  'SHOW IntervalStyle',
  'SHOW extra_float_digits',
  'SHOW bytea_output',
  'SHOW statement_timeout',
  'SHOW application_name',
]
const TRANSACTIONS = [
  'BEGIN',
  'START TRANSACTION READ ONLY',
  'COMMIT',
  'END',
  'ROLLBACK',
  'COMMIT AND CHAIN',
  'ROLLBACK AND CHAIN',
  'SAVEPOINT a',
  'SAVEPOINT b',
  'RELEASE a',
  'RELEASE b',
  'ROLLBACK TO a',
  'ROLLBACK TO b',
  'SHOW transaction_isolation',
]
const CURSORS = [
  // Whether a cursor scrolls is always written: where it is not, Postgres decides by its plan, and the gateway that it does not.
  'DECLARE c NO SCROLL CURSOR FOR SELECT id FROM "Orders" WHERE id < 9 ORDER BY id',
  'DECLARE c SCROLL CURSOR FOR SELECT id FROM "Orders" WHERE id < 9 ORDER BY id',
  'DECLARE h CURSOR WITH HOLD FOR SELECT id, created_at FROM "Orders" WHERE id < 6 ORDER BY id',
  'DECLARE h CURSOR WITH HOLD FOR SELECT 1 / (id - 3) FROM "Orders" WHERE id < 6 ORDER BY id',
  'DECLARE p CURSOR FOR SELECT 1 / (id - 3) FROM "Orders" WHERE id < 6 ORDER BY id',
  'FETCH c',
  'FETCH 2 FROM c',
  'FETCH ALL FROM h',
  'FETCH h',
  'FETCH 1 FROM p',
  'FETCH PRIOR FROM c',
  'MOVE 1 IN h',
  'CLOSE c',
  'CLOSE h',
  'CLOSE p',
  'CLOSE ALL',
]
const PREPARES = [
  'PREPARE s AS SELECT id FROM "Orders" WHERE id < 4 ORDER BY id',
  `PREPARE t AS SELECT date '01/02/2025', timestamptz '2025-01-01 00:00+00'`,
  'PREPARE s (int) AS SELECT $1 + 1',
  'EXECUTE s',
  'EXECUTE t',
  'DEALLOCATE s',
  'DEALLOCATE t',
  'DEALLOCATE ALL',
  'DISCARD ALL',
]
const STATEMENTS = ['', 's', 't']
const PORTALS = ['', 'p', 'c', 'h']

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T

/** EXECUTE is looked at when it is parsed here, and when it runs in Postgres. */
function parsedSql(random: Random): string {
  for (;;) {
    const sql = randomSql(random)
    if (!sql.startsWith('EXECUTE')) return sql
  }
}

function randomSql(random: Random): string {
  const kinds = [READS, READS, SETTINGS, SETTINGS, TRANSACTIONS, TRANSACTIONS, CURSORS, PREPARES]
  return pick(random, pick(random, kinds))
}

/** A Query of one to four statements, or a message of the extended protocol. */
export function randomStep(random: Random): Step {
  if (random(30) === 0) {
    const sql = 'BEGIN ISOLATION LEVEL REPEATABLE READ'
    const bytes = Buffer.concat([SYNC, queryFrame('ROLLBACK'), queryFrame(sql)])
    return { text: `Sync, Query ROLLBACK, Query ${sql}`, bytes }
  }
  if (random(3) === 0) {
    const sql = Array.from({ length: random(3) === 0 ? 1 + random(4) : 1 }, () => randomSql(random)).join(
      '; ',
    )
    return { text: `Query ${sql}`, bytes: queryFrame(sql) }
  }
  const statement = pick(random, STATEMENTS)
  const portal = pick(random, PORTALS)
  switch (random(9)) {
    case 0:
    case 1: {
      const sql = random(5) === 0 ? pick(random, ARGUMENTS) : parsedSql(random)
      return { text: `Parse "${statement}" ${sql}`, bytes: encodeParse(statement, sql, []) }
    }
    case 2:
    case 3: {
      const values = random(8) === 0 ? pick(random, [['3'], ['3', '03/04/2025'], ['x'], [null]]) : []
      const resultFormats = pick(random, [[], [], [], [0], [1]] as const)
      return {
        text: `Bind "${portal}" "${statement}" ${JSON.stringify(values)} ${JSON.stringify(resultFormats)}`,
        bytes: encodeBind({
          portal,
          statement,
          parameterFormats: [],
          values: values.map((value) => (value === null ? null : Buffer.from(value))),
          resultFormats,
        }),
      }
    }
    case 4: {
      const rowsMax = pick(random, [0, 0, 1, 2, 100])
      return { text: `Execute "${portal}" ${rowsMax}`, bytes: encodeExecute(portal, rowsMax) }
    }
    case 5:
      return random(2) === 0
        ? { text: `Describe S "${statement}"`, bytes: encodeDescribe('statement', statement) }
        : { text: `Describe P "${portal}"`, bytes: encodeDescribe('portal', portal) }
    case 6:
      return random(2) === 0
        ? { text: `Close S "${statement}"`, bytes: encodeClose('statement', statement) }
        : { text: `Close P "${portal}"`, bytes: encodeClose('portal', portal) }
    case 7:
      return random(4) === 0 ? { text: 'Flush', bytes: FLUSH } : { text: 'Sync', bytes: SYNC }
    default:
      return wholeRequest(random)
  }
}

/** What a driver sends at once: Parse, Bind, Execute and, mostly, Sync. */
function wholeRequest(random: Random): Step {
  const sql = parsedSql(random)
  const rowsMax = pick(random, [0, 0, 2])
  const sync = random(3) > 0
  return {
    text: `Parse "" ${sql}, Bind "" "", Describe P "", Execute "" ${rowsMax}${sync ? ', Sync' : ''}`,
    bytes: Buffer.concat([
      encodeParse('', sql, []),
      encodeBind({ portal: '', statement: '', parameterFormats: [], values: [], resultFormats: [] }),
      encodeDescribe('portal', ''),
      encodeExecute('', rowsMax),
      ...(sync ? [SYNC] : []),
    ]),
  }
}

export function randomWalk(random: Random, stepsMax: number): readonly Step[] {
  return Array.from({ length: 1 + random(stepsMax) }, () => randomStep(random))
}
