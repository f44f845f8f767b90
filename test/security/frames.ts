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
import { extendedFrames, passwordMessage, queryFrame, startupPacket } from './wire.js'

/** Bytes that a session may be sent after its login. */
export interface RawCase {
  readonly name: string
  readonly bytes: Buffer
  /** The bytes announce more than they bring: nothing can come back. */
  readonly waits?: true
}

const OWN_SQL = 'SELECT count(*) FROM "Orders"'
const BASE_SQL = 'SELECT secret FROM public.all_orders'
const all = (...frames: readonly Buffer[]): Buffer => Buffer.concat([...frames])
const parse = (sql: string, name = '', oids: readonly number[] = []): Buffer => encodeParse(name, sql, oids)
const bind = (
  statement = '',
  portal = '',
  values: readonly (Buffer | null)[] = [],
  resultFormats: readonly (0 | 1)[] = [],
): Buffer => encodeBind({ portal, statement, parameterFormats: [], values, resultFormats })
const text = (value: string): Buffer => Buffer.from(value, 'utf8')
const raw = (type: string, length: number, body: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from(type, 'latin1'), int32(length), body])
const functionCall = (oid: number, ...args: readonly string[]): Buffer =>
  encodeMessage('F', [
    int32(oid),
    int16(0),
    int16(args.length),
    ...args.flatMap((arg) => [int32(arg.length), text(arg)]),
    int16(0),
  ])

/** OIDs of functions that dump, set, create, sleep, and of those that harm nobody. */
const FUNCTION_OIDS = [2924, 2078, 957, 2626, 764, 2096, 2623, 870, 1598, 0, -1, 999_999]
/** regclass, regproc, regtype, regrole, oid, name, xml, record, cstring, unknown, anyelement, xid, a type of the upstream, nothing. */
const PARAMETER_OIDS = [
  2205, 24, 2206, 4096, 26, 19, 142, 2249, 2275, 705, 2283, 28, 16_385, 0, 4_294_967_295,
]

export const RAW_CASES: readonly RawCase[] = [
  ...FUNCTION_OIDS.map((oid) => ({
    name: `FunctionCall ${oid}`,
    bytes: functionCall(oid, 'SELECT * FROM public.orders'),
  })),
  {
    name: 'FunctionCall inside a batch',
    bytes: all(parse(OWN_SQL), functionCall(2078), bind(), encodeExecute('', 0)),
  },
  ...PARAMETER_OIDS.map((oid) => ({
    name: `Parse with a parameter of type ${oid}`,
    bytes: all(
      parse('SELECT $1', '', [oid]),
      encodeDescribe('statement', ''),
      bind('', '', [text('public.orders')]),
      encodeExecute('', 0),
    ),
  })),
  ...['nosuch', 's', 'S_1', '_pg3_0', 'rowgate_1', '<unnamed>', 'p1', 's1', '0', 'a'].flatMap((name) => [
    { name: `Bind of the statement ${name}, never made`, bytes: all(bind(name), encodeExecute('', 0)) },
    { name: `Describe of the statement ${name}, never made`, bytes: encodeDescribe('statement', name) },
    { name: `Execute of the portal ${name}, never made`, bytes: encodeExecute(name, 0) },
    { name: `Describe of the portal ${name}, never made`, bytes: encodeDescribe('portal', name) },
    {
      name: `Close of ${name}, never made`,
      bytes: all(encodeClose('statement', name), encodeClose('portal', name)),
    },
  ]),
  { name: 'Execute of the unnamed portal, never made', bytes: encodeExecute('', 0) },
  { name: 'Bind of the unnamed statement, never made', bytes: bind() },
  {
    name: 'two statements prepared, the second run',
    bytes: all(parse(OWN_SQL, 'a'), parse(BASE_SQL, 'b'), bind('b'), encodeExecute('', 0)),
  },
  {
    name: 'a statement replaced by another of its name',
    bytes: all(
      parse(OWN_SQL, 'a'),
      encodeClose('statement', 'a'),
      parse(BASE_SQL, 'a'),
      bind('a'),
      encodeExecute('', 0),
    ),
  },
  {
    name: 'the unnamed statement replaced between Bind and Execute',
    bytes: all(parse(OWN_SQL), bind('', 'p'), parse(BASE_SQL), encodeExecute('p', 0)),
  },
  { name: 'a name taken twice', bytes: all(parse(OWN_SQL, 'a'), parse('SELECT 1', 'a')) },
  { name: 'a portal taken twice', bytes: all(parse(OWN_SQL), bind('', 'p'), bind('', 'p')) },
  {
    name: 'an error, then more before Sync',
    bytes: all(
      parse('SELECT 1 / 0'),
      bind(),
      encodeExecute('', 0),
      parse(BASE_SQL),
      bind(),
      encodeExecute('', 0),
    ),
  },
  { name: 'a Query between an error and Sync', bytes: all(encodeExecute('x', 0), queryFrame(BASE_SQL)) },
  {
    name: 'a Query while a batch is open',
    bytes: all(parse(OWN_SQL), bind(), queryFrame(OWN_SQL), encodeExecute('', 0)),
  },
  { name: 'two Queries in one segment', bytes: all(queryFrame(OWN_SQL), queryFrame(BASE_SQL)) },
  { name: 'three Syncs', bytes: all(SYNC, SYNC, SYNC) },
  { name: 'Flush alone', bytes: FLUSH },
  {
    name: 'Flush in the middle',
    bytes: all(parse(OWN_SQL), FLUSH, bind(), FLUSH, encodeExecute('', 0), FLUSH),
  },
  {
    name: 'rows in portions',
    bytes: all(
      parse('SELECT id, secret FROM "Orders" ORDER BY id'),
      bind('', 'p'),
      encodeExecute('p', 3),
      encodeExecute('p', 5),
      encodeExecute('p', 0),
      encodeExecute('p', 1),
    ),
  },
  {
    name: 'a portal after its transaction',
    bytes: all(parse(OWN_SQL), bind('', 'p'), encodeExecute('p', 0), SYNC, encodeExecute('p', 0)),
  },
  {
    name: 'a portal that FETCH reads',
    bytes: all(
      queryFrame('BEGIN'),
      parse('SELECT id FROM "Orders"'),
      bind('', 'p'),
      SYNC,
      queryFrame('FETCH 2 FROM p'),
      queryFrame('ROLLBACK'),
    ),
  },
  {
    name: 'a cursor that Execute reads',
    bytes: all(
      queryFrame('BEGIN; DECLARE c CURSOR FOR SELECT id FROM "Orders" ORDER BY id'),
      encodeExecute('c', 2),
      SYNC,
      queryFrame('ROLLBACK'),
    ),
  },
  {
    name: 'PREPARE, then Bind',
    bytes: all(queryFrame(`PREPARE q AS ${OWN_SQL}`), bind('q'), encodeExecute('', 0)),
  },
  { name: 'Parse, then EXECUTE', bytes: all(parse(OWN_SQL, 'q'), SYNC, queryFrame('EXECUTE q')) },
  {
    name: 'Parse of two statements',
    bytes: all(parse(`${OWN_SQL}; ${BASE_SQL}`), bind(), encodeExecute('', 0)),
  },
  {
    name: 'Parse of nothing',
    bytes: all(parse(''), bind(), encodeDescribe('portal', ''), encodeExecute('', 0)),
  },
  {
    name: 'a statement with quotes in its name',
    bytes: all(parse(OWN_SQL, 'a"; DROP TABLE x; --'), bind('a"; DROP TABLE x; --'), encodeExecute('', 0)),
  },
  {
    name: 'a very long name',
    bytes: all(parse(OWN_SQL, 'n'.repeat(5_000)), bind('n'.repeat(5_000)), encodeExecute('', 0)),
  },
  {
    name: 'too few parameters',
    bytes: all(parse('SELECT id FROM "Orders" WHERE id = $1'), bind('', '', []), encodeExecute('', 0)),
  },
  {
    name: 'a parameter more, where the claims are',
    bytes: all(
      parse('SELECT count(*) FROM "Orders" WHERE id > $1', '', [23]),
      encodeDescribe('statement', ''),
      bind('', '', [text('0'), text('7')]),
      encodeExecute('', 0),
    ),
  },
  {
    name: 'a parameter number where the claims are',
    bytes: all(
      parse('SELECT count(*), $2::int FROM "Orders"', '', [23, 23]),
      bind('', '', [text('7'), text('7')]),
      encodeExecute('', 0),
    ),
  },
  {
    name: 'the highest parameter number',
    bytes: all(parse('SELECT $65535::int'), bind('', '', [null]), encodeExecute('', 0)),
  },
  {
    name: 'a parameter that negates',
    bytes: all(
      parse('SELECT id FROM "Orders" WHERE id > 38 AND -$1::int < 0 ORDER BY 1'),
      bind('', '', [text('-1')]),
      encodeExecute('', 0),
    ),
  },
  {
    name: 'a binary parameter of a wrong length',
    bytes: all(
      parse('SELECT $1::int4'),
      encodeBind({
        portal: '',
        statement: '',
        parameterFormats: [1],
        values: [text('123')],
        resultFormats: [1],
      }),
      encodeExecute('', 0),
    ),
  },
  {
    name: 'a parameter that is no UTF-8',
    bytes: all(parse('SELECT $1::text'), bind('', '', [Buffer.from([0xff])]), encodeExecute('', 0)),
  },
  {
    name: 'a parameter with NUL',
    bytes: all(parse('SELECT $1::text'), bind('', '', [Buffer.from([65, 0, 66])]), encodeExecute('', 0)),
  },
  {
    name: 'more formats than columns',
    bytes: all(parse(OWN_SQL), bind('', '', [], [0, 1, 0]), encodeExecute('', 0)),
  },
  {
    name: 'a format that is none',
    bytes: all(
      parse(OWN_SQL),
      encodeMessage('B', [cstring(''), cstring(''), int16(1), int16(7), int16(0), int16(0)]),
    ),
  },
  {
    name: 'counts beyond the message, Parse',
    bytes: encodeMessage('P', [cstring(''), cstring(OWN_SQL), int16(9_999)]),
  },
  {
    name: 'counts beyond the message, Bind',
    bytes: all(parse(OWN_SQL), encodeMessage('B', [cstring(''), cstring(''), int16(0), int16(32_767)])),
  },
  {
    name: 'a value of a negative length',
    bytes: all(
      parse('SELECT $1::text'),
      encodeMessage('B', [cstring(''), cstring(''), int16(0), int16(1), int32(-2), int16(0)]),
    ),
  },
  {
    name: 'a value longer than the message',
    bytes: all(
      parse('SELECT $1::text'),
      encodeMessage('B', [cstring(''), cstring(''), int16(0), int16(1), int32(2_147_483_647), int16(0)]),
    ),
  },
  { name: 'a Query without an end', bytes: encodeMessage('Q', [text(OWN_SQL)]) },
  {
    name: 'a Query with something after its end',
    bytes: encodeMessage('Q', [cstring('SELECT 1'), cstring(BASE_SQL)]),
  },
  {
    name: 'a Parse with something after its end',
    bytes: encodeMessage('P', [cstring(''), cstring(OWN_SQL), int16(0), cstring(BASE_SQL)]),
  },
  { name: 'an empty Query message', bytes: raw('Q', 4) },
  { name: 'a length below four', bytes: raw('Q', 3, Buffer.alloc(8)) },
  { name: 'a length of nothing', bytes: raw('Q', 0, Buffer.alloc(8)) },
  { name: 'a negative length', bytes: raw('Q', -1, Buffer.alloc(8)) },
  { name: 'a length of two gigabytes', bytes: raw('Q', 2_147_483_647, Buffer.alloc(64)) },
  { name: 'a long Sync', bytes: raw('S', 12_000, Buffer.alloc(12_000)) },
  { name: 'a message that does not come whole', bytes: raw('Q', 400, text('SELECT')), waits: true },
  { name: 'half a header', bytes: Buffer.from('Q\0\0'), waits: true },
  { name: 'a type that does not exist', bytes: raw('z', 4) },
  { name: 'a type that only servers send', bytes: raw('R', 8, int32(0)) },
  { name: 'NUL as a type', bytes: raw('\0', 4) },
  { name: 'a second StartupMessage', bytes: startupPacket([['user', 'bob']]) },
  { name: 'SSLRequest after the login', bytes: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]) },
  { name: 'a second password', bytes: passwordMessage('x') },
  { name: 'a second password inside a batch', bytes: all(parse(OWN_SQL), passwordMessage('x')) },
  { name: 'CopyData without COPY', bytes: encodeMessage('d', [text('1\n')]) },
  { name: 'CopyDone without COPY', bytes: encodeMessage('c', []) },
  { name: 'CopyFail without COPY', bytes: encodeMessage('f', [cstring('x')]) },
  {
    name: 'COPY FROM and its data',
    bytes: all(
      queryFrame('COPY orders FROM STDIN'),
      encodeMessage('d', [text('1\n')]),
      encodeMessage('c', []),
    ),
  },
  {
    name: 'COPY TO in the extended protocol',
    bytes: extendedFrames('COPY (SELECT id FROM "Users" ORDER BY 1) TO STDOUT'),
  },
  { name: 'Terminate, then a Query', bytes: all(raw('X', 4), queryFrame(BASE_SQL)) },
  { name: 'Describe of a kind that is none', bytes: encodeMessage('D', [text('X'), cstring('')]) },
  { name: 'Close of a kind that is none', bytes: encodeMessage('C', [text('X'), cstring('')]) },
  { name: 'Execute with a negative count', bytes: all(parse(OWN_SQL), bind(), encodeExecute('', -1)) },
  { name: 'a NUL byte for a name', bytes: encodeMessage('D', [text('S'), Buffer.from([0, 0])]) },
  { name: 'a name that is no UTF-8', bytes: encodeMessage('D', [text('S'), Buffer.from([0xff, 0])]) },
  { name: 'HTTP', bytes: text('GET / HTTP/1.1\r\nHost: x\r\n\r\n') },
  {
    name: 'a Query of one gigabyte in its header, then another',
    bytes: all(raw('Q', 1_073_741_824), queryFrame(OWN_SQL)),
  },
  {
    name: 'many small messages',
    bytes: all(...Array.from({ length: 300 }, () => all(parse('SELECT 1'), bind(), encodeExecute('', 0)))),
  },
  {
    name: 'many Closes',
    bytes: all(...Array.from({ length: 500 }, (_, index) => encodeClose('statement', `s${index}`))),
  },
]

/** Parameters of a StartupMessage that must not take effect, or end the login. */
export const STARTUPS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  ['search_path in options', [['options', '-c search_path=public']]],
  ['scs in options', [['options', '-c standard_conforming_strings=off']]],
  ['several options', [['options', '-c search_path=evil_schema -c role=postgres --work-mem=1GB']]],
  [
    'options with escapes',
    [['options', '-c\\ search_path=public -csearch_path=public --search-path=backroom']],
  ],
  ['row_security in options', [['options', '-c row_security=off -c session_replication_role=replica']]],
  ['a read-write default', [['options', '-c default_transaction_read_only=off']]],
  ['search_path', [['search_path', 'backroom, public']]],
  ['standard_conforming_strings', [['standard_conforming_strings', 'off']]],
  ['role', [['role', 'postgres']]],
  ['session_authorization', [['session_authorization', 'postgres']]],
  ['statement_timeout', [['statement_timeout', '0']]],
  ['a custom setting', [['app.user_id', '7']]],
  ['a setting that does not exist', [['nosuch', '1']]],
  ['shared_preload_libraries', [['local_preload_libraries', 'x']]],
  ...['SJIS', 'BIG5', 'GBK', 'LATIN1', 'SQL_ASCII', 'utf8', 'UNICODE'].map(
    (encoding): readonly [string, readonly (readonly [string, string])[]] => [
      `client_encoding ${encoding}`,
      [['client_encoding', encoding]],
    ],
  ),
  ['replication', [['replication', 'database']]],
  ['replication, true', [['replication', 'true']]],
  ['TimeZone', [['TimeZone', 'Asia/Tokyo']]],
  ['a TimeZone that is none', [['TimeZone', `x', 'y`]]],
  ['DateStyle', [['DateStyle', 'German']]],
  ['application_name with a line', [['application_name', 'a\nb"; DROP TABLE x']]],
  ['an extension of the protocol', [['_pq_.x', '1']]],
  ['the database twice', [['database', 'upstream_alpha']]],
  ['the user twice', [['user', 'postgres']]],
]

/** First packets that are none, too short, or ask for something else; nobody is logged in after them. */
export const FIRST_PACKETS: readonly (readonly [string, Buffer])[] = [
  ['SSLRequest', Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])],
  [
    'SSLRequest with a StartupMessage behind it',
    all(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), startupPacket([['user', 'ann']])),
  ],
  ['SSLRequest twice', Buffer.from([0, 0, 0, 8, 4, 210, 22, 47, 0, 0, 0, 8, 4, 210, 22, 47])],
  ['GSSENCRequest', Buffer.from([0, 0, 0, 8, 4, 210, 22, 48])],
  ['CancelRequest for nobody', Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 0])],
  ['a short CancelRequest', Buffer.from([0, 0, 0, 9, 4, 210, 22, 46, 0])],
  ['a ClientHello', Buffer.from([22, 3, 1, 0, 5, 1, 0, 0, 1, 0])],
  ['protocol 2', all(int32(8), int32(0x0002_0000))],
  ['protocol 3.9', startupPacket([['user', 'ann']], 0x0003_0009)],
  ['protocol 4', startupPacket([['user', 'ann']], 0x0004_0000)],
  ['no user', startupPacket([])],
  ['an empty user', startupPacket([['user', '']])],
  ['no end', all(int32(13), int32(0x0003_0000), text('user\0'))],
  ['a name without a value', all(int32(14), int32(0x0003_0000), text('user\0\0'))],
  ['a length below eight', int32(4)],
  ['a negative length', int32(-5)],
  ['a length of two gigabytes', all(int32(2_147_483_647), Buffer.alloc(16))],
  ['a Query at once', queryFrame('SELECT 1')],
  ['HTTP', text('GET / HTTP/1.1\r\n\r\n')],
  ['a Query instead of the password', all(startupPacket([['user', 'ann']]), queryFrame(BASE_SQL))],
  ['a long password', all(startupPacket([['user', 'ann']]), raw('p', 70_000))],
  ['an empty password', all(startupPacket([['user', 'ann']]), passwordMessage(''))],
  [
    'a password with a Query behind it',
    all(startupPacket([['user', 'ann']]), passwordMessage('x'), queryFrame(BASE_SQL)),
  ],
]
