import { appendFileSync, readFileSync } from 'node:fs'

type Fuzzer = 'claims' | 'frontend' | 'sql'

const fileOf = (fuzzer: Fuzzer): string => `test/fuzz/crashers/${fuzzer}.txt`

/** Inputs on which a fuzzer failed once, or on which others of its kind did: they are run before all that is made at random. */
export function crashersOf(fuzzer: Fuzzer): readonly string[] {
  return readFileSync(fileOf(fuzzer), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as string)
}

/** Runs what may crash, and keeps the input if it does: the file goes into the repository with what mends it. */
export function kept(fuzzer: Fuzzer, input: string, work: () => void): void {
  try {
    work()
  } catch (cause) {
    if (!crashersOf(fuzzer).includes(input)) appendFileSync(fileOf(fuzzer), `${JSON.stringify(input)}\n`)
    throw new Error(`crash on ${JSON.stringify(input)}, kept in ${fileOf(fuzzer)}`, { cause })
  }
}
