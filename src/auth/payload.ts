import { PgError } from '../errors.js'
import type { Claim, Claims } from './context.js'
import { parseNumber } from './number.js'

/** How deep objects and lists may stand in one another. */
export const DEPTH_MAX = 32
/** Longer than any number that parseNumber takes. */
const NUMBER_CHARACTERS_MAX = 400

/** A token's payload that cannot be taken as it is; the message is for the log. */
export class PayloadError extends Error {}

/**
 * Parses a JSON text without losing anything: whole numbers beyond 2^53 come as bigint, a key that stands twice is refused (readers
 * disagree about it), objects have no prototype, and everything is frozen. Numbers: see number.ts.
 *
 * @throws PayloadError
 */
export function parsePayload(text: string): Claim {
  let offset = 0
  const fail = (what: string): never => {
    throw new PayloadError(`payload: ${what} at character ${offset}`)
  }
  const space = (): void => {
    while (' \t\n\r'.includes(text[offset] ?? 'x')) offset += 1
  }
  const expect = (character: string): void => {
    if (text[offset] !== character) fail(`expected ${character}`)
    offset += 1
  }
  const readString = (): string => {
    const start = offset
    expect('"')
    while (offset < text.length && text[offset] !== '"') offset += text[offset] === '\\' ? 2 : 1
    expect('"')
    let value: unknown
    try {
      value = JSON.parse(text.slice(start, offset))
    } catch {
      fail('a malformed text')
    }
    const string = String(value)
    if (string.includes('\0') || !string.isWellFormed()) fail('a text that Postgres cannot hold')
    return string
  }
  const readNumber = (): number | bigint => {
    const match = /^[-+.0-9eE]+/.exec(text.slice(offset, offset + NUMBER_CHARACTERS_MAX))
    if (match === null) return fail('an unknown value')
    const number = parseNumber(match[0])
    if (number === undefined) return fail('a number that cannot be kept exactly')
    offset += match[0].length
    return number
  }
  const readValue = (depth: number): Claim => {
    if (depth > DEPTH_MAX) fail('nested too deeply')
    space()
    const first = text[offset]
    if (first === '{') return readObject(depth)
    if (first === '[') return readList(depth)
    if (first === '"') return readString()
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (text.startsWith(word, offset)) {
        offset += word.length
        return value
      }
    }
    return readNumber()
  }
  const readObject = (depth: number): Claims => {
    const claims = Object.create(null) as Record<string, Claim>
    expect('{')
    space()
    if (text[offset] === '}') offset += 1
    else {
      for (;;) {
        space()
        const key = readString()
        if (Object.hasOwn(claims, key)) fail(`the key ${JSON.stringify(key)} twice`)
        space()
        expect(':')
        claims[key] = readValue(depth + 1)
        space()
        if (text[offset] === '}') break
        expect(',')
      }
      offset += 1
    }
    return Object.freeze(claims)
  }
  const readList = (depth: number): readonly Claim[] => {
    const list: Claim[] = []
    expect('[')
    space()
    if (text[offset] === ']') offset += 1
    else {
      for (;;) {
        list.push(readValue(depth + 1))
        space()
        if (text[offset] === ']') break
        expect(',')
      }
      offset += 1
    }
    return Object.freeze(list)
  }
  const value = readValue(0)
  space()
  if (offset !== text.length) fail('text after the end')
  return value
}

/** The claims of a payload. @throws PgError invalid_password if it is no object, in the words that Cube's users know */
export function payloadClaims(value: Claim | undefined): Claims {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Claims
  throw new PgError('invalid_password', 'the security context is no object', {
    detail:
      'Cannot create proxy with a non-object as target or handler: the security context of a token must be an object.',
  })
}
