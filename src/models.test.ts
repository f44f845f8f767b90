import { beforeAll, describe, expect, test } from 'vitest'
import { parsePayload, payloadClaims } from './auth/payload.js'
import { createSecurityContext } from './auth/security-context.js'
import { compileModel } from './model/compile.js'
import type { Model } from './model/model.js'
import { createModels } from './models.js'
import { loadParser } from './sql/parse.js'

beforeAll(loadParser)

const contextOf = (text: string): ReturnType<typeof createSecurityContext> =>
  createSecurityContext({ claims: payloadClaims(parsePayload(text)), expiresAtMs: undefined, user: 'ann' })

const OPTIONS = { projectDir: '.', environment: {} }
const fileOf = (text: string): { path: string; text: string } => ({ path: 'model/x.js', text })

function createTestModels(text: string): ReturnType<typeof createModels> {
  const probes = {
    describe: () => Promise.resolve({ fields: [], parameterOids: [] }),
    findTable: () => Promise.resolve(new Map()),
  }
  return createModels(
    { ...OPTIONS, files: [fileOf(text)], modelsMax: 100 },
    { probes, observe: () => undefined, nowMs: () => 0 },
  )
}

const printModel = ({ cubes }: Model): string =>
  JSON.stringify([...cubes].map(([name, { base, members }]) => [name, base, [...members]]))

/** Everything that a file can learn of the claims becomes the name of the table. */
const FILES = [
  '`t_${c.a}`',
  "'a' in c ? 't_yes' : 't_no'",
  '`t_${Object.keys(c).length}`',
  "`t_${Object.keys(c).join('_')}`",
  "`t_${Object.keys(c.a ?? {}).join('_')}`",
  "c.a ? 't_yes' : 't_no'",
  '`t_${typeof c.a}`',
  "Array.isArray(c.a) ? 't_list' : 't_other'",
  "c.a?.b ? 't_yes' : 't_no'",
  "c['a.b'] ? 't_dotted' : c.a?.b ? 't_nested' : 't_no'",
  "c.a?.b === 1 ? 't_nested' : c['a.b'] === 1 ? 't_dotted' : 't_no'",
  "Object.hasOwn(c, 'a') ? 't_yes' : 't_no'",
  '(() => { const { a, ...rest } = c; return `t_${Object.keys(rest).length}` })()',
  '`t_${JSON.stringify(c).length}`',
  "(() => { for (const name in c) if (name === 'b') return 't_b'; return 't_none' })()",
  "c.a === undefined ? 't_absent' : c.a === null ? 't_null' : 't_given'",
  "`t_${(c.a ?? []).length ?? 'none'}`",
  "COMPILE_CONTEXT.security_context.a ? 't_yes' : COMPILE_CONTEXT.authInfo.b ? 't_b' : 't_no'",
]
const CLAIMS = [
  '{}',
  '{"a":null}',
  '{"a":""}',
  '{"a":0}',
  '{"a":1}',
  '{"a":"1"}',
  '{"a":true}',
  '{"a":[]}',
  '{"a":["b"]}',
  '{"a":{}}',
  '{"a":{"b":1}}',
  '{"a":{"b":0}}',
  '{"a":{"b":1,"c":1}}',
  '{"a.b":1}',
  '{"a.b":1,"a":{"b":0}}',
  '{"b":1}',
  '{"a":1,"b":1}',
  '{"b":1,"a":1}',
  '{"a":"x"}',
  '{"a":9007199254740993}',
  '{"":1}',
  '{"a":{"":1}}',
]

const attempt = async (compile: () => Promise<string>): Promise<string> => {
  try {
    return await compile()
  } catch (error) {
    return `refused: ${(error as Error).message}`
  }
}

test.each(FILES)('a model serves only contexts for which it would be the same: %s', async (table) => {
  const text = `const c = COMPILE_CONTEXT.securityContext; cube('X', { sql_table: \`\${${table}}\`, dimensions: { id: { sql: 'id', type: 'number', primary_key: true } } })`
  const alone = await Promise.all(
    CLAIMS.map((claims) =>
      attempt(async () => printModel(compileModel([fileOf(text)], contextOf(claims).claims, OPTIONS).model)),
    ),
  )
  expect(new Set(alone).size).toBeGreaterThan(1)
  const numbered = CLAIMS.map((claims, index) => [claims, alone[index]] as const)
  for (const order of [numbered, numbered.toReversed()]) {
    const models = createTestModels(text)
    for (const [claims, own] of order) {
      const served = await attempt(async () =>
        printModel((await models.forContext(contextOf(claims), '')).model),
      )
      expect([claims, served]).toEqual([claims, own])
    }
  }
})

test('contexts that differ in what is not read share a model, whatever contextToAppId says of them', async () => {
  const models = createTestModels(
    "cube('X', { sql_table: `t_${COMPILE_CONTEXT.securityContext.a}`, dimensions: { id: { sql: 'id', type: 'number' } } })",
  )
  const one = await models.forContext(contextOf('{"a":1,"b":1}'), 'app')
  expect(await models.forContext(contextOf('{"a":1,"b":2}'), 'app')).toBe(one)
  expect(await models.forContext(contextOf('{"a":2,"b":1}'), 'app')).not.toBe(one)
  expect(await models.forContext(contextOf('{"a":1,"b":1}'), 'other')).not.toBe(one)
})

test('a function that the files leave behind cannot read the claims of whoever loaded them', async () => {
  const models =
    createTestModels(`cube('X', { sql_table: 't', dimensions: { id: { sql: 'id', type: 'number' } },
    access_policy: [{ role: '*', conditions: [{ if: () => COMPILE_CONTEXT.securityContext.admin }], row_level: { allow_all: true } }] })`)
  const { model } = await models.forContext(contextOf('{"admin":true}'), '')
  const [condition] = model.cubes.get('X')?.policies?.[0]?.conditions ?? []
  expect(condition?.kind === 'function' && (() => condition.holds({}))).toThrow(
    /only while the model is loaded/,
  )
})

describe('what enters SQL is a plain name or a whole number', () => {
  const compile = (expression: string, value: string): Promise<string> =>
    attempt(async () => {
      const text = `const c = COMPILE_CONTEXT.securityContext; cube('X', { sql: \`SELECT * FROM s.orders WHERE tenant = '\${${expression}}'\`, dimensions: { id: { sql: 'id', type: 'number' } } })`
      return printModel(compileModel([fileOf(text)], contextOf(`{"a":${value}}`).claims, OPTIONS).model)
    })

  test.each([
    ['c.a', '"x\' OR true --"'],
    ['c.a', '"\' OR true --"'],
    ['c.a', '"a b"'],
    ['c.a', '""'],
    ['c.a', '"é"'],
    ['c.a', '"１"'],
    ['c.a', '"a\\"b"'],
    ['c.a', '"\\ue000claim\\ue0020\\ue001"'],
    ['c.a', 'null'],
    ['c.a', 'true'],
    ['c.a', '-5'],
    ['c.a', '-9007199254740993'],
    ['c.a', '1.5'],
    ['c.a', '["x"]'],
    ['c.a', '{"b":1}'],
    ['c.b', '1'],
    ['c.a[0]', '["x\' OR true --"]'],
    ['c.a[0].b', '[{"b":"x\' OR true --"}]'],
    ['c.a.b', '{"b":"x\' OR true --"}'],
    ["c.a.join(',')", '["x","y\'"]'],
    ['Object.values(c.a)[0]', '{"b":"x\' OR true --"}'],
    ['c.a.toUpperCase()', '"x\' OR true --"'],
    ['c.a.toUpperCase()', '"\'x"'],
    ['c.a.trim()', '" x\' OR true -- "'],
    ['c.a.slice(1)', '"xy\' OR true --"'],
    ["c.a.split('@')[0]", '"x\' OR true --@corp.example"'],
    ["[...c.a].reverse().join('')", '"-- eurt RO \'"'],
    ["c.a.endsWith('example') ? c.a : 'none'", '"x\' OR true -- example"'],
    ["c.a === `x' OR 1 = 1 --` ? c.a : c.a + 1", '"x\' OR true --"'],
    ['c.a.length > 5 ? c.a : 0', '"x\' OR true --"'],
    ['c.a', `"${'a'.repeat(64)}"`],
    ['`t_${c.a}`', `"${'a'.repeat(62)}"`],
  ])('%s of %s is refused', async (expression, value) => {
    expect(await compile(expression, value)).toMatch(/^refused: claim "[ab](\.b)?" (must be|is missing)/)
  })

  test.each([
    ['c.a', '"acme"'],
    ['c.a', '"pg_catalog"'],
    ['c.a', '0'],
    ['c.a', '1e3'],
    ['c.a', '9007199254740993'],
    ['c.a[0]', '["acme","x y"]'],
    ['c.a?.b', '{"b":"acme"}'],
    ["c.a === 'us-east' ? 'us-east' : 'other'", '"us-east"'],
    ["c.a.endsWith('@corp.example') ? 'staff' : 'guest'", '"ann@corp.example"'],
    ["c.a.replace(/[^a-z]/g, '_')", '"acme-corp"'],
    ["c.a ? 'yes' : 'no'", '"x\' OR true --"'],
    ["c.b ?? 'none'", '"acme"'],
    ["c.a.includes('admin') ? 1 : 2", '["admin","x y"]'],
    ['`t_${c.a}`', `"${'a'.repeat(60)}"`],
  ])('%s of %s is good', async (expression, value) => {
    expect(await compile(expression, value)).not.toMatch(/^refused/)
  })
})
