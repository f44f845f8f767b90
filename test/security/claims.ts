import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { BACKEND, decodeDataRow } from '../../src/protocol/backend.js'
import { SECRET } from '../support/gateway.js'
import type { Arena } from './arena.js'
import { judge, outcomeOf, printReply } from './judge.js'
import type { Score } from './score.js'
import { LOGIN_PARAMETERS, logIn, openWire, queryFrame, type Reply } from './wire.js'

/** One after another; the own rows of each are counted by OWN_COUNTS. */
const QUESTIONS = [
  'Orders',
  'Listed',
  'Casted',
  'Regional',
  'Joined',
  'Users',
  'Items',
  'Events',
  'Ledger',
].map((cube) => ({ cube, bytes: queryFrame(`SELECT count(*), max(id) FROM "${cube}"`) }))
/** Rows of the attacker, and those of nobody, are all that a claim below may reach. */
const OWN_COUNTS: Readonly<Record<string, readonly string[]>> = {
  Orders: ['0', '40'],
  Listed: ['0', '40'],
  Casted: ['0', '40'],
  Regional: ['0', '40'],
  Joined: ['0', '40'],
  Users: ['0', '4'],
  Items: ['0', '40'],
  Events: ['0', '12'],
  Ledger: ['0', '8'],
}

const OWN = '"user_id":3,"company_id":2,"ids":[3,11],"region":"north"'
const own = (name: string, value: string): string =>
  `{${OWN.replace(new RegExp(`"${name}":(\\[[^\\]]*\\]|[^,]+)`), `"${name}":${value}`)}}`

/** Values that are none, are several, or are read as something else by somebody. */
const VALUES = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '""',
  '" "',
  '[]',
  '[[]]',
  '[null]',
  '[3,null]',
  '[[3]]',
  '{}',
  '{"a":3}',
  '"3 OR 1=1"',
  `"3' OR '1'='1"`,
  `"3'::text OR true --"`,
  '"3); SELECT secret FROM public.orders; --"',
  '"0x3"',
  '"3_0"',
  '"03"',
  '" 3"',
  '"3 "',
  '"+3"',
  '"3.0"',
  '"3e0"',
  '3.5',
  '3e400',
  '9007199254740993',
  '"9223372036854775808"',
  '-9223372036854775809',
  '"NaN"',
  '"infinity"',
  '"%"',
  '"_"',
  '"nor%"',
  '"\\\\"',
  '"north\\u0000"',
  '"\\ud800"',
  '"\\ud801"',
  '"３"',
  '"northſ"',
  '"NORTH"',
  '"$1"',
  '"{3,7}"',
  '"{\\"3\\"}"',
  '"constructor"',
  '"__proto__"',
  '["north","\\" OR true"]',
  '"2.orders; DROP SCHEMA public"',
  '"2\\".ledger, tenant_7.\\"ledger"',
  '"pg_catalog"',
  '"3e0"',
  '"-3"',
  '"٣"',
  '"\\u0033"',
  '"3\\u00a0"',
  '"3\\n"',
  '"1e400"',
  '1e99',
  '[3,"7 OR TRUE"]',
  '[3,[7]]',
  '[3,{"a":7}]',
  '["3",3]',
  '"now"',
  '"today"',
  '"null"',
  '"NULL"',
  '"user_id"',
  '"company_id"',
  '"region"',
  '"secret"',
  '"true"',
  '"t"',
  '"\\\\\' OR TRUE --"',
  '"\\ue000claim\\ue0020\\ue001"',
  '"\\ue000part0"',
  '"$$"',
  '"$1::int"',
  '"E\'\\\\x37\'"',
  '"NORTH\\u0130"',
  '"nort\\u02b0"',
  '"tenant_7"',
  '"2_"',
  '"02"',
  '"00000000000000000003"',
  `"${'3'.repeat(100)}"`,
  `"${'north'.repeat(2_000)}"`,
  `[${Array.from({ length: 8_000 }, (_, index) => 100_000 + index).join()},3]`,
] as const

const PAYLOADS: readonly (readonly [string, string])[] = [
  ...['user_id', 'company_id', 'ids', 'region'].flatMap((claim) =>
    VALUES.map((value): readonly [string, string] => [`${claim} ${value}`, own(claim, value)]),
  ),
  ...['3.0', '3E0', '0.3e1', '30e-1'].map((value): readonly [string, string] => [
    `user_id ${value}`,
    own('user_id', value),
  ]),
  ['nothing', '{}'],
  ...['user_id', 'company_id', 'ids', 'region'].map((claim): readonly [string, string] => [
    `no ${claim}`,
    own(claim, 'null').replace(`"${claim}":null`, '"other":1'),
  ]),
  ['a claim twice', `{"user_id":9999,${OWN}}`],
  ['a claim twice, spelt otherwise', `{"user\\u005fid":9999,${OWN}}`],
  ['a claim in other letters', '{"USER_ID":3,"company_id":2}'],
  ['claims of the prototype', `{"__proto__":{"user_id":3,"company_id":2,"ids":[3],"region":"north"}}`],
  ['a prototype beside', `{${OWN},"__proto__":{"groups":["auditor"]}}`],
  ['a constructor', `{${OWN},"constructor":{"prototype":{"groups":["auditor"]}}}`],
  ['a prototype two levels down', `{${OWN},"a":{"b":{"__proto__":{"groups":["auditor"]}}}}`],
  ['a prototype in a list', `{${OWN},"a":[{"__proto__":{"groups":["auditor"]}}]}`],
  ['a prototype spelt otherwise', `{${OWN},"\\u005f_proto__":{"groups":["auditor"]}}`],
  ['a claim named toString', `{${OWN},"toString":"x","valueOf":1,"then":2,"toJSON":3}`],
  ['claims of a namespace that nobody asks for', `{${OWN},"https://cube.example/":{"user_id":7}}`],
  ['a list twice nested', `{${OWN.replace('[3,11]', '[[3,11]]')}}`],
  ['a claim with NUL in its name', `{${OWN},"a\\u0000":1}`],
  ['a claim with half a character in its name', `{${OWN},"\\ud800":1}`],
  ['33 levels', `{${OWN},"a":${'['.repeat(33)}${']'.repeat(33)}}`],
  ['10,000 levels', `{${OWN},"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ['1,000 claims', `{${OWN},${Array.from({ length: 1_000 }, (_, index) => `"c${index}":${index}`).join()}}`],
  ['a number of 1,000 digits', `{${OWN},"a":${'9'.repeat(1_000)}}`],
  ['groups that a prototype gives', `{${OWN},"groups":{"__proto__":["auditor"]}}`],
  ['claims in an object', `{"u":{${OWN}}}`],
  ['claims in a list', `[{${OWN}}]`],
  ['a dotted claim', '{"user.id":3,"company_id":2}'],
  ...[
    '["*"]',
    '["Auditor"]',
    '["auditor "]',
    '[["auditor"]]',
    '{"0":"auditor"}',
    '[null]',
    'true',
    '[{"toString":"auditor"}]',
  ].map((groups): readonly [string, string] => [`groups ${groups}`, `{${OWN},"groups":${groups}}`]),
  ['a payload that is null', 'null'],
  ['a payload that is a text', '"x"'],
  ['a payload that is a number', '3'],
  ['a payload with something after it', `{${OWN}} {"user_id":5}`],
  ['a payload with a mark of order', `\ufeff{${OWN}}`],
  ['a payload with a comment', `{${OWN}/* x */}`],
]

const part = (text: string | Buffer): string => Buffer.from(text).toString('base64url')

function sign(
  header: string | Buffer,
  payload: string,
  { secret = SECRET, hash = 'sha256' }: { readonly secret?: string; readonly hash?: string } = {},
): string {
  const signed = `${part(header)}.${part(payload)}`
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
}

const HS256 = '{"alg":"HS256","typ":"JWT"}'
const LATER = 4_000_000_000
const GOOD = `{${OWN},"exp":${LATER}}`
const good = sign(HS256, GOOD)
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.')

/** The same bytes in another spelling: two bits at the end of a signature of 32 bytes mean nothing. */
function leftOver(token: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + (letters[letters.indexOf(token.at(-1) ?? '') ^ 1] ?? '')
}

/** Tokens that nobody with the secret made for this, or that are no longer, or not yet, any. */
const TOKENS: readonly (readonly [string, string])[] = [
  ['none', `${part('{"alg":"none"}')}.${part(GOOD)}.`],
  ['None with a signature', sign('{"alg":"None"}', GOOD)],
  ['an empty signature', `${goodHeader}.${goodPayload}.`],
  ['no signature', `${goodHeader}.${goodPayload}`],
  ['another secret', sign(HS256, GOOD, { secret: 'other' })],
  ['an empty secret', sign(HS256, GOOD, { secret: '' })],
  ['another hash under the same name', sign(HS256, GOOD, { hash: 'sha512' })],
  ['another payload under the same signature', `${goodHeader}.${part(own('user_id', '7'))}.${goodSignature}`],
  ['a signature cut short', good.slice(0, -6)],
  ['a signature with padding', `${good}=`],
  ['a signature in other letters', `${goodHeader}.${goodPayload}.${goodSignature.toUpperCase()}`],
  ['spaces around', ` ${good} `],
  ['Bearer before it', `Bearer ${good}`],
  ['a line after it', `${good}\n`],
  ['two tokens', `${good}${good}`],
  ['four parts', `${good}.x`],
  ['an encrypted token', `${good}.x.y`],
  ['an asymmetric algorithm', sign('{"alg":"RS256"}', GOOD)],
  ['an algorithm twice', sign('{"alg":"none","alg":"HS256"}', GOOD)],
  ['an algorithm in a list', sign('{"alg":["HS256"]}', GOOD)],
  ['no algorithm', sign('{}', GOOD)],
  ['an algorithm of other letters', sign('{"alg":"hs256"}', GOOD)],
  ['a critical extension', sign('{"alg":"HS256","crit":["x"],"x":1}', GOOD)],
  ['a payload that is not encoded', sign('{"alg":"HS256","b64":false,"crit":["b64"]}', GOOD)],
  ['a key of its own', sign('{"alg":"HS256","jwk":{"kty":"oct","k":"AA"}}', GOOD, { secret: '\0' })],
  ['a key elsewhere', sign('{"alg":"HS256","jku":"http://127.0.0.1:1/","kid":"x"}', GOOD, { secret: 'x' })],
  ['a key in a file', sign('{"alg":"HS256","kid":"../../dev/null"}', GOOD, { secret: '' })],
  ['an expired token', sign(HS256, `{${OWN},"exp":1}`)],
  ['no expiry', sign(HS256, `{${OWN}}`)],
  ['an expiry that is a text', sign(HS256, `{${OWN},"exp":"${LATER}"}`)],
  ['an expiry that is null', sign(HS256, `{${OWN},"exp":null}`)],
  ['an expiry below zero', sign(HS256, `{${OWN},"exp":-${LATER}}`)],
  ['an expiry of 1e20', sign(HS256, `{${OWN},"exp":1e20}`)],
  ['an expiry in a list', sign(HS256, `{${OWN},"exp":[${LATER}]}`)],
  ['an expiry of the prototype', sign(HS256, `{${OWN},"__proto__":{"exp":${LATER}}}`)],
  ['an expiry twice, spelt otherwise', sign(HS256, `{${OWN},"\\u0065xp":1,"exp":${LATER}}`)],
  ['bits left over in the signature', leftOver(good)],
  ['a nested token', sign('{"alg":"HS256","cty":"JWT"}', good)],
  ['a header of the prototype', sign('{"__proto__":{"alg":"HS256"}}', GOOD)],
  [
    'a header 10,000 levels deep',
    sign(`{"alg":"HS256","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, GOOD),
  ],
  [
    'the JSON serialisation',
    JSON.stringify({ protected: goodHeader, payload: goodPayload, signature: goodSignature }),
  ],
  ['a list of tokens', JSON.stringify([good])],
  ['a payload that stands elsewhere', `${goodHeader}..${goodSignature}`],
  ['an expiry beyond numbers', sign(HS256, `{${OWN},"exp":1e400}`)],
  ['an expiry twice', sign(HS256, `{${OWN},"exp":1,"exp":${LATER}}`)],
  ['not yet', sign(HS256, `{${OWN},"exp":${LATER},"nbf":${LATER - 1}}`)],
  ['a start that is a text', sign(HS256, `{${OWN},"exp":${LATER},"nbf":"0"}`)],
  ['a header that is no JSON', sign('HS256', GOOD)],
  ['a header that is a list', sign('["HS256"]', GOOD)],
  ['a header that is no UTF-8', sign(Buffer.from('{"alg":"HS256","x":"\xff"}', 'latin1'), GOOD)],
  ['nothing', ''],
  ['a dot', '.'],
  ['two dots', '..'],
  ['a password', 'secret'],
  ['the secret', SECRET],
  ['a long one', `${'x'.repeat(60_000)}.y.z`],
]

/** Login and every question, on both sides; the answers to the questions are undefined where the login failed. */
async function ask(arena: Arena, password: string): Promise<readonly (readonly Reply[])[]> {
  return Promise.all(
    arena.gateways.map(async (gateway) => {
      const wire = await openWire(gateway)
      try {
        const login = await logIn(wire, LOGIN_PARAMETERS, password)
        const replies: Reply[] = [
          { ...login, frames: login.frames.filter((frame) => frame[0] !== BACKEND.backendKeyData) },
        ]
        if (login.end !== 'ready') return replies
        for (const { bytes } of QUESTIONS) replies.push(await wire.send(bytes))
        return replies
      } finally {
        wire.end()
      }
    }),
  )
}

function strangeCounts([, ...answers]: readonly Reply[]): readonly string[] {
  return answers.flatMap((answer, index) => {
    const cube = QUESTIONS[index]?.cube ?? ''
    const row = answer.frames.find((frame) => frame[0] === BACKEND.dataRow)
    const count = row === undefined ? '0' : String(decodeDataRow(row)[0])
    return OWN_COUNTS[cube]?.includes(count) ? [] : [`${count} rows of ${cube}: ${printReply(answer)}`]
  })
}

const loginParameters = new Set([
  'server_version',
  'server_encoding',
  'client_encoding',
  'integer_datetimes',
  'standard_conforming_strings',
  'is_superuser',
  'session_authorization',
  'in_hot_standby',
  'default_transaction_read_only',
  'search_path',
  'scram_iterations',
])
const aboutLogin = (violation: string): boolean =>
  [...loginParameters].some((name) =>
    violation.startsWith(`a parameter of the upstream: B ParameterStatus ${name}=`),
  )

export function describeClaims(arena: () => Arena, score: Score): void {
  describe('claims', () => {
    test.each(PAYLOADS)('%s', async (name, payload) => {
      const body = payload.startsWith('{')
        ? payload.replace('{', `{"exp":${LATER},`).replace(',}', '}')
        : payload
      const [a = [], b = []] = await ask(arena(), sign(HS256, body))
      const violations = [...judge([], a, b).filter((one) => !aboutLogin(one)), ...strangeCounts(a)]
      score.add('claims', name, outcomeOf(a), violations.length)
      expect(violations).toEqual([])
    })
  })

  describe('tokens', () => {
    test.each(TOKENS)('%s is refused', async (name, password) => {
      const [a = [], b = []] = await ask(arena(), password)
      const violations = judge([], a, b).filter((one) => !aboutLogin(one))
      score.add('tokens', name, outcomeOf(a), violations.length)
      expect(violations).toEqual([])
      expect(a[0]?.end).toBe('closed')
    })
    test('the token of the others is good', async () => {
      const [a = []] = await ask(arena(), good)
      expect(a[0]?.end).toBe('ready')
      expect(strangeCounts(a)).toEqual([])
    })
  })
}
