import { createRequire } from 'node:module'
import { invariant } from '../errors.js'

/** The part of libpg-query that is used. */
interface ParserInstance {
  loadModule(): Promise<void>
  parseSync(sql: string): { readonly stmts?: readonly unknown[] }
  fingerprintSync(sql: string): string
}

const require = createRequire(import.meta.url)

/** The WebAssembly module keeps state between calls and cannot recover from a stack overflow, so it must be replaceable. */
let current: ParserInstance | undefined
let spare: ParserInstance | undefined

async function createInstance(): Promise<ParserInstance> {
  for (const path of Object.keys(require.cache)) if (path.includes('libpg-query')) delete require.cache[path]
  const instance = require('libpg-query') as ParserInstance
  await instance.loadModule()
  return instance
}

/** Loads the parser, and a second one to take its place if it breaks. To be awaited once, before anything is parsed. */
export async function loadParser(): Promise<void> {
  current ??= await createInstance()
  spare ??= await createInstance()
}

function parser(): ParserInstance {
  invariant(current !== undefined, 'loadParser() was not awaited')
  return current
}

/** Whether the grammar refused a text, which does the instance no harm. */
export function isSyntaxError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'SqlError'
}

/** The statements of a text. @throws the parser's own error; an instance that failed in any other way is not used again */
export function parseTree(sql: string): readonly unknown[] {
  return guarded(() => parser().parseSync(sql).stmts ?? [])
}

/** Equal for texts that differ in their constants only. @throws as parseTree does */
export function fingerprint(sql: string): string {
  return guarded(() => parser().fingerprintSync(sql))
}

function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!isSyntaxError(error)) replaceParser()
    throw error
  }
}

/** Puts the spare instance in the place of one that may be broken, and makes another spare meanwhile. */
function replaceParser(): void {
  current = spare
  spare = undefined
  void createInstance().then((instance) => {
    if (current === undefined) current = instance
    else spare = instance
  })
}
