import { createHash } from 'node:crypto'
import { type Diagnostic, DiagnosticsError } from '../errors.js'
import type { Claims } from './claims.js'
import { type ClaimRead, createCompileContext } from './compile-context.js'
import { createCubeCompiler } from './compile-cube.js'
import type { Definition, ModelFile } from './definition.js'
import { type EvaluateOptions, evaluateFiles } from './evaluate.js'
import { mergeExtended } from './merge.js'
import type { Cube, Model } from './model.js'
import { refuseTainted } from './taint.js'

/** A compiled model, and what a person should know about it though it is no error. */
export interface CompiledModel {
  readonly model: Model
  readonly warnings: readonly Diagnostic[]
  /** Claims that the files read through COMPILE_CONTEXT: for other claims with the same values, the model is the same. */
  readonly reads: readonly ClaimRead[]
}

/**
 * Compiles the model's files for one set of claims.
 *
 * @throws DiagnosticsError with every problem of the files
 * @throws PgError insufficient_privilege if a claim that enters SQL is missing or no plain name
 */
export function compileModel(
  files: readonly ModelFile[],
  claims: Claims,
  options: EvaluateOptions,
): CompiledModel {
  const context = createCompileContext(claims)
  const source = evaluateFiles(files, context.value, options)
  context.close()
  const diagnostics: Diagnostic[] = [...source.diagnostics]
  if (diagnostics.length === 0) {
    const evaluate = (value: unknown): ReturnType<typeof evaluateFiles> =>
      evaluateFiles(files, value, options)
    refuseTainted(source, [...context.reads.values()], { files, claims, evaluate })
  }
  const report = (diagnostic: Diagnostic): void => {
    if (
      !diagnostics.some(
        (known) =>
          known.file === diagnostic.file &&
          known.line === diagnostic.line &&
          known.message === diagnostic.message,
      )
    ) {
      diagnostics.push(diagnostic)
    }
  }
  const merged = mergeExtended(source.definitions, report)
  const definitions = merged.filter((definition) => definition.kind === 'cube')
  reportDuplicates(definitions, report)
  const compiler = createCubeCompiler(definitions, source.table, report)
  const cubes = new Map<string, Cube>(
    definitions.map((definition) => [definition.name, compiler.compile(definition)]),
  )
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics)
  const warnings = merged
    .filter((definition) => definition.kind === 'view')
    .map(({ file, line, name }) => ({
      file,
      line,
      column: 0,
      message: `the view "${name}" is left out: views are not supported yet`,
      fix: 'Query its cubes.',
    }))
  return { model: { version: versionOf(cubes), cubes }, warnings, reads: [...context.reads.values()] }
}

function reportDuplicates(
  definitions: readonly Definition[],
  report: (diagnostic: Diagnostic) => void,
): void {
  const seen = new Map<string, Definition>()
  for (const definition of definitions) {
    const folded = definition.name.toLowerCase()
    const earlier = seen.get(folded)
    if (earlier !== undefined) {
      report({
        file: definition.file,
        line: definition.line,
        column: 0,
        message: `the cube "${definition.name}" has the name of "${earlier.name}" in ${earlier.file}:${earlier.line}`,
        fix: 'Give each cube a name of its own; letters that differ in case only are not enough in SQL.',
      })
    }
    seen.set(folded, definition)
  }
}

/** Equal exactly for models that behave alike. */
function versionOf(cubes: ReadonlyMap<string, Cube>): string {
  const plain = (_key: string, value: unknown): unknown => {
    if (value instanceof Map) return [...(value as Map<unknown, unknown>)]
    return typeof value === 'function' || typeof value === 'bigint' ? String(value) : value
  }
  return createHash('sha256')
    .update(JSON.stringify([...cubes], plain))
    .digest('hex')
    .slice(0, 16)
}
