import { describe, expect, test } from 'vitest'
import { copyClaims } from './auth/claims.js'
import { createSecurityContext } from './auth/security-context.js'
import { contextFacts } from './contexts.js'
import type { Hooks } from './hooks.js'
import type { StatementQuery } from './plan/statement-query.js'

const context = createSecurityContext({
  claims: copyClaims({ user_id: 2n ** 53n + 1n, list: ['a'], nested: { role: 'user' } }),
  expiresAtMs: undefined,
  user: 'ann',
})
const facts = (hooks: object) => contextFacts(hooks as Hooks, context)

test('without hooks nobody is in a group', async () => {
  expect(await facts({})).toEqual({ appId: '', groups: [], queryRewrite: undefined })
})

describe('contextToGroups', () => {
  test.each([[[]], [['a', 'b']], [Promise.resolve(['a'])]])('may return %j', async (groups) => {
    expect((await facts({ contextToGroups: () => groups })).groups).toEqual(await groups)
  })
  test.each([
    [undefined],
    [null],
    ['admin'],
    [true],
    [{ 0: 'admin', length: 1 }],
    [new Set(['admin'])],
    [['a', 1]],
    [['a', null]],
    [[['admin']]],
    [[{ toString: () => 'admin' }]],
    [new Array(1)],
  ])('must return a list of texts: %j', async (groups) => {
    await expect(facts({ contextToGroups: () => groups })).rejects.toMatchObject({ code: '42501' })
  })
  test('what the hook keeps and changes later changes nothing', async () => {
    const kept = ['user']
    const { groups } = await facts({ contextToGroups: () => kept })
    kept.push('admin')
    expect(groups).toEqual(['user'])
  })
})

describe('contextToAppId', () => {
  test.each([[undefined], [null], ['a'], [{}], [Promise.resolve('a')]])('may return %j', async (id) => {
    expect((await facts({ contextToAppId: () => id })).appId).toBe(String(await id))
  })
  test('that fails ends the login, and says nothing of why', async () => {
    const hook = {
      contextToAppId: ({ securityContext }: { securityContext: unknown }) => JSON.stringify(securityContext),
    }
    await expect(facts(hook)).rejects.toMatchObject({
      code: '42501',
      message: 'cube.js refused this security context',
      detail: undefined,
    })
    await expect(facts({ contextToAppId: () => ({ toString: () => ({}) }) })).rejects.toMatchObject({
      code: '42501',
    })
  })
})

test('each call gets claims of its own, exact, and what it does to them reaches nobody', async () => {
  const seen: unknown[] = []
  const spoil = ({
    securityContext,
  }: {
    securityContext: { user_id: unknown; list: string[]; nested: { role: string } }
  }) => {
    seen.push(securityContext.user_id, [...securityContext.list], securityContext.nested.role)
    securityContext.user_id = 1
    securityContext.list.push('b')
    securityContext.nested.role = 'admin'
    Object.setPrototypeOf(securityContext, { admin: true })
    return ['g']
  }
  const { queryRewrite } = await facts({
    contextToGroups: spoil,
    contextToAppId: spoil,
    queryRewrite: (_query: unknown, argument: Parameters<typeof spoil>[0]) => spoil(argument),
  })
  const query: StatementQuery = {
    measures: [],
    dimensions: [],
    segments: [],
    timeDimensions: [],
    filters: [],
  }
  await queryRewrite?.(query)
  await queryRewrite?.(query)
  expect(seen).toEqual(Array.from({ length: 4 }, () => [2n ** 53n + 1n, ['a'], 'user']).flat())
  expect(context.key).toBe('{"list":["a"],"nested":{"role":"user"},"user_id":9007199254740993n}')
  expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
})

test('no claim becomes the prototype of what a hook makes of the claims', async () => {
  const polluted = createSecurityContext({
    claims: copyClaims(JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}')),
    expiresAtMs: undefined,
    user: 'ann',
  })
  const { appId } = await contextFacts(
    {
      contextToAppId: ({ securityContext }) => {
        const claims = securityContext as { admin?: unknown }
        return `${claims.admin} ${Object.keys({ ...claims }).join()} ${(Object.assign({}, claims) as { admin?: unknown }).admin}`
      },
    },
    polluted,
  )
  expect(appId).toBe('undefined constructor undefined')
  expect(({} as { admin?: unknown }).admin).toBeUndefined()
})
