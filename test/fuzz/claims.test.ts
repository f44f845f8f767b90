import { describe, expect, test } from 'vitest'
import type { Claim, Claims } from '../../src/auth/context.js'
import { parsePayload } from '../../src/auth/payload.js'
import { canonicalText } from '../../src/auth/security-context.js'
import { crashersOf, kept } from '../support/crashers.js'
import { createRandom } from '../support/random.js'

/** Longer by hand: FUZZ_SECONDS=600. A failure names its seed: FUZZ_SEED. */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 1)
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() & 0xffff)

const SAMPLES = [
  '{"user_id":42,"company_id":9007199254740993,"roles":["a","b"],"nested":{"x":[1,2,{"y":null}]}}',
  '{"a":1e400,"b":-0,"c":1.50,"d":"\\u0000\\ud800","e":[[],{}],"__proto__":{"x":1},"constructor":false}',
  '{"exp":1795490000,"sub":"Ünïcödé ☃","n":-123456789012345678901234567890,"t":true}',
]
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  'null',
  'true',
  '1',
  '-',
  'e',
  '.',
  '0',
  ' ',
  '\n',
  '\u0000',
  '__proto__',
]

function mutate(random: (below: number) => number): string {
  let text = SAMPLES[random(SAMPLES.length)] ?? ''
  for (let changes = random(3); changes >= 0; changes -= 1) {
    const at = random(text.length + 1)
    text = text.slice(0, at) + (PIECES[random(PIECES.length)] ?? '') + text.slice(at + random(3))
  }
  return text
}

/** What JSON.parse makes of the same text, where numbers that it rounds are not compared. */
function plain(value: Claim): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return (value as readonly Claim[]).map(plain)
  return Object.entries(value as Claims)
    .map(([key, inner]) => [key, plain(inner)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1))
}

const sorted = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(sorted)
  return Object.entries(value)
    .map(([key, inner]) => [key, sorted(inner)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1))
}

describe(`mutated payloads (seed ${seed})`, () => {
  test('what is read is what JSON says, and nothing else is read', () => {
    const random = createRandom(seed + 1)
    const endMs = Date.now() + SECONDS * 1_000
    let read = 0
    for (const text of crashersOf('claims')) compare(text)
    while (Date.now() < endMs) read += compare(mutate(random))
    expect(read).toBeGreaterThan(20)
  }, 60_000)
})

/** @returns 1 if the text is a payload */
function compare(text: string): number {
  let ours: Claim | undefined
  try {
    ours = parsePayload(text)
  } catch {
    return 0
  }
  const found = ours
  kept('claims', text, () => {
    const theirs: unknown = JSON.parse(text)
    expect(plain(found), text).toEqual(sorted(theirs))
    expect(canonicalText(found)).toBe(canonicalText(parsePayload(text)))
  })
  return 1
}
