import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { runGolden } from '../test/support/golden.js'
import { ALGORITHMS } from './auth/verify.js'
import { type Environment, loadConfig } from './config.js'
import { nearestSetting } from './config-check.js'
import { printConfig } from './print-config.js'
import { printSettings, SETTING_SPECS } from './settings.js'

const load = (environment: Environment, overrides: Environment = {}) =>
  loadConfig({ projectDir: 'project', environment, overrides, needsSecret: true })

function parseEnvironment(text: string): Environment {
  const lines = text.split('\n').filter((line) => line !== '')
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

runGolden('test/golden/config/environment.txt', (input) => printConfig(load(parseEnvironment(input))))
runGolden('test/golden/config/settings.txt', () => printSettings())

test('every default is possible', () => {
  for (const { name, fallback, schema } of SETTING_SPECS) {
    if (fallback !== '') expect(schema.safeParse(fallback).success, name).toBe(true)
  }
})

test('every algorithm that is verified can be named', () => {
  const config = load({ CUBEJS_JWT_ALGS: ALGORITHMS.join(','), CUBEJS_JWK_URL: 'https://x/' })
  expect(config.auth.algorithms).toEqual(ALGORITHMS)
})

test('the printed form holds no secret', () => {
  const secrets = { CUBEJS_DB_PASS: 'hunter-1', CUBEJS_API_SECRET: 'hunter-2', CUBEJS_JWT_KEY: 'hunter-3' }
  const text = printConfig(
    load({
      ...secrets,
      CUBEJS_API_SECRETS: 'hunter-4',
      CUBEJS_DB_HOST: 'h',
      CUBEJS_DB_NAME: 'n',
      CUBEJS_DB_USER: 'u',
    }),
  )
  expect(text).not.toContain('hunter')
  expect(text).toContain('auth.secrets = (hidden)')
})

test('a secret made at start is another each time', () => {
  const [first, second] = [load({}).auth, load({}).auth]
  expect(first.secretGenerated).toBe(true)
  expect(first.secrets).toHaveLength(1)
  expect(first.secrets[0]).toMatch(/^[0-9a-f]{64}$/)
  expect(first.secrets).not.toEqual(second.secrets)
})

test('no secret is made where none is needed', () => {
  const config = loadConfig({ projectDir: 'project', environment: {}, needsSecret: false })
  expect(config.auth).toMatchObject({ secrets: [], secretGenerated: false })
})

test('the command line wins over the environment', () => {
  const config = load(
    { CUBEJS_PG_SQL_PORT: '1', ROWGATE_HOST: '::1' },
    { CUBEJS_PG_SQL_PORT: '2', ROWGATE_HOST: undefined },
  )
  expect(config.listen).toMatchObject({ port: 2, host: '::1' })
})

test('the configuration is frozen all through', () => {
  const config = load({ CUBEJS_API_SECRET: 'x' })
  expect([config, config.listen, config.auth.secrets, config.warnings].every(Object.isFrozen)).toBe(true)
})

describe('secrets that everyone knows', () => {
  const keys = [
    generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey,
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
    generateKeyPairSync('ed25519').publicKey,
  ]
  test.each(keys)('a public key in each of its spellings: $asymmetricKeyType', (key) => {
    const der = key.export({ format: 'der', type: 'spki' })
    for (const secret of [
      key.export({ format: 'pem', type: 'spki' }).toString(),
      JSON.stringify(key.export({ format: 'jwk' })),
      der.toString('base64'),
      der.toString('base64url'),
      der.toString('hex'),
    ])
      for (const name of ['CUBEJS_API_SECRET', 'CUBEJS_API_SECRETS', 'CUBEJS_JWT_KEY'])
        expect(() => load({ [name]: secret })).toThrow(/CUBEJS_\w+: is a key, not a secret/)
  })
})

test.each([
  ['http://issuer.example/keys', 1],
  ['http://127.0.0.1.example/keys', 1],
  ['https://issuer.example/keys', 0],
  ['http://localhost:8080/keys', 0],
  ['http://127.0.0.1/keys', 0],
  ['http://[::1]/keys', 0],
])('keys that come without TLS are worth a warning: %s', (CUBEJS_JWK_URL, count) => {
  const warnings = load({ CUBEJS_JWK_URL }).warnings.filter(({ message }) => message.includes('without TLS'))
  expect(warnings).toHaveLength(count)
})

test.each([
  [{ ROWGATE_HOST: '0.0.0.0' }, 1],
  [{ ROWGATE_HOST: '::' }, 1],
  [{ ROWGATE_HOST: '0.0.0.0', ROWGATE_PASSWORD_OVER_PLAINTEXT: 'true' }, 0],
  [{ ROWGATE_HOST: '::1' }, 0],
  [{ ROWGATE_HOST: 'localhost' }, 0],
  [{}, 0],
])('a gate on which nobody can log in is worth a warning: %j', (environment, count) => {
  const warnings = load(environment).warnings.filter(({ file }) => file === 'ROWGATE_HOST')
  expect(warnings).toHaveLength(count)
})

describe('the nearest name', () => {
  test.each([
    ['ROWGATE_SESSION_MAX', 'ROWGATE_SESSIONS_MAX'],
    ['ROWGATE_TLS_CRT', 'ROWGATE_TLS_CERT'],
    ['CUBEJS_JWT_ISSUERS', 'CUBEJS_JWT_ISSUER'],
    ['CUBEJS_JWT_AUD', 'CUBEJS_JWT_AUDIENCE'],
    ['ROWGATE_SOMETHING_ELSE', undefined],
  ])('to %s is %s', (name, nearest) => {
    expect(nearestSetting(name)).toBe(nearest)
  })
})
