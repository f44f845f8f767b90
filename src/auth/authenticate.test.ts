import { describe, expect, test } from 'vitest'
import { PgError } from '../errors.js'
import { type AuthenticatorDeps, createAuthenticator } from './authenticate.js'
import type { SecurityContext } from './context.js'
import { signToken } from './sign.js'
import { createVerifier, TokenError } from './verify.js'

const SECRET = 'a secret of at least thirty-two bytes'
const NOW_MS = 1_800_000_000_000

const verify = createVerifier(
  {
    secrets: [SECRET],
    keysUrl: undefined,
    algorithms: undefined,
    issuers: undefined,
    audience: undefined,
    subject: undefined,
    claimsNamespace: undefined,
    clockToleranceSeconds: 5,
  },
  { observe: () => {}, nowMs: () => NOW_MS },
)

function attempt(deps: Partial<AuthenticatorDeps>, password: string): Promise<SecurityContext> {
  return createAuthenticator({ verify, ...deps })('ann', password)
}

const token = (claims: Readonly<Record<string, unknown>>, expiresInSeconds = 60): Promise<string> =>
  signToken({ claims, secret: SECRET, expiresInSeconds, nowMs: NOW_MS })

test('a token gives the context of its claims', async () => {
  await expect(attempt({}, await token({ user_id: 7 }))).resolves.toMatchObject({
    user: 'ann',
    expiresAtMs: NOW_MS + 60_000,
    key: `{"exp":${NOW_MS / 1_000 + 60},"iat":${NOW_MS / 1_000},"user_id":7}`,
  })
})

describe('what is thrown says why, for the log, and never what was sent', () => {
  const cases: readonly (readonly [string, () => string | Promise<string>, RegExp])[] = [
    ['no token', () => 'swordfish', /no signed token/],
    ['expired', () => token({}, -60), /expired/],
    ['another secret', async () => `${(await token({})).slice(0, -10)}AAAAAAAAAA`, /signature/],
    ['no password', () => '', /no signed token/],
  ]
  test.each(cases)('%s', async (_name, makePassword, reason) => {
    const password = await makePassword()
    const error: unknown = await attempt({}, password).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TokenError)
    expect(String(error)).toMatch(reason)
    if (password !== '') expect(String(error)).not.toContain(password)
  })

  test('a detail for the client stays', async () => {
    const refuse = async (): Promise<never> => {
      throw new PgError('invalid_password', 'x', { detail: 'no object' })
    }
    await expect(attempt({ verify: refuse }, 'x')).rejects.toMatchObject({
      code: '28P01',
      detail: 'no object',
    })
  })
})

describe('extendContext', () => {
  test('what it returns takes the place of the claims', async () => {
    const result = attempt(
      { extendContext: () => ({ securityContext: { tenant: 'a' } }) },
      await token({ user_id: 1 }),
    )
    await expect(result).resolves.toMatchObject({ key: '{"tenant":"a"}', expiresAtMs: NOW_MS + 60_000 })
  })

  test('may be asynchronous and may build on the claims', async () => {
    const extendContext: AuthenticatorDeps['extendContext'] = async ({ securityContext }) => ({
      securityContext: { tenant: (securityContext as { user_id: number }).user_id + 1 },
    })
    const result = attempt({ extendContext }, await token({ user_id: 1 }))
    await expect(result).resolves.toMatchObject({ key: '{"tenant":2}' })
  })

  test.each([undefined, null, {}, { other: 1 }])('the claims stay when it returns %j', async (value) => {
    const result = attempt({ extendContext: () => value }, await token({ user_id: 1 }))
    await expect(result).resolves.toMatchObject({ claims: { user_id: 1 } })
  })

  test('cannot change the claims in place', async () => {
    const extendContext: AuthenticatorDeps['extendContext'] = ({ securityContext }) => {
      Object.assign(securityContext as object, { user_id: 99 })
    }
    const result = attempt({ extendContext }, await token({ user_id: 1 }))
    await expect(result).resolves.toMatchObject({ claims: { user_id: 1 } })
  })

  const refused: readonly (readonly [string, () => unknown])[] = [
    [
      'throws',
      () => {
        throw new Error('no tenant')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no tenant'))],
    ['returns a number', () => 1],
    ['returns no context', () => ({ securityContext: undefined })],
    ['returns a date', () => ({ securityContext: { since: new Date() } })],
  ]
  test.each(refused)('the login fails when it %s', async (_name, extendContext) => {
    await expect(attempt({ extendContext }, await token({}))).rejects.toThrow(TokenError)
  })
})

describe('checkSqlAuth', () => {
  test('takes the place of the token', async () => {
    const calls: unknown[] = []
    const checkSqlAuth = async (...given: unknown[]): Promise<unknown> => {
      calls.push(given)
      return { password: 'swordfish', securityContext: { user_id: 1 } }
    }
    const result = attempt({ checkSqlAuth }, 'swordfish')
    await expect(result).resolves.toMatchObject({ key: '{"user_id":1}', expiresAtMs: undefined, user: 'ann' })
    expect(calls).toEqual([[{ protocol: 'postgres', method: 'password' }, 'ann', 'swordfish']])
  })

  test('may say that it has checked the password by itself', async () => {
    const checkSqlAuth = () => ({ skipPasswordCheck: true, securityContext: {} })
    await expect(attempt({ checkSqlAuth }, 'anything')).resolves.toMatchObject({ key: '{}' })
  })

  test('then no token lets anyone in', async () => {
    const checkSqlAuth = () => ({ password: 'swordfish', securityContext: {} })
    await expect(attempt({ checkSqlAuth }, await token({ user_id: 1 }))).rejects.toThrow(TokenError)
  })

  const refused: readonly (readonly [string, () => unknown])[] = [
    ['another password', () => ({ password: 'Swordfish', securityContext: {} })],
    ['a longer password', () => ({ password: 'swordfish ', securityContext: {} })],
    ['no password', () => ({ securityContext: {} })],
    ['an unset variable as password', () => ({ password: undefined, securityContext: {} })],
    ['no password and a truthy skipPasswordCheck', () => ({ skipPasswordCheck: 1, securityContext: {} })],
    ['a password that is no text', () => ({ password: ['swordfish'], securityContext: {} })],
    ['no context', () => ({ password: 'swordfish' })],
    ['a context that is no object', () => ({ password: 'swordfish', securityContext: 'admin' })],
    ['nothing', () => undefined],
    ['true', () => true],
    [
      'an error',
      () => {
        throw new Error('swordfish is wrong')
      },
    ],
  ]
  test.each(refused)('the login fails for %s', async (_name, checkSqlAuth) => {
    const error: unknown = await attempt({ checkSqlAuth }, 'swordfish').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TokenError)
    expect(String(error)).not.toContain('swordfish')
  })
})
