import { describe, expect, test } from 'vitest'
import { PayloadError, parsePayload } from './payload.js'

describe('numbers keep their exact value', () => {
  const kept: readonly (readonly [string, number | bigint])[] = [
    ['42', 42],
    ['0', 0],
    ['-7', -7],
    ['1.0', 1],
    ['1e3', 1000],
    ['12.50E1', 125],
    ['0.1', 0.1],
    ['-2.5e-3', -0.0025],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['9007199254740993.0', 9007199254740993n],
    ['9.007199254740993e15', 9007199254740993n],
    ['1e20', 100000000000000000000n],
  ]
  test.each(kept)('%s', (text, want) => {
    expect(parsePayload(`{"n":${text}}`)).toEqual({ n: want })
  })

  test('minus zero is zero', () => {
    for (const text of ['-0', '-0.0', '-0e5']) expect(Object.is(parsePayload(text), 0)).toBe(true)
  })

  const refused = [
    '1e400',
    '-1e400',
    '1e-400',
    '1e99999999',
    '0.10000000000000000001',
    '9007199254740993.5',
    '1'.repeat(101),
    '1'.repeat(1_000),
    '01',
    '+1',
    '.5',
    '1.',
    '1e',
    '0x2A',
    '4_2',
    'NaN',
    'Infinity',
    '--1',
    '1-1',
  ]
  test.each(refused)('%s is refused', (text) => {
    expect(() => parsePayload(text)).toThrow(PayloadError)
  })
})

describe('what readers could take differently is refused', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const refused: readonly (readonly [string, string])[] = [
    ['a key twice', '{"user_id":42,"user_id":7}'],
    ['a key twice, written differently', '{"user_id":42,"user_i\\u0064":7}'],
    ['a key twice, deep inside', '{"a":[{"b":1,"b":1}]}'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['a lone high surrogate', '{"a":"\\ud800"}'],
    ['a lone low surrogate', '{"a":"\\udc00x"}'],
    ['a lone surrogate in a key', '{"\\ud801":1}'],
    ['NUL', '{"a":"x\\u0000y"}'],
    ['NUL in a key', '{"\\u0000":1}'],
    ['a raw control character', '{"a":"\n"}'],
    ['an unknown escape', '{"a":"\\x41"}'],
    ['33 levels and one', nested(34)],
    ['text after the end', '{} {}'],
    ['a trailing comma', '{"a":1,}'],
    ['a trailing comma in a list', '[1,]'],
    ['a missing comma', '[1 2]'],
    ['a comment', '{/**/}'],
    ['single quotes', "{'a':1}"],
    ['a bare key', '{a:1}'],
    ['a byte order mark', '\ufeff{}'],
    ['a no-break space', '\u00a0{}'],
    ['nothing', ''],
    ['spaces', '  '],
    ['half an object', '{"a":'],
    ['half a string', '"abc'],
    ['half an escape', '"abc\\'],
    ['a longer word', 'truex'],
    ['undefined', 'undefined'],
  ]
  test.each(refused)('%s', (_name, text) => {
    expect(() => parsePayload(text)).toThrow(PayloadError)
  })

  test('as deep as is allowed', () => {
    expect(() => parsePayload(nested(33))).not.toThrow()
  })
})

test('names of the prototype are plain data', () => {
  const claims = parsePayload('{"__proto__":{"tenant":"evil"},"constructor":1,"toString":"x"}')
  if (claims === null || typeof claims !== 'object') throw new Error('no object')
  expect(Object.getPrototypeOf(claims)).toBeNull()
  expect(Object.keys(claims)).toEqual(['__proto__', 'constructor', 'toString'])
  expect('tenant' in claims).toBe(false)
  expect('hasOwnProperty' in claims).toBe(false)
})

test('everything is frozen', () => {
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return
    expect(Object.isFrozen(value)).toBe(true)
    for (const inner of Object.values(value)) visit(inner)
  }
  visit(parsePayload('{"a":{"b":[{"c":[]}]},"d":[[1]]}'))
})

test('agrees with JSON.parse about ordinary texts', () => {
  const text =
    ' {"a" : [1, -2.5, "x\\"\\u00e9\\ud83d\\ude00", true, false, null, {}, []],\r\n\t"b":{"c":""}} '
  expect(JSON.stringify(parsePayload(text))).toBe(JSON.stringify(JSON.parse(text)))
})
