import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { PgError } from '../../src/errors.js'
import { printChecked } from '../../src/sql/checked.js'
import { DEFAULT_SQL_LIMITS } from '../../src/sql/limits.js'
import { loadParser, parseStatements } from '../../src/sql/parse.js'
import { printStatement } from '../../src/sql/print/statement.js'
import { crashersOf, kept } from '../support/crashers.js'
import { createRandom } from '../support/random.js'

beforeAll(loadParser)

/** Longer by hand: FUZZ_SECONDS=600. A failure names its seed: FUZZ_SEED. */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 2)
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() & 0xffff)

/** Statements of the golden files and of the attack corpus. */
function corpus(): readonly string[] {
  const golden = ['print', 'rewrite'].flatMap((folder) =>
    readdirSync(`test/golden/${folder}`).map((file) => readFileSync(`test/golden/${folder}/${file}`, 'utf8')),
  )
  const attacks = readdirSync('test/security/attacks').map((file) =>
    readFileSync(`test/security/attacks/${file}`, 'utf8'),
  )
  return [...golden, ...attacks]
    .flatMap((text) => text.split('\n'))
    .filter((line) => /^\s*(select|with|table|values)\b/i.test(line))
}

const TOKENS = [
  "'",
  '"',
  '$$',
  '--',
  '/*',
  '*/',
  ';',
  '(',
  ')',
  '\\',
  'E',
  'U&',
  '::',
  '.',
  ',',
  ' ',
  '\n',
  '\r',
  '\u00a0',
  '\ufeff',
  'ſ',
  '0x1f',
  '1e',
  '$1',
  'NULL',
  'NOT',
  'SELECT',
  'FROM',
  'UNION',
  'WITH',
  'LATERAL',
  'OPERATOR(pg_catalog.+)',
  'COLLATE',
  'AS "a""b"',
  "'a\\'",
  'orders',
  'public.orders',
]

/** Pieces of statements cut, doubled, swapped between statements, and hostile tokens put in. */
function mutate(statements: readonly string[], random: (below: number) => number): string {
  const pick = (): string => statements[random(statements.length)] ?? ''
  let text = pick()
  for (let changes = random(4); changes >= 0; changes -= 1) {
    const at = random(text.length + 1)
    const to = Math.min(text.length, at + random(20))
    const other = pick()
    const from = random(other.length + 1)
    const pieces = [
      '',
      text.slice(at, to).repeat(2),
      other.slice(from, from + random(40)),
      TOKENS[random(TOKENS.length)] ?? '',
    ]
    text = text.slice(0, at) + (pieces[random(pieces.length)] ?? '') + text.slice(to)
  }
  return text
}

describe(`mutated statements (seed ${seed})`, () => {
  test(
    'a parser or printer throws nothing but PgError, and what is printed reads as the same tree',
    () => {
      const statements = corpus()
      expect(statements.length).toBeGreaterThan(300)
      const random = createRandom(seed)
      const endMs = Date.now() + SECONDS * 1_000
      let printed = 0
      for (const text of crashersOf('sql')) reread(text)
      while (Date.now() < endMs) printed += reread(mutate(statements, random))
      expect(printed).toBeGreaterThan(10)
    },
    SECONDS * 1_000 + 60_000,
  )
})

/** Prints what was read, and reads it again. @returns how many statements were printed */
function reread(text: string): number {
  let printed = 0
  kept('sql', text, () => {
    try {
      for (const { node } of parseStatements(text, DEFAULT_SQL_LIMITS).statements) {
        if (!('SelectStmt' in node)) continue
        const once = printChecked(node).text
        const [again] = parseStatements(once, { ...DEFAULT_SQL_LIMITS, sqlBytesMax: 1_000_000 }).statements
        if (again === undefined) throw new Error('nothing was read again')
        // Printing is a fixed point: what was printed prints as itself.
        if (printStatement(again.node).text !== once) throw new Error(`printed differently: ${once}`)
        printed += 1
      }
    } catch (error) {
      if (!(error instanceof PgError) || error.condition === 'internal_error') throw error
    }
  })
  return printed
}
