import type { Diagnostic } from '../errors.js'
import type { Definition } from './definition.js'
import { camelCase } from './keys.js'
import { referencePath } from './reference.js'

/** Members, joins and segments by name, from Cube's object form or its list form. */
export function namedEntries(
  value: unknown,
): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) {
    return value.flatMap((entry: unknown) => {
      if (entry === null || typeof entry !== 'object' || !('name' in entry) || typeof entry.name !== 'string')
        return []
      return [[entry.name, entry as Record<string, unknown>] as const]
    })
  }
  if (typeof value !== 'object') return []
  return Object.entries(value).map(
    ([name, entry]) => [name, (entry ?? {}) as Record<string, unknown>] as const,
  )
}

const MEMBER_LISTS = ['dimensions', 'measures', 'segments', 'joins']

/** Each cube with what it extends merged into it: the extending cube's own properties win, its members are added by name. */
export function mergeExtended(
  definitions: readonly Definition[],
  report: (diagnostic: Diagnostic) => void,
): readonly Definition[] {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]))
  const merge = (definition: Definition, seen: readonly string[]): Definition => {
    const body = camelBody(definition, report)
    const parentName = extendedName(body['extends'])
    if (parentName === undefined) return { ...definition, body }
    const line = definition.lineOf(['extends'])
    const parent = byName.get(parentName)
    if (parent === undefined || seen.includes(parentName)) {
      report({
        file: definition.file,
        line,
        column: 0,
        message:
          parent === undefined
            ? `"${definition.name}" extends "${parentName}", which does not exist`
            : `"${definition.name}" extends itself`,
        fix: 'Name another cube of this model.',
      })
      return { ...definition, body }
    }
    const base = merge(parent, [...seen, parentName]).body
    const merged: Record<string, unknown> = { ...base, ...body }
    for (const list of MEMBER_LISTS) {
      const entries = [...namedEntries(base[list]), ...namedEntries(body[list])]
      if (entries.length > 0) merged[list] = Object.fromEntries(entries)
    }
    if (body['sql'] !== undefined) delete merged['sqlTable']
    if (body['sqlTable'] !== undefined) delete merged['sql']
    delete merged['extends']
    return { ...definition, body: merged }
  }
  return definitions.map((definition) => merge(definition, [definition.name]))
}

function camelBody(
  definition: Definition,
  report: (diagnostic: Diagnostic) => void,
): Record<string, unknown> {
  const entries = Object.entries(definition.body).map(([key, value]) => [camelCase(key), value] as const)
  const twice = entries.find(([key], index) => entries.some(([other], at) => at > index && other === key))
  if (twice !== undefined)
    report({
      file: definition.file,
      line: definition.lineOf([twice[0]]),
      column: 0,
      message: `"${twice[0]}" is written twice, in two spellings`,
      fix: 'Keep one of them.',
    })
  return Object.fromEntries(entries)
}

function extendedName(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return referencePath(value)?.[0]
}
