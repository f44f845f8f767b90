import { readFile } from 'node:fs/promises'
import ts from 'typescript'

/** @type {import('node:module').ResolveHook} A TypeScript file names the file that it imports by what it will be compiled to. */
export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context)
  } catch (error) {
    if (!specifier.startsWith('.') || !specifier.endsWith('.js')) throw error
    return next(specifier.replace(/js$/, 'ts'), context)
  }
}

/** @type {import('node:module').LoadHook} Takes the types away, and checks nothing: `npm test` does. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const { outputText } = ts.transpileModule(await readFile(new URL(url), 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  return { format: 'module', source: outputText, shortCircuit: true }
}
