import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DiagnosticsError, PgError } from '../../src/errors.js'

interface GoldenCase {
  readonly name: string
  readonly input: string
  /** Undefined where nobody has accepted an answer yet. */
  readonly expected: string | undefined
}

/**
 * One test per case of a golden file: what `run` makes of the input must be the expected text. With UPDATE_GOLDEN=1 the file is
 * written again with what came out; the diff is the review.
 *
 * A file holds cases that begin with a line `# name`; then the input, a line `----`, and the expected text. A thrown PgError or
 * DiagnosticsError is text too.
 */
export function runGolden(
  file: string,
  run: (input: string, name: string) => string | Promise<string>,
): void {
  const updating = process.env.UPDATE_GOLDEN === '1'
  const cases = parseGolden(readFileSync(file, 'utf8'))
  const actual = new Map<string, string>()
  describe(file, () => {
    test('has cases, each with a name of its own', () => {
      expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
      expect(cases).not.toHaveLength(0)
    })
    test.each(cases)('$name', async ({ name, input, expected }) => {
      const output = (await printOutcome(run, input, name)).trimEnd()
      actual.set(name, output)
      if (!updating) expect(output).toBe(expected)
    })
    if (!updating) return
    test('is written again', () => {
      writeFileSync(
        file,
        cases.map((golden) => printCase({ ...golden, expected: actual.get(golden.name) })).join('\n'),
      )
    })
  })
}

function parseGolden(text: string): readonly GoldenCase[] {
  return text
    .split(/^# /m)
    .slice(1)
    .map((part) => {
      const [head = '', ...lines] = part.split('\n')
      const bar = lines.indexOf('----')
      const input = lines
        .slice(0, bar < 0 ? lines.length : bar)
        .join('\n')
        .trimEnd()
      const expected =
        bar < 0
          ? undefined
          : lines
              .slice(bar + 1)
              .join('\n')
              .trimEnd()
      return { name: head.trim(), input, expected }
    })
}

function printCase({ name, input, expected }: GoldenCase): string {
  return `# ${name}\n${input}${input === '' ? '' : '\n'}----\n${expected ?? ''}\n`
}

async function printOutcome(
  run: (input: string, name: string) => string | Promise<string>,
  input: string,
  name: string,
): Promise<string> {
  try {
    return await run(input, name)
  } catch (error) {
    if (error instanceof DiagnosticsError) return error.message
    if (!(error instanceof PgError)) throw error
    const { code, message, hint, detail, position } = error
    return [
      `ERROR ${code}: ${message}`,
      ...(hint === undefined ? [] : [`HINT: ${hint}`]),
      ...(detail === undefined ? [] : [`DETAIL: ${detail}`]),
      ...(position === undefined ? [] : [`POSITION: ${position}`]),
    ].join('\n')
  }
}
