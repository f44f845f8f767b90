import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { SETTING_SPECS } from '../src/settings.js'

/** What each folder, or file directly in src, may import: the table of ARCHITECTURE.md. `npm:` begins the name of a package. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  events: [],
  duration: ['errors'],
  protocol: ['errors'],
  sql: ['errors', 'npm:libpg-query', 'npm:@pgsql/types', 'npm:node-sql-parser', 'node:module'],
  model: [
    'sql',
    'errors',
    'node:fs/promises',
    'node:path',
    'node:vm',
    'node:module',
    'node:crypto',
    'npm:yaml',
    'npm:zod',
  ],
  auth: ['errors', 'events', 'node:crypto', 'npm:jose', 'npm:zod', 'npm:lru-cache'],
  plan: ['model', 'sql', 'errors', 'auth/context'],
  catalog: [
    'model',
    'protocol',
    'errors',
    'events',
    'sql',
    'node:worker_threads',
    'node:fs',
    'node:crypto',
    'npm:lru-cache',
    'npm:@electric-sql/pglite',
  ],
  upstream: [
    'protocol',
    'errors',
    'events',
    'node:net',
    'node:tls',
    'node:fs',
    'node:os',
    'node:path',
    'npm:pg',
    'npm:pg-protocol',
    'npm:lru-cache',
    'npm:@electric-sql/pglite',
    'npm:@electric-sql/pglite-socket',
  ],
  session: [
    'upstream',
    'catalog',
    'plan',
    'model',
    'auth',
    'sql',
    'protocol',
    'errors',
    'events',
    'node:net',
    'node:tls',
    'node:crypto',
    'npm:lru-cache',
  ],
  observe: ['events', 'node:tty', 'npm:pino'],
}
/** They compose the parts, so they may import any of them. */
const COMPOSERS = [
  'main',
  'project',
  'check',
  'explain',
  'cli',
  'config',
  'serve',
  'open-session',
  'models',
  'contexts',
  'hooks',
  'settings',
  'setting-value',
  'config-check',
  'environment',
  'print-config',
  'token',
  'health',
  'probe',
  'catalog-tables',
  'upstream-role',
  'functions-allowed',
]
const READ_THE_PROCESS = ['main', 'cli', 'config', 'health']
/** Folders in which nothing waits, reads or asks the time: the same input gives the same output. */
const PURE = ['sql', 'plan']
const LINES_MAX = 400
const BANNED_FOLDERS = ['utils', 'util', 'helpers', 'types', 'services', 'common', 'lib']

interface Source {
  readonly path: string
  readonly text: string
  readonly part: string
}

function filesUnder(folder: string, ending = '.ts'): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path))
}

const partOf = (path: string): string => (relative('src', path).split('/')[0] ?? '').replace(/\.(ts|js)$/, '')
const sources: readonly Source[] = filesUnder('src').map((path) => ({
  path,
  text: readFileSync(path, 'utf8'),
  part: partOf(path),
}))
const shipped = sources.filter(({ path }) => !path.endsWith('.test.ts'))
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')

function importsOf({ path, text }: Source): readonly string[] {
  return ts.preProcessFile(text).importedFiles.map(({ fileName }) => {
    if (fileName.startsWith('.'))
      return relative('src', normalize(join(dirname(path), fileName))).replace(/\.js$/, '')
    return fileName.startsWith('node:') ? fileName : `npm:${fileName}`
  })
}

function allows(allowed: string, imported: string): boolean {
  return imported === allowed || imported.startsWith(`${allowed}/`)
}

describe('imports', () => {
  test.each(shipped.filter(({ part }) => !COMPOSERS.includes(part)))('$path', (source) => {
    const allowed = MAY_IMPORT[source.part]
    expect(allowed, `${source.part} is in no table: give it a row`).toBeDefined()
    const beyond = importsOf(source).filter(
      (imported) =>
        imported.split('/')[0] !== source.part && !(allowed ?? []).some((name) => allows(name, imported)),
    )
    expect(beyond).toEqual([])
  })

  test('are found at all', () => {
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(300)
  })

  test('files are read by model/load.ts alone, inside the model', () => {
    const readers = shipped.filter(
      (source) => source.part === 'model' && importsOf(source).includes('node:fs/promises'),
    )
    expect(readers.map(({ path }) => path)).toEqual(['src/model/load.ts'])
  })
})

describe('bans', () => {
  test.each(sources)('$path is no longer than it may be', ({ text }) => {
    expect(text.split('\n').length).toBeLessThanOrEqual(LINES_MAX)
  })

  test('most files are short', () => {
    const long = shipped.filter(({ text }) => text.split('\n').length > 150)
    expect(long.length / shipped.length).toBeLessThan(0.3)
  })

  test('no folder is a drawer', () => {
    const folders = sources.flatMap(({ path }) => dirname(path).split('/'))
    expect(folders.filter((folder) => BANNED_FOLDERS.includes(folder))).toEqual([])
    expect(sources.filter(({ path }) => path.endsWith('/index.ts'))).toEqual([])
  })

  test('the process is read by those who compose', () => {
    const readers = shipped.filter(
      ({ part, text }) => !READ_THE_PROCESS.includes(part) && /\bprocess\./.test(withoutComments(text)),
    )
    expect(readers.map(({ path }) => path)).toEqual([])
  })

  test.each(shipped.filter(({ part }) => PURE.includes(part)))(
    '$path reads no clock and awaits nothing',
    ({ path, text }) => {
      const code = withoutComments(text)
      expect(code).not.toMatch(/Date\.now|new Date\(\)|performance\.|Math\.random|setTimeout/)
      if (path !== 'src/sql/parser.ts') expect(code).not.toMatch(/\bawait\b|\basync\b/)
    },
  )

  test('nothing is skipped, focused or left for later', () => {
    const tests = [...filesUnder('test'), ...filesUnder('src')].filter((path) => path !== 'test/tidy.test.ts')
    const marks = tests.filter((path) =>
      /\.(only|skip|todo)\(|TODO|FIXME|ts-ignore|ts-expect-error/.test(readFileSync(path, 'utf8')),
    )
    expect(marks).toEqual([])
  })
})

describe('documents', () => {
  const readme = readFileSync('README.md', 'utf8')

  test.each(SETTING_SPECS)('the README has $name, its unit and default', ({ name, unit, fallback }) => {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\``))
    expect(row).toBeDefined()
    if (unit !== '') expect(row).toContain(unit)
    if (fallback !== '') expect(row).toContain(fallback)
  })

  test('every folder has a paragraph in ARCHITECTURE.md', () => {
    const architecture = readFileSync('ARCHITECTURE.md', 'utf8')
    const folders = new Set(sources.filter(({ path }) => path.split('/').length > 2).map(({ part }) => part))
    expect([...folders].filter((folder) => !architecture.includes(`\`${folder}/\``))).toEqual([])
  })

  test('no document and no source names a path of somebody’s machine', () => {
    const texts = [
      ...filesUnder('docs', '.md'),
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      ...sources.map(({ path }) => path),
    ]
    expect(
      texts.filter((path) => /\/(?:home|Users|work|root)\/[a-z]/.test(readFileSync(path, 'utf8'))),
    ).toEqual([])
  })
})
