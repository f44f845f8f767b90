import { LineCounter, parseDocument } from 'yaml'
import type { Diagnostic } from '../errors.js'
import type { Definition, ModelFile } from './definition.js'
import type { EvaluateDeps, Evaluated } from './evaluate-js.js'

const REFERENCE = /\{\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\}/g
const CLAIM_CALL =
  /\{\s*(?:SECURITY_CONTEXT|security_context)((?:\.\w+)+)\.(filter|requiredFilter|unsafeValue)\(\s*(?:(['"])(.*?)\3)?\s*\)\s*\}/g
const JINJA_CLAIM = /\{\{\s*COMPILE_CONTEXT\.(?:securityContext|security_context)((?:\.\w+)+)\s*\}\}/g

/** Reads the cubes and views of a YAML model file. `{name}` in a text is a reference, as in Cube. */
export function evaluateYaml(file: ModelFile, deps: EvaluateDeps): Evaluated {
  const lines = new LineCounter()
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false })
  const problem = (line: number, message: string, fix: string): Diagnostic => ({
    file: file.path,
    line,
    column: 0,
    message,
    fix,
  })
  if (document.errors.length > 0) {
    const diagnostics = document.errors.map((error) =>
      problem(lines.linePos(error.pos[0]).line, error.message, 'Mend the YAML of this line.'),
    )
    return { definitions: [], diagnostics }
  }
  const root = document.toJS() as unknown
  if (root === null || typeof root !== 'object') return { definitions: [], diagnostics: [] }
  const definitions: Definition[] = []
  const diagnostics: Diagnostic[] = []
  const lineAt = (path: readonly (string | number)[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined
      if (node?.range?.[0] !== undefined) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  for (const [key, kind] of [
    ['cubes', 'cube'],
    ['views', 'view'],
  ] as const) {
    const list = (root as Record<string, unknown>)[key]
    if (list === undefined) continue
    if (!Array.isArray(list)) {
      diagnostics.push(
        problem(lineAt([key]), `"${key}" must be a list`, `Write "${key}:" and below it "- name: …".`),
      )
      continue
    }
    list.forEach((entry: unknown, index) => {
      const line = lineAt([key, index])
      const name = entry !== null && typeof entry === 'object' && 'name' in entry ? entry.name : undefined
      if (typeof name !== 'string') {
        diagnostics.push(problem(line, `a ${kind} without a name`, 'Begin the entry with "name: …".'))
        return
      }
      const { name: _name, ...body } = entry as Record<string, unknown>
      definitions.push({
        kind,
        name,
        body: withReferences(body, deps) as Record<string, unknown>,
        file: file.path,
        line,
        lineOf: (path) => lineAt([key, index, ...yamlPath(root, [key, index], path)]),
      })
    })
  }
  for (const key of Object.keys(root)) {
    if (key !== 'cubes' && key !== 'views') {
      diagnostics.push(
        problem(lineAt([key]), `unknown key "${key}"`, 'A model file has "cubes:" and "views:".'),
      )
    }
  }
  return { definitions, diagnostics }
}

/** Members are written as a list with names; a path by name becomes one by index, a camelCase key what was written. */
function yamlPath(
  root: unknown,
  start: readonly (string | number)[],
  path: readonly (string | number)[],
): readonly (string | number)[] {
  let value: unknown = start.reduce(
    (inner: unknown, key) => (inner as Record<string | number, unknown>)[key],
    root,
  )
  const found: (string | number)[] = []
  for (const key of path) {
    if (value === null || typeof value !== 'object') break
    const snake = String(key).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const next = Array.isArray(value)
      ? typeof key === 'number'
        ? key
        : value.findIndex(
            (entry: unknown) =>
              entry !== null && typeof entry === 'object' && 'name' in entry && entry.name === key,
          )
      : snake in value
        ? snake
        : key
    if (next === -1) break
    found.push(next)
    value = (value as Record<string | number, unknown>)[next]
  }
  return found
}

function withReferences(value: unknown, deps: EvaluateDeps): unknown {
  if (typeof value === 'string') return referenceText(value, deps)
  if (Array.isArray(value)) return value.map((element) => withReferences(element, deps))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      PLAIN_TEXT.has(key) ? child : withReferences(child, deps),
    ]),
  )
}

/** Keys whose texts are for people, or are read in a way of their own. */
const PLAIN_TEXT = new Set([
  'title',
  'description',
  'meta',
  'access_policy',
  'accessPolicy',
  'format',
  'label',
])

function referenceText(text: string, { table, compileContext }: EvaluateDeps): string {
  const path = (dotted: string): readonly string[] => dotted.split('.').filter((part) => part !== '')
  return text
    .replace(JINJA_CLAIM, (_all, dotted: string) => {
      const context = (compileContext as { securityContext: unknown }).securityContext
      return String(
        path(dotted).reduce(
          (value: unknown, name) => (value as Record<string, unknown> | undefined)?.[name],
          context,
        ),
      )
    })
    .replace(
      CLAIM_CALL,
      (_all, dotted: string, method: string, _quote: string, argument: string | undefined) =>
        method === 'unsafeValue'
          ? table.add({ kind: 'claim-unsafe', path: path(dotted) })
          : table.add({
              kind: 'claim-filter',
              path: path(dotted),
              argument: referenceText(argument ?? '', { table, compileContext } as EvaluateDeps),
              required: method === 'requiredFilter',
            }),
    )
    .replace(REFERENCE, (_all, dotted: string) =>
      table.add({ kind: 'name', path: path(dotted), call: false }),
    )
}
