import { createRequire } from 'node:module'
import { posix, resolve } from 'node:path'
import type { Diagnostic } from '../errors.js'
import type { Definition, ModelFile } from './definition.js'
import { evaluateJs } from './evaluate-js.js'
import { evaluateYaml } from './evaluate-yaml.js'
import { createReferenceTable, type ReferenceTable, referencePath } from './reference.js'

/** All definitions of a model's files, and the table that their references point into. */
export interface ModelSource {
  readonly definitions: readonly Definition[]
  readonly table: ReferenceTable
  readonly diagnostics: readonly Diagnostic[]
}

export interface EvaluateOptions {
  readonly projectDir: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Runs or reads every file once, over one value of COMPILE_CONTEXT. */
export function evaluateFiles(
  files: readonly ModelFile[],
  compileContext: unknown,
  { projectDir, environment }: EvaluateOptions,
): ModelSource {
  const table = createReferenceTable()
  const definitions: Definition[] = []
  const diagnostics: Diagnostic[] = []
  for (const file of files) {
    const require = createRequire(resolve(projectDir, posix.dirname(file.path), 'noop.js'))
    const evaluate = file.path.endsWith('.js') ? evaluateJs : evaluateYaml
    const evaluated = evaluate(file, { table, compileContext, environment, require })
    definitions.push(
      ...evaluated.definitions.map((definition) => ({
        ...definition,
        body: withTexts(definition.body) as Definition['body'],
      })),
    )
    diagnostics.push(...evaluated.diagnostics)
  }
  return { definitions, table, diagnostics }
}

/** Cube allows `sql` to be a function; what it returns is the text. */
function withTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTexts)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      const isSql = key === 'sql' || key === 'sqlTable' || key === 'sql_table'
      if (isSql && typeof child === 'function' && referencePath(child) === undefined)
        return [key, String((child as () => unknown)())]
      return [key, isSql && typeof child === 'function' ? String(child) : withTexts(child)]
    }),
  )
}
