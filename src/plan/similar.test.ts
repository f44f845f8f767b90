import { describe, expect, test } from 'vitest'
import { editDistance } from '../sql/edit-distance.js'
import type { NamespaceEntry, Scope } from './scope.js'
import { similarColumnHint } from './similar.js'

function entry(name: string, columns: readonly string[], unqualified = true): NamespaceEntry {
  const made = columns.map((column) => ({
    name: column,
    items: [],
    sources: [],
    measure: undefined,
    origin: undefined,
  }))
  return { name, schema: undefined, columns: made, items: [], qualified: true, unqualified }
}

const orders = entry('o', ['id', 'status', 'userId', 'city'])
const users = entry('u', ['id', 'state', 'city'])
const outer: Scope = { parent: undefined, entries: [orders] }

describe('the hint for a column that is not there', () => {
  test.each([
    ['statsu', 'Perhaps you meant to reference the column "o.status".'],
    ['user_id', 'Perhaps you meant to reference the column "o.userId".'],
    ['secret', undefined],
    ['x', undefined],
  ])('%s', (name, hint) => {
    expect(similarColumnHint(name, outer)).toBe(hint)
  })

  test('names two that are equally near, of whatever query level', () => {
    expect(similarColumnHint('cty', { parent: outer, entries: [users] })).toBe(
      'Perhaps you meant to reference the column "u.city" or the column "o.city".',
    )
  })

  test('names none of three', () => {
    const entries = [orders, users, entry('v', ['city'])]
    expect(similarColumnHint('cty', { parent: undefined, entries })).toBeUndefined()
  })

  test('stays within the table that a qualifier named', () => {
    const scope: Scope = { parent: undefined, entries: [orders, users] }
    expect(similarColumnHint('cty', scope, [users])).toBe(
      'Perhaps you meant to reference the column "u.city".',
    )
    expect(similarColumnHint('userid', scope, [users])).toBeUndefined()
  })

  test('leaves out what a bare name would not find', () => {
    const scope: Scope = { parent: undefined, entries: [entry('o', ['city'], false)] }
    expect(similarColumnHint('cty', scope)).toBeUndefined()
  })
})

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'ab', 1],
  ['kitten', 'sitting', 3],
  ['abcdefgh', 'ijklmnop', 4],
])('from %j to %j', (from, to, distance) => {
  expect(editDistance(from, to, 3)).toBe(distance)
})
