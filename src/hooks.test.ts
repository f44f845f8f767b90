import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Diagnostic, DiagnosticsError } from './errors.js'
import { type LoadedHooks, loadHooks } from './hooks.js'

let projectDir = ''
beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'rowgate-hooks-'))
})
afterEach(() => rmSync(projectDir, { recursive: true, force: true }))

function load(text: string, name = 'cube.js'): LoadedHooks {
  writeFileSync(join(projectDir, name), text)
  return loadHooks(projectDir)
}

function problemsOf(text: string, name?: string): readonly Diagnostic[] {
  try {
    load(text, name)
  } catch (error) {
    if (error instanceof DiagnosticsError) return error.diagnostics
    throw error
  }
  throw new Error('was loaded')
}

test('a project without cube.js has no hooks', () => {
  expect(loadHooks(projectDir)).toEqual({ hooks: {}, warnings: [] })
})

describe.each(['commonjs', 'module', 'none'])('in a package of type %s', (type) => {
  beforeEach(() => {
    if (type !== 'none') writeFileSync(join(projectDir, 'package.json'), JSON.stringify({ type }))
    writeFileSync(join(projectDir, 'tenant.cjs'), "exports.tenant = 'a'")
  })

  test('module.exports with require', () => {
    const { hooks } = load(
      "const { tenant } = require('./tenant.cjs')\nmodule.exports = { contextToAppId: () => tenant + __dirname }",
    )
    expect(hooks.contextToAppId?.({ securityContext: {} })).toBe(`a${projectDir}`)
  })

  test('exports.x', () => {
    expect(load('exports.queryRewrite = (query) => query').hooks.queryRewrite).toBeTypeOf('function')
  })

  test('cube.mjs', () => {
    const { hooks } = load('export default { contextToAppId: () => 1 }', 'cube.mjs')
    expect(hooks.contextToAppId?.({ securityContext: {} })).toBe(1)
  })

  test('export default in cube.js', () => {
    const { hooks } = load(
      "import { tenant } from './tenant.cjs'\nexport default { contextToAppId: () => tenant }",
    )
    expect(hooks.contextToAppId?.({ securityContext: {} })).toBe('a')
  })
})

test('it is read again each time', () => {
  const appId = (text: string): unknown => load(text).hooks.contextToAppId?.({ securityContext: {} })
  expect(appId('module.exports = { contextToAppId: () => 1 }')).toBe(1)
  expect(appId('module.exports = { contextToAppId: () => 2 }')).toBe(2)
})

test('older names mean the newer ones', () => {
  const { hooks } = load('module.exports = { queryTransformer: () => 1, contextToRoles: () => [] }')
  expect(Object.keys(hooks)).toEqual(['queryRewrite', 'contextToGroups'])
})

test('options for Cube alone are passed over with a warning', () => {
  const { hooks, warnings } = load('module.exports = { driverFactory: () => {}, telemetry: false }')
  expect(hooks).toEqual({})
  expect(warnings.map(({ message }) => message)).toEqual([
    '"driverFactory" has no effect here',
    '"telemetry" has no effect here',
  ])
})

describe('problems', () => {
  test('are reported all at once', () => {
    const problems = problemsOf(
      "module.exports = { queryRewrit: () => {}, checkSqlAuth: 'x', extendContext: undefined, jwt: {}, apiSecret: 'x' }",
    )
    expect(problems.map(({ message }) => message)).toEqual([
      '"queryRewrit" is no option that is known',
      '"checkSqlAuth" must be a function',
      '"extendContext" must be a function',
      '"jwt" is not read here',
      '"apiSecret" is not read here',
    ])
  })

  const cases: readonly (readonly [string, string, string, Partial<Diagnostic>])[] = [
    ['a throw', 'cube.js', "\n\nthrow new Error('no')", { file: 'cube.js', line: 3, message: 'no' }],
    ['a throw of a text', 'cube.js', "throw 'no'", { line: 0, message: 'no' }],
    ['bad syntax', 'cube.js', 'const a = 1\nmodule.exports = {{', { line: 2 }],
    [
      'a missing package',
      'cube.js',
      "\nrequire('no-such-thing')",
      { line: 2, message: "Cannot find module 'no-such-thing'" },
    ],
    [
      'a throw in an ES module',
      'cube.mjs',
      "\nthrow new Error('no')\nexport {}",
      { file: 'cube.mjs', line: 2 },
    ],
    ['a function', 'cube.js', 'module.exports = () => ({})', { message: 'must export an object' }],
    ['a list', 'cube.js', 'module.exports = []', { message: 'must export an object' }],
    [
      'one option twice',
      'cube.js',
      'module.exports = { queryRewrite() {}, queryTransformer() {} }',
      {
        message: '"queryTransformer" and "queryRewrite" are the same option',
      },
    ],
    ['Python', 'cube.py', '', { file: 'cube.py' }],
    ['TypeScript', 'cube.ts', '', { file: 'cube.ts' }],
  ]
  test.each(cases)('%s', (_name, file, text, want) => {
    const problems = problemsOf(text, file)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject(want)
    expect(problems[0]?.fix).not.toBe('')
    expect(JSON.stringify(problems)).not.toContain(projectDir)
  })
})
