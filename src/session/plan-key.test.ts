import { expect, test } from 'vitest'
import { createRandom } from '../../test/support/random.js'
import { copyClaims } from '../auth/claims.js'
import { createSecurityContext, loginKey } from '../auth/security-context.js'
import type { Filter } from '../model/model.js'
import { contextKey, planKey } from './plan-key.js'

/** Texts that a key joined carelessly would take for one another. */
const TEXTS = ['', 'a', 'b', 'a,b', 'a","b', '"', '\\', '1', 'null', '[]', '{}', 'a\0b', 'n', '1n', '_bigint']
const VALUES = [
  ...TEXTS.filter((text) => !text.includes('\0')),
  1,
  0,
  2 ** 53 - 1,
  2n ** 53n,
  2n ** 53n + 1n,
  String(2n ** 53n),
  true,
  false,
  null,
]

type Random = ReturnType<typeof createRandom>
const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)] as T
const several = <T>(random: Random, make: () => T): T[] => Array.from({ length: random(3) }, make)

/** Compares what JSON cannot tell apart; written without the keys. */
function same(one: unknown, other: unknown): boolean {
  if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object')
    return Object.is(one, other)
  const [names, others] = [Object.keys(one).sort(), Object.keys(other).sort()]
  return (
    Array.isArray(one) === Array.isArray(other) &&
    names.length === others.length &&
    names.every(
      (name, index) => name === others[index] && same(Reflect.get(one, name), Reflect.get(other, name)),
    )
  )
}

/** Every two of the values have one key exactly when they are the same. */
function checkKeys<T>(values: readonly T[], keyOf: (value: T) => string): void {
  let equals = 0
  const keys = values.map(keyOf)
  for (const [row, one] of values.entries())
    for (const [column, other] of values.entries()) {
      if (column >= row) continue
      const equal = same(one, other)
      if (equal) equals += 1
      if (equal !== (keys[row] === keys[column])) expect.unreachable(`${keys[row]} and ${keys[column]}`)
    }
  expect(equals).toBeGreaterThan(0)
}

function randomContext(random: Random): {
  user: string
  claims: Record<string, unknown>
  groups: string[]
  modelId: number
} {
  const names = ['a', 'b', '1', '__proto__', 'a.b']
  const value = (): unknown =>
    random(4) === 0 ? several(random, () => pick(random, VALUES)) : pick(random, VALUES)
  const entries = several(random, () => [pick(random, names), value()] as const)
  const claims: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [name, claim] of random(2) === 0 ? entries : entries.toReversed()) claims[name] = claim
  return {
    user: pick(random, TEXTS),
    claims,
    groups: several(random, () => pick(random, TEXTS)),
    modelId: random(3),
  }
}

test('two contexts have one key exactly when model, user, groups and claims are the same', () => {
  const random = createRandom(11)
  const contexts = Array.from({ length: 1_500 }, () => randomContext(random))
  checkKeys(contexts, ({ user, claims, groups, modelId }) =>
    contextKey({
      modelId,
      groups,
      context: createSecurityContext({ claims: copyClaims(claims), expiresAtMs: undefined, user }),
    }),
  )
})

test('two logins are one exactly when user and claims are the same', () => {
  const random = createRandom(12)
  const contexts = Array.from({ length: 1_500 }, () => {
    const { user, claims } = randomContext(random)
    return { user, claims }
  })
  checkKeys(contexts, ({ user, claims }) =>
    loginKey(
      createSecurityContext({
        claims: copyClaims({ ...claims, exp: random(9), iat: random(9) }),
        expiresAtMs: random(9),
        user,
      }),
    ),
  )
})

test('two plans have one key exactly when everything is the same that they depend on', () => {
  const random = createRandom(13)
  const filter = (depth: number): Filter =>
    depth < 2 && random(3) === 0
      ? { kind: pick(random, ['and', 'or'] as const), filters: several(random, () => filter(depth + 1)) }
      : {
          kind: 'member',
          member: pick(random, ['A.a', 'A.b']),
          operator: pick(random, ['equals', 'notEquals'] as const),
          values: several(random, () => ({ kind: 'constant', value: pick(random, VALUES) })),
        }
  const plans = Array.from({ length: 1_500 }, () => ({
    contextId: pick(random, ['x', 'y']),
    form: pick(random, ['bind', 'literal'] as const),
    cached: random(2) === 0,
    declaredOids: several(random, () => pick(random, [1, 11, 0])),
    added: {
      filters: random(3) === 0 ? [] : several(random, () => filter(0)),
      segments: several(random, () => pick(random, TEXTS)),
    },
  }))
  checkKeys(plans, planKey)
})
