import { expect, test } from 'vitest'
import { canonicalText } from './auth/security-context.js'
import { createVerifier } from './auth/verify.js'
import { type Environment, loadConfig } from './config.js'
import { parseDuration } from './duration.js'
import { DiagnosticsError } from './errors.js'
import { createToken } from './token.js'

const NOW_MS = 1_800_000_000_000
const SECRET = '0123456789abcdef0123456789abcdef'

const create = (environment: Environment, claimsText = '{}', expiresIn = '1h'): Promise<string> =>
  createToken({ claimsText, expiresIn, environment, nowMs: NOW_MS })

const environments: readonly Environment[] = [
  { CUBEJS_API_SECRET: SECRET },
  { CUBEJS_JWT_KEY: SECRET },
  { CUBEJS_API_SECRET: '', CUBEJS_API_SECRETS: `${SECRET}, other` },
  { CUBEJS_API_SECRET: SECRET, CUBEJS_JWT_CLAIMS_NAMESPACE: 'https://x/' },
  { CUBEJS_API_SECRET: SECRET, CUBEJS_JWT_ISSUER: 'a,b', CUBEJS_JWT_AUDIENCE: 'c', CUBEJS_JWT_SUBJECT: 'd' },
]
test.each(environments)('a gateway in the same environment accepts it: %j', async (environment) => {
  const token = await create(environment, '{"user_id":9007199254740993,"__proto__":1}')
  const { auth } = loadConfig({ projectDir: 'project', environment, needsSecret: true })
  const verified = await createVerifier(auth, { observe: () => {}, nowMs: () => NOW_MS })(token)
  expect(canonicalText(verified.claims)).toContain('"user_id":9007199254740993n')
  expect(canonicalText(verified.claims)).toContain('"__proto__":1')
  expect(verified.expiresAtMs).toBe(NOW_MS + 3_600_000)
})

test('every problem is reported at once', async () => {
  const error: unknown = await create({}, '{a:1}', '1 hour').catch((thrown: unknown) => thrown)
  if (!(error instanceof DiagnosticsError)) throw error
  expect(error.diagnostics.map(({ file, message }) => `${file} ${message}`)).toEqual([
    'CUBEJS_API_SECRET is missing',
    '--claims expected " at character 1',
    '--expires-in "1 hour" is no duration',
  ])
})

test.each(['[]', '1', 'null', '"x"', '', '{"a":1,"a":2}'])('claims that are no object: %s', async (text) => {
  await expect(create({ CUBEJS_API_SECRET: SECRET }, text)).rejects.toThrow('--claims')
})

test.each([
  ['90s', 90],
  ['15m', 900],
  ['1h', 3_600],
  ['7d', 604_800],
  ['3650d', 315_360_000],
  ['3651d', undefined],
  ['0s', undefined],
  ['1', undefined],
  ['h', undefined],
  ['-1h', undefined],
  ['1.5h', undefined],
  ['1h30m', undefined],
  [' 1h', undefined],
  ['1w', undefined],
])('the duration %s is %s seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds)
})
