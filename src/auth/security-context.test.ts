import { describe, expect, test } from 'vitest'
import { createRandom } from '../../test/support/random.js'
import { copyClaims } from './claims.js'
import type { Claim } from './context.js'
import { PayloadError, parsePayload } from './payload.js'
import { canonicalText, createSecurityContext, plainClaims } from './security-context.js'

const SCALARS: readonly Claim[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.5,
  '',
  '1',
  'true',
  'null',
  'a,b',
  'a',
  'b',
  '"',
  '\\',
  '1n',
  9007199254740993n,
  9007199254740992n,
  '9007199254740993',
  '{}',
  '[]',
  'é',
  '\u2028',
]
const KEYS = ['a', 'b', 'a,b', 'a":1,"b', '', '__proto__', 'constructor', '1', '10', '2']

function randomClaim(random: (below: number) => number, depth: number): Claim {
  const kind = depth > 2 ? 0 : random(4)
  if (kind <= 1) return SCALARS[random(SCALARS.length)] ?? null
  const size = random(3)
  if (kind === 2) return Array.from({ length: size }, () => randomClaim(random, depth + 1))
  const object = Object.create(null) as Record<string, Claim>
  for (let count = 0; count < size; count += 1) {
    object[KEYS[random(KEYS.length)] ?? ''] = randomClaim(random, depth + 1)
  }
  return object
}

/** Written apart from canonicalText, so that neither checks itself. */
function equal(left: Claim, right: Claim): boolean {
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object')
    return left === right
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every(
      (name) =>
        Object.hasOwn(right, name) &&
        equal(Reflect.get(left, name) as Claim, Reflect.get(right, name) as Claim),
    )
  )
}

test('keys are equal exactly when claims are', () => {
  const random = createRandom(7)
  const values = Array.from({ length: 600 }, () => randomClaim(random, 0))
  const texts = values.map(canonicalText)
  let equals = 0
  for (const [row, left] of values.entries()) {
    for (const [column, right] of values.entries()) {
      const same = texts[row] === texts[column]
      if (same) equals += 1
      if (same !== equal(left, right)) expect.unreachable(`${texts[row]} and ${texts[column]}`)
    }
  }
  expect(equals).toBeGreaterThan(values.length)
})

test('values that look alike have keys of their own', () => {
  const alike: readonly Claim[] = [1, '1', true, 1n, null, 'null', 'true', [1], ['1'], [[1]], { a: 1 }]
  expect(new Set(alike.map(canonicalText)).size).toBe(alike.length)
})

test('the order of keys does not matter', () => {
  expect(canonicalText(parsePayload('{"b":1,"a":{"d":2,"c":3}}'))).toBe(
    canonicalText(parsePayload('{"a":{"c":3,"d":2},"b":1.0}')),
  )
})

test('a context is frozen and holds nothing but its four fields', () => {
  const options = { claims: copyClaims({ user_id: 1 }), expiresAtMs: 5, user: 'ann', password: 'secret' }
  const context = createSecurityContext(options)
  expect(Object.keys(context)).toEqual(['claims', 'expiresAtMs', 'user', 'key'])
  expect(Object.isFrozen(context)).toBe(true)
})

describe('claims from a function of cube.js', () => {
  test('come as a payload would', () => {
    const copy = copyClaims({
      a: [1, { b: 'x' }],
      gone: undefined,
      big: 7n,
      huge: 9007199254740993n,
      zero: -0,
    })
    expect(canonicalText(copy)).toBe('{"a":[1,{"b":"x"}],"big":7,"huge":9007199254740993n,"zero":0}')
    expect(Object.getPrototypeOf(copy)).toBeNull()
    expect(Object.isFrozen(copy.a)).toBe(true)
  })

  test('are a copy', () => {
    const original = { list: [1] }
    const copy = copyClaims(original)
    original.list.push(2)
    expect(copy.list).toEqual([1])
  })

  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  const refused: readonly (readonly [string, unknown])[] = [
    ['undefined', undefined],
    ['null', null],
    ['a text', 'x'],
    ['a list', []],
    ['a promise', Promise.resolve({})],
    ['a function', { a: () => 1 }],
    ['a symbol', { a: Symbol('x') }],
    ['a date', { a: new Date(0) }],
    ['a map', { a: new Map() }],
    ['inherited properties', Object.create({ tenant: 'evil' })],
    ['NaN', { a: Number.NaN }],
    ['infinity', { a: Number.POSITIVE_INFINITY }],
    ['a whole number that is not exact', { a: 2 ** 53 }],
    ['undefined in a list', { a: [undefined] }],
    ['a hole in a list', { a: new Array(1) }],
    ['NUL', { a: '\0' }],
    ['a lone surrogate', { a: '\ud800' }],
    ['NUL in a key', { '\0': 1 }],
    ['a cycle', cycle],
  ]
  test.each(refused)('%s is refused', (_name, value) => {
    expect(() => copyClaims(value)).toThrow(PayloadError)
  })
})

test('plain claims can be changed without changing the claims, and carry no prototype of their own making', () => {
  const claims = copyClaims(parsePayload('{"__proto__":{"tenant":"evil"},"list":[1]}'))
  const plain = plainClaims(claims) as { list: number[]; tenant?: unknown }
  plain.list.push(2)
  expect(plain.tenant).toBeUndefined()
  expect((Object.assign({}, plain) as { tenant?: unknown }).tenant).toBeUndefined()
  expect(claims.list).toEqual([1])
})
