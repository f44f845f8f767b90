import { describe, expect, test } from 'vitest'
import { copyClaims } from '../auth/claims.js'
import { createSecurityContext } from '../auth/security-context.js'
import { compileModel } from '../model/compile.js'
import type { Cube } from '../model/model.js'
import { loadParser } from '../sql/parse.js'
import { rowFilter, visibleMembers } from './policy.js'

await loadParser()

function cubeWith(policies: string): Cube {
  const text = `cube('A', { sql_table: 'a', dimensions: {
    ${['id', 'a', 'b', 'c'].map((name) => `${name}: { sql: '${name}', type: 'string' }`).join(', ')} }, access_policy: [${policies}] })`
  const { model } = compileModel([{ path: 'model/a.js', text }], {}, { projectDir: '.', environment: {} })
  const cube = model.cubes.get('A')
  if (cube === undefined) throw new Error('no cube')
  return cube
}

const rows = (value: number): string =>
  `row_level: { filters: [{ member: 'id', operator: 'equals', values: [${value}] }] }`

const depsOf = (cube: Cube, claims: object, groups: readonly string[]) => ({
  cube,
  groups,
  context: createSecurityContext({ claims: copyClaims(claims), expiresAtMs: undefined, user: 'ann' }),
})

/** The values of the filters that are alternatives, or the error's condition. */
function rowsOf(
  cube: Cube,
  members: readonly string[],
  claims: object = {},
  groups: readonly string[] = [],
): unknown {
  try {
    const filter = rowFilter({ ...depsOf(cube, claims, groups), members: new Set(members) })
    return filter === 'all-rows'
      ? filter
      : JSON.stringify(filter)
          .match(/(?<="value":)\d+/g)
          ?.map(Number)
  } catch (error) {
    return (error as { condition: string }).condition
  }
}

describe('several policies', () => {
  const cube = cubeWith(`
    { role: '*', member_level: { includes: ['id', 'a'] }, ${rows(1)} },
    { role: '*', member_level: { includes: ['id', 'b'] }, ${rows(2)} },
    { group: 'boss', ${rows(3)} },
    { group: 'chief', member_level: { excludes: ['c'] } }`)

  test.each([
    [['id'], [], [1, 2]],
    [['a'], [], [1]],
    [['id', 'a'], [], [1]],
    [['b'], [], [2]],
    [['a', 'b'], [], 'insufficient_privilege'],
    [['c'], [], 'insufficient_privilege'],
    [['a', 'b'], ['boss'], [3]],
    [['a'], ['boss'], [1, 3]],
    [['c'], ['boss'], [3]],
    [['a', 'b'], ['chief'], 'all-rows'],
    [['c'], ['chief'], 'insufficient_privilege'],
    [['c'], ['chief', 'boss'], [3]],
    [['a', 'b'], ['*'], 'insufficient_privilege'],
    [['a', 'b'], ['Boss', 'boss '], 'insufficient_privilege'],
  ])('reading %j in groups %j', (members, groups, expected) => {
    expect(rowsOf(cube, members, {}, groups)).toEqual(expected)
  })
  test('what no policy shows does not exist', () => {
    expect([...visibleMembers(depsOf(cube, {}, []))]).toEqual(['id', 'a', 'b'])
    expect(visibleMembers(depsOf(cubeWith(`{ group: 'boss' }`), {}, ['other']))).toBe('none')
    expect(visibleMembers(depsOf(cubeWith(''), {}, ['other']))).toBe('none')
  })
})

describe('conditions', () => {
  const on = (condition: string): Cube =>
    cubeWith(`{ role: '*', conditions: [{ if: ${condition} }], ${rows(1)} }`)

  test.each([
    ['securityContext.admin', { admin: true }, [1]],
    ['securityContext.admin', { admin: 1 }, [1]],
    ['securityContext.admin', {}, 'insufficient_privilege'],
    ['securityContext.admin', { admin: false }, 'insufficient_privilege'],
    ['securityContext.admin', { admin: 0 }, 'insufficient_privilege'],
    ['securityContext.admin', { admin: '' }, 'insufficient_privilege'],
    ['securityContext.admin', { admin: null }, 'insufficient_privilege'],
    ['securityContext.constructor', {}, 'insufficient_privilege'],
    ['securityContext.__proto__', {}, 'insufficient_privilege'],
    ['securityContext.a.length', { a: [1] }, 'insufficient_privilege'],
    ['securityContext.a.length', { a: 'x' }, 'insufficient_privilege'],
    ['({ securityContext }) => securityContext.level > 3', { level: 4 }, [1]],
    ['({ securityContext }) => securityContext.level > 3', { level: 3 }, 'insufficient_privilege'],
    ['({ securityContext }) => securityContext.a.b.c', {}, 'insufficient_privilege'],
    ['() => { throw 1 }', {}, 'insufficient_privilege'],
    ['() => undefined', {}, 'insufficient_privilege'],
    ['async () => false', {}, 'insufficient_privilege'],
    ['async () => true', {}, 'insufficient_privilege'],
    ['() => ({ then: () => undefined })', {}, 'insufficient_privilege'],
    [
      '({ securityContext }) => { securityContext.admin = true; return securityContext.admin }',
      {},
      'insufficient_privilege',
    ],
  ])('%s with %j', (condition, claims, expected) => {
    expect(rowsOf(on(condition), ['id'], claims)).toEqual(expected)
  })

  test('cannot change the claims for what comes after', () => {
    const cube = cubeWith(`
      { role: '*', conditions: [{ if: ({ securityContext }) => { try { securityContext.list.push('admin') } catch {} return false } }], ${rows(1)} },
      { role: '*', conditions: [{ if: ({ securityContext }) => securityContext.list.includes('admin') }], ${rows(2)} }`)
    expect(rowsOf(cube, ['id'], { list: ['user'] })).toBe('insufficient_privilege')
  })
})
