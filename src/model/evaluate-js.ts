import { createContext, Script } from 'node:vm'
import type { Diagnostic } from '../errors.js'
import type { Definition, ModelFile } from './definition.js'
import { createClaimReference, createNameReference, type ReferenceTable } from './reference.js'

/** How long a model file may run. */
const RUN_TIMEOUT_MS = 5_000

export interface EvaluateDeps {
  readonly table: ReferenceTable
  readonly compileContext: unknown
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Loads what a file requires: another file of the project, or an installed package. */
  readonly require: (name: string) => unknown
}

export interface Evaluated {
  readonly definitions: readonly Definition[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Runs a JavaScript model file as it is, without transpiling. A name that is neither JavaScript's nor the file's own becomes a reference,
 * which prints as a marker in the file's template literals.
 */
export function evaluateJs(file: ModelFile, deps: EvaluateDeps): Evaluated {
  const definitions: Definition[] = []
  const diagnostics: Diagnostic[] = []
  const define =
    (kind: Definition['kind']) =>
    (name: unknown, body: unknown): void => {
      const line = callerLine(file.path)
      if (typeof name !== 'string' && typeof name !== 'object') {
        diagnostics.push(
          problem(file.path, line, `${kind}() needs a name`, `Write ${kind}(\`Name\`, { … }).`),
        )
        return
      }
      if (body === null || typeof body !== 'object') {
        diagnostics.push(
          problem(
            file.path,
            line,
            `${kind}(${String(name)}) needs a definition`,
            `Write ${kind}(\`${String(name)}\`, { … }).`,
          ),
        )
        return
      }
      definitions.push({
        kind,
        name: String(name),
        body: body as Record<string, unknown>,
        file: file.path,
        line,
        lineOf: (path) => findLine(file.text, line, path),
      })
    }
  const module = { exports: {} }
  const given: Readonly<Record<string, unknown>> = {
    cube: define('cube'),
    view: define('view'),
    module,
    exports: module.exports,
    require: deps.require,
    process: Object.freeze({ env: deps.environment }),
    console: Object.freeze({ log() {}, info() {}, warn() {}, error() {}, debug() {} }),
    COMPILE_CONTEXT: deps.compileContext,
    SECURITY_CONTEXT: createClaimReference(deps.table, []),
    USER_CONTEXT: createClaimReference(deps.table, []),
  }
  const context = createContext(Object.create(null) as object)
  const builtIn = new Script('(name) => name in globalThis').runInContext(context) as (
    name: string,
  ) => boolean
  const scope = new Proxy(Object.create(null) as object, {
    has: (_target, name) => typeof name === 'string' && (Object.hasOwn(given, name) || !builtIn(name)),
    get(_target, name) {
      if (typeof name === 'symbol') return undefined
      return Object.hasOwn(given, name) ? given[name] : createNameReference(deps.table, [name])
    },
  })
  try {
    const script = new Script(
      `(function (scope) { with (scope) { return (function () {\n${file.text}\n})() } })`,
      {
        filename: file.path,
        lineOffset: -1,
      },
    )
    const run = script.runInContext(context) as (scope: object) => void
    // The timeout of vm holds only for what runs inside runInContext.
    Object.defineProperty(context, '__run', { value: () => run(scope), configurable: true })
    new Script('__run()').runInContext(context, { timeout: RUN_TIMEOUT_MS })
  } catch (error) {
    diagnostics.push(describeThrown(file, error))
  }
  return { definitions, diagnostics }
}

function describeThrown(file: ModelFile, error: unknown): Diagnostic {
  const message =
    error !== null && typeof error === 'object' && 'message' in error ? String(error.message) : String(error)
  const stack = error !== null && typeof error === 'object' && 'stack' in error ? String(error.stack) : ''
  const at = stack.indexOf(`${file.path}:`)
  const line = at < 0 ? 0 : Number.parseInt(stack.slice(at + file.path.length + 1), 10) || 0
  if (/Cannot use import statement|Unexpected token 'export'/.test(message)) {
    return problem(
      file.path,
      line,
      'model files are not ES modules',
      "Use require('./file') and module.exports.",
    )
  }
  if (/timed out/.test(message))
    return problem(
      file.path,
      line,
      `the file ran for more than ${RUN_TIMEOUT_MS} ms`,
      'Look for an endless loop.',
    )
  return problem(file.path, line, message, 'Mend the JavaScript of this line.')
}

function problem(file: string, line: number, message: string, fix: string): Diagnostic {
  return { file, line, column: 0, message, fix }
}

/** The line of the file from which a function given to it was called. */
function callerLine(path: string): number {
  const stack = new Error().stack ?? ''
  const at = stack.indexOf(`${path}:`)
  return at < 0 ? 0 : Number.parseInt(stack.slice(at + path.length + 1), 10) || 0
}

/** Looks for the keys one after another below a line; names in JavaScript have no places of their own at run time. */
function findLine(text: string, from: number, path: readonly (string | number)[]): number {
  const lines = text.split('\n')
  let line = Math.max(0, from - 1)
  for (const key of path) {
    if (typeof key === 'number') continue
    const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const pattern = new RegExp(`(^|[\\s{,'"\`])(${key}|${snake})['"\`]?\\s*[:(]`)
    const found = lines.findIndex((content, index) => index >= line && pattern.test(content))
    if (found < 0) break
    line = found
  }
  return line + 1
}
