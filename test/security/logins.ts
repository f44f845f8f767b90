import { startupPacket } from './wire.js'

type Parameters = readonly (readonly [string, string])[]

/** Names of users that mean something to Postgres, to SQL or to somebody's eyes; a token says who somebody is, and they do not. */
const USERS = [
  'postgres',
  'rowgate',
  'pg_read_all_data',
  'pg_monitor',
  'none',
  'public',
  'default',
  'current_user',
  'session_user',
  '$user',
  'reference',
  `a"b'c\\`,
  'a\nb',
  ' ',
  '\u202etenant',
  '\u00fc'.repeat(40),
  'x'.repeat(63),
  'x'.repeat(64),
  'y'.repeat(9_000),
  '3',
  '{"user_id":7}',
]
const REPLICATIONS = ['database', 'true', 'yes', '1', 'on', 'TRUE', 't', '2', 'false', 'off', '0', 'no', '']
const OPTIONS = [
  '-c role=postgres',
  '-crole=postgres',
  '--role=postgres',
  '-c session_authorization=postgres',
  '-c search\\_path=public',
  '--search-path=backroom,public',
  '--search_path=backroom',
  '-c  search_path=public',
  '-c',
  '-c =',
  '-c x',
  '\\',
  '\\\\ -c role=postgres',
  '-c row_security=off',
  '-c transform_null_equals=on',
  '-c standard_conforming_strings=off',
  '-c client_encoding=SJIS',
  '-c default_transaction_read_only=off',
  '-c statement_timeout=1',
  '-c DateStyle=German -c DateStyle=nonsense',
  '-c TimeZone=../../etc/passwd',
  `-c TimeZone='x';SELECT`,
  '-d upstream_beta',
  '-P -O -f n',
  '-c application_name=\\ \\ x',
  '-c app.user_id=7 -c request.jwt.claims={}',
]
const DATABASES = [
  'DB',
  'db ',
  'db\n',
  'postgres',
  'upstream_beta',
  'd'.repeat(63),
  'd'.repeat(64),
  '"db"',
  'template0',
]

/** Start-up parameters by the rule: whatever they say, the token decides. */
export const GENERATED_STARTUPS: readonly (readonly [string, Parameters])[] = [
  ...USERS.map(
    (user, index) => [`user ${index + 1}, ${JSON.stringify(user.slice(0, 20))}`, [['user', user]]] as const,
  ),
  ...REPLICATIONS.map((value) => [`replication ${JSON.stringify(value)}`, [['replication', value]]] as const),
  ...OPTIONS.map((options) => [`options ${options}`, [['options', options]]] as const),
  ...DATABASES.map((database) => [`database ${JSON.stringify(database)}`, [['database', database]]] as const),
  ['many parameters of its own', Array.from({ length: 400 }, (_, index) => [`app.p${index}`, 'x'] as const)],
  [
    'options of the protocol, by the hundred',
    Array.from({ length: 100 }, (_, index) => [`_pq_.p${index}`, '1'] as const),
  ],
  [
    'a parameter in other letters',
    [
      ['ROLE', 'postgres'],
      ['Search_Path', 'backroom'],
      ['CLIENT_ENCODING', 'SJIS'],
    ],
  ],
]

const TLS = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const GSS = Buffer.from([0, 0, 0, 8, 4, 210, 22, 48])
const start = (version: number): Buffer =>
  startupPacket(
    [
      ['user', 'ann'],
      ['database', 'db'],
    ],
    version,
  )

/** First packets by the rule: versions, requests in any order, lengths. */
export const GENERATED_FIRST_PACKETS: readonly (readonly [string, Buffer])[] = [
  ...[
    0, 1, 0x0001_0000, 0x0002_0000, 0x0003_0001, 0x0003_0002, 0x0003_0003, 0x0003_ffff, 0x0004_0000,
    0x7fff_ffff,
  ].map((version) => [`the version 0x${version.toString(16)}`, start(version)] as const),
  ...[
    [TLS, GSS],
    [GSS, TLS],
    [GSS, GSS],
    [TLS, TLS],
    [GSS, TLS, GSS],
    [TLS, start(0x0003_0000)],
    [GSS, start(0x0003_0000)],
    [GSS, TLS, start(0x0003_0002)],
    [start(0x0003_0000), TLS],
    [start(0x0003_0000), start(0x0003_0000)],
  ].map((packets, index) => [`requests in the order ${index + 1}`, Buffer.concat(packets)] as const),
  ...[0, 1, 7, 8, 9_999, 10_004, 10_005, 65_536].map((length) => {
    const packet = Buffer.alloc(Math.max(length, 8), 'a')
    packet.writeInt32BE(length, 0)
    packet.writeInt32BE(0x0003_0000, 4)
    return [`a packet of ${length} bytes without an end`, packet] as const
  }),
]
