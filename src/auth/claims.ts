import type { Claim, Claims } from './context.js'
import { narrowBigint } from './number.js'
import { DEPTH_MAX, PayloadError } from './payload.js'

/**
 * Claims from a value that a function of cube.js returned: a frozen copy that holds what a token's payload could hold and nothing else.
 * A property whose value is undefined is left out, as JSON does.
 *
 * @throws PayloadError for anything that JSON does not know (dates, functions, class instances, NaN), for whole numbers that are no
 *   longer exact, and for texts with NUL or lone surrogates
 */
export function copyClaims(value: unknown): Claims {
  const copy = copyValue(value, 'securityContext', 0)
  if (copy === null || typeof copy !== 'object' || Array.isArray(copy)) {
    throw new PayloadError('securityContext is no object')
  }
  return copy as Claims
}

function copyValue(value: unknown, path: string, depth: number): Claim {
  if (depth > DEPTH_MAX) throw new PayloadError(`${path} is nested too deeply`)
  if (value === null) return null
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      return checkText(value, path)
    case 'bigint':
      return narrowBigint(value)
    case 'number':
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
        throw new PayloadError(`${path} is a number that is not exact`)
      }
      return value === 0 ? 0 : value
    case 'object':
      return Array.isArray(value) ? copyList(value, path, depth) : copyObject(value, path, depth)
    default:
      throw new PayloadError(`${path} is of type ${typeof value}, which JSON does not know`)
  }
}

function copyList(list: readonly unknown[], path: string, depth: number): readonly Claim[] {
  const copies = Array.from(list, (element, index) => copyValue(element, `${path}[${index}]`, depth + 1))
  return Object.freeze(copies)
}

function copyObject(object: object, path: string, depth: number): Claims {
  const prototype: unknown = Object.getPrototypeOf(object)
  // Null or some realm's Object.prototype; anything longer inherits names that are no claims.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new PayloadError(`${path} is no plain object`)
  }
  const copy = Object.create(null) as Record<string, Claim>
  for (const [key, inner] of Object.entries(object)) {
    if (inner !== undefined) copy[checkText(key, path)] = copyValue(inner, `${path}.${key}`, depth + 1)
  }
  return Object.freeze(copy)
}

function checkText(text: string, path: string): string {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new PayloadError(`${path} holds a text that Postgres cannot hold`)
  }
  return text
}
