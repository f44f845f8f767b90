import { FRONTEND } from '../../src/protocol/frontend.js'
import {
  encodeBind,
  encodeClose,
  encodeDescribe,
  encodeExecute,
  encodeParse,
  FLUSH,
  SYNC,
} from '../../src/protocol/request.js'
import { cstring, encodeMessage, int16, int32 } from '../../src/protocol/writer.js'
import type { RawCase } from './frames.js'
import { passwordMessage, queryFrame } from './wire.js'

const all = (...frames: readonly Buffer[]): Buffer => Buffer.concat(frames)
const header = (type: number, length: number): Buffer => all(Buffer.from([type]), int32(length))
const bind = (portal: string, statement: string, values: readonly (Buffer | null)[] = []): Buffer =>
  encodeBind({ portal, statement, parameterFormats: [], values, resultFormats: [] })
const ROWS = 'SELECT id, secret FROM "Orders" ORDER BY id'
const PREPARED = encodeParse('s', ROWS, [])

const KNOWN = Object.entries(FRONTEND)
const isKnown = (type: number): boolean => KNOWN.some(([, known]) => known === type)

const TYPES: readonly RawCase[] = Array.from({ length: 256 }, (_, type) => type)
  .filter((type) => !isKnown(type))
  .map((type) => ({
    name: `the type 0x${type.toString(16).padStart(2, '0')}`,
    bytes: all(header(type, 8), int32(0), queryFrame(ROWS)),
  }))

const LENGTHS: readonly RawCase[] = KNOWN.flatMap(([name, type]) =>
  [0, 1, 2, 3, -1, -4, -2_147_483_648, 1_073_741_824, 2_147_483_647].map((length) => ({
    name: `${name} of the length ${length}`,
    bytes: all(header(type, length), Buffer.alloc(16), queryFrame(ROWS)),
  })),
)

const BODIES: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['a NUL', Buffer.alloc(1)],
  ['many NULs', Buffer.alloc(64)],
  ['a text without an end', Buffer.from('orders')],
  ['bytes 0xff', Buffer.alloc(24, 0xff)],
  ['a text and more', all(cstring(''), cstring(ROWS), int16(0), int16(0), int16(0), int32(7))],
  ['counts of 65,535', all(cstring(''), cstring(''), Buffer.alloc(6, 0xff))],
]
const MALFORMED: readonly RawCase[] = KNOWN.flatMap(([name, type]) =>
  BODIES.map(([what, body]) => ({
    name: `${name} with ${what}`,
    bytes: all(PREPARED, header(type, 4 + body.length), body, bind('', 's'), encodeExecute('', 1)),
  })),
)

/** How a session may stand when something comes that it did not wait for. */
const STATES: readonly (readonly [string, Buffer])[] = [
  ['in a block', queryFrame('BEGIN; SELECT id FROM "Orders" LIMIT 1')],
  ['in a failed block', queryFrame('BEGIN; SELECT 1 / 0')],
  ['behind an error that no Sync ended', all(PREPARED, encodeExecute('never', 0))],
  ['in an open pipeline', all(PREPARED, bind('p', 's'), encodeExecute('p', 0))],
  ['behind rows that are left', all(PREPARED, bind('p', 's'), encodeExecute('p', 2), FLUSH)],
  [
    'behind rows that are left in a block',
    all(queryFrame('BEGIN'), PREPARED, bind('p', 's'), encodeExecute('p', 2), SYNC),
  ],
  [
    'with a held cursor',
    queryFrame('DECLARE h CURSOR WITH HOLD FOR SELECT secret FROM "Orders" ORDER BY id LIMIT 3'),
  ],
  ['behind a savepoint that was gone back to', queryFrame('BEGIN; SAVEPOINT a; SELECT 1 / 0; SELECT 2')],
  ['behind a COPY that was refused', queryFrame('COPY "Orders" FROM STDIN')],
  ['in a pipeline that says BEGIN', all(encodeParse('', 'BEGIN', []), bind('', ''), encodeExecute('', 0))],
  ['behind a catalog question', queryFrame('SELECT count(*) FROM pg_class')],
]
const MESSAGES: readonly (readonly [string, Buffer])[] = [
  ['Query', queryFrame('SELECT count(*), min(secret) FROM "Orders"')],
  ['an empty Query', queryFrame('')],
  ['a Query of several', queryFrame('SELECT 1; ROLLBACK TO a; SELECT secret FROM "Orders" LIMIT 1')],
  ['Parse', encodeParse('t', ROWS, [])],
  ['Parse of a name that is taken', encodeParse('s', 'SELECT 1', [])],
  ['Bind', bind('q', 's')],
  ['Bind of a portal that is taken', bind('p', 's')],
  ['Bind of the cursor', bind('h', 's')],
  ['Execute', encodeExecute('p', 1)],
  ['Execute of the cursor', encodeExecute('h', 1)],
  ['Describe of a portal', encodeDescribe('portal', 'p')],
  ['Describe of the cursor', encodeDescribe('portal', 'h')],
  ['Describe of a statement', encodeDescribe('statement', 's')],
  ['Close of a portal', encodeClose('portal', 'p')],
  ['Close of a statement, then Execute', all(encodeClose('statement', 's'), encodeExecute('p', 1))],
  ['Close of the cursor, then FETCH', all(encodeClose('portal', 'h'), SYNC, queryFrame('FETCH h'))],
  ['FETCH', queryFrame('FETCH ALL FROM p')],
  ['FETCH of the cursor', queryFrame('FETCH ALL FROM h')],
  ['Flush', FLUSH],
  ['Sync', SYNC],
  ['FunctionCall', encodeMessage('F', [int32(2078), int16(0), int16(0), int16(0)])],
  ['CopyData', encodeMessage('d', [Buffer.from('1\tx\n')])],
  ['CopyDone', encodeMessage('c', [])],
  ['CopyFail', encodeMessage('f', [cstring('no')])],
  ['a password', passwordMessage('x')],
  ['DISCARD ALL', queryFrame('DISCARD ALL')],
  ['Terminate', all(encodeMessage('X', []), queryFrame(ROWS))],
]
const IN_STATES: readonly RawCase[] = STATES.flatMap(([state, before]) =>
  MESSAGES.map(([name, message]) => ({ name: `${name} ${state}`, bytes: all(before, message) })),
)

const NAMES = [
  '_rowgate',
  'rowgate_1',
  'ROWGATE_1',
  '"_rowgate"',
  `a'; SELECT secret FROM public.orders; --`,
  '\\',
  ' ',
  '\u00a0',
  '\ud83d\ude00',
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(9_000),
]
const NAMED: readonly RawCase[] = NAMES.flatMap((name) => {
  const shown = name.length > 40 ? `${name.slice(0, 8)}… of ${name.length} characters` : JSON.stringify(name)
  const quoted = `"${name.replaceAll('"', '""')}"`
  return [
    {
      name: `a statement and a portal named ${shown}`,
      bytes: all(
        encodeParse(name, ROWS, []),
        bind(name, name),
        encodeExecute(name, 1),
        encodeExecute(name, 2),
      ),
    },
    {
      name: `SQL about what is named ${shown}`,
      bytes: queryFrame(
        `BEGIN; SELECT 1; DECLARE ${quoted} CURSOR FOR ${ROWS}; FETCH 1 FROM ${quoted}; CLOSE ${quoted}; COMMIT`,
      ),
    },
    {
      name: `what is named ${shown} and was never made`,
      bytes: all(
        queryFrame('BEGIN; SELECT 1'),
        queryFrame(`SAVEPOINT a; FETCH ALL FROM ${quoted}`),
        queryFrame(`ROLLBACK TO a; CLOSE ${quoted}`),
        queryFrame('ROLLBACK TO a'),
        encodeExecute(name, 0),
        SYNC,
        encodeDescribe('portal', name),
        SYNC,
        queryFrame('ROLLBACK'),
      ),
    },
  ]
})

/** A Bind by its counts: parameter formats, values, result formats. */
function boundBy(
  formats: readonly number[],
  values: readonly (number | string)[],
  results: readonly number[],
): Buffer {
  return encodeMessage('B', [
    cstring(''),
    cstring(''),
    int16(formats.length),
    ...formats.map((format) => int16(format & 0xffff)),
    int16(values.length),
    ...values.flatMap((value) =>
      typeof value === 'number' ? [int32(value)] : [int32(value.length), Buffer.from(value)],
    ),
    int16(results.length),
    ...results.map((format) => int16(format & 0xffff)),
  ])
}
const BINDS: readonly (readonly [string, Buffer])[] = [
  ['no values', boundBy([], [], [])],
  ['two values', boundBy([], ['1', '2'], [])],
  ['the value of the claim', boundBy([], ['1', '7'], [])],
  ['a value of the length -2', boundBy([], [-2], [])],
  ['a value of the least length', boundBy([], [-2_147_483_648], [])],
  ['NULL', boundBy([], [-1], [])],
  ['two formats for one value', boundBy([0, 1], ['1'], [])],
  ['the format 2', boundBy([2], ['1'], [])],
  ['the format -1', boundBy([-1], ['1'], [])],
  ['the result format 2', boundBy([], ['1'], [2])],
  ['the result format -1', boundBy([], ['1'], [-1])],
  ['two result formats', boundBy([], ['1'], [0, 1])],
  ['three result formats', boundBy([], ['1'], [0, 1, 0])],
  ['as many result formats as there can be', boundBy([], ['1'], Array(65_535).fill(0))],
  ['a text as a number in binary', boundBy([1], ['12345'], [])],
  ['a number in binary', boundBy([1], ['\0\0\0\x05'], [1])],
  ['an empty value', boundBy([], [''], [])],
]
const BOUND: readonly RawCase[] = BINDS.map(([name, message]) => ({
  name: `Bind with ${name}`,
  bytes: all(
    encodeParse('', 'SELECT id, secret FROM "Orders" WHERE id < $1 ORDER BY id', [23]),
    message,
    encodeDescribe('portal', ''),
    encodeExecute('', 0),
  ),
}))

/** Messages by the rule and not by hand: every type, every length, every message in every state. */
export const GENERATED_CASES: readonly RawCase[] = [
  ...TYPES,
  ...LENGTHS,
  ...MALFORMED,
  ...IN_STATES,
  ...NAMED,
  ...BOUND,
]
