import { PgError } from '../errors.js'
import type { Node, RangeFunction } from '../sql/tree.js'
import { namesOf, stringOf } from './node.js'

/** Columns of the functions that return more than one, or one with a name of its own (pg_proc.proargnames of OUT arguments). */
const OUT_COLUMNS: ReadonlyMap<string, readonly string[]> = new Map([
  ['json_each', ['key', 'value']],
  ['json_each_text', ['key', 'value']],
  ['jsonb_each', ['key', 'value']],
  ['jsonb_each_text', ['key', 'value']],
  ['json_array_elements', ['value']],
  ['json_array_elements_text', ['value']],
  ['jsonb_array_elements', ['value']],
  ['jsonb_array_elements_text', ['value']],
  ['ts_parse', ['tokid', 'token']],
  ['ts_token_type', ['tokid', 'alias', 'description']],
  ['ts_debug', ['alias', 'description', 'token', 'dictionaries', 'dictionary', 'lexemes']],
])

/**
 * Columns and name of a function in FROM, by the rules of addRangeTableEntryForFunction: a column definition list, the OUT arguments'
 * names, else the alias, else the function's name.
 */
export function functionColumns(
  node: RangeFunction,
  nameOf: (expression: Node) => string,
): { name: string | undefined; columns: readonly string[] } {
  const alias = node.alias?.aliasname
  const columns: string[] = []
  const items = (node.functions ?? []).map((item) => ('List' in item ? (item.List.items ?? []) : [item]))
  for (const [call, definition] of items) {
    if (call === undefined) continue
    const defined =
      definitionNames(definition) ?? (items.length === 1 ? columnDefinitions(node.coldeflist) : undefined)
    if (defined === undefined && isAdded(call)) {
      columns.push(...namedColumns(node, call, items.length))
      continue
    }
    columns.push(...(defined ?? outColumns(call, nameOf, node.is_rowsfrom ? undefined : alias)))
  }
  if (node.ordinality) columns.push('ordinality')
  const [firstCall] = items[0] ?? []
  return { name: alias ?? (firstCall === undefined ? undefined : nameOf(firstCall)), columns }
}

/** Whether a call is of a function that the operator added, of which nothing is known here. */
function isAdded(call: Node): boolean {
  const names = 'FuncCall' in call ? namesOf(call.FuncCall.funcname) : []
  return names.length > 1 && names[0] !== 'pg_catalog'
}

/** The columns that an alias names for the only function beside it. */
function namedColumns(node: RangeFunction, call: Node, functionCount: number): readonly string[] {
  const named = namesOf(node.alias?.colnames)
  const columns = node.ordinality ? named.slice(0, -1) : named
  if (functionCount === 1 && columns.length > 0) return columns
  const name = 'FuncCall' in call ? namesOf(call.FuncCall.funcname).join('.') : ''
  throw new PgError('feature_not_supported', `the columns of ${name} are not known here`, {
    hint: `Name all of them: ${name}(…) AS t (a, b).`,
  })
}

function outColumns(
  call: Node,
  nameOf: (expression: Node) => string,
  alias: string | undefined,
): readonly string[] {
  const name = nameOf(call)
  const known = OUT_COLUMNS.get(name)
  if (known !== undefined) return known
  // unnest of several arrays is several functions, of one column each.
  const argumentCount = name === 'unnest' && 'FuncCall' in call ? (call.FuncCall.args ?? []).length : 1
  if (argumentCount > 1) return Array.from({ length: argumentCount }, () => 'unnest')
  return [alias ?? name]
}

function definitionNames(definition: Node | undefined): readonly string[] | undefined {
  return definition !== undefined && 'List' in definition
    ? columnDefinitions(definition.List.items)
    : undefined
}

function columnDefinitions(nodes: readonly Node[] | undefined): readonly string[] | undefined {
  if (nodes === undefined || nodes.length === 0) return undefined
  if (nodes.every((node) => 'String' in node)) return namesOf([...nodes])
  return nodes.map((node) => ('ColumnDef' in node ? (node.ColumnDef.colname ?? '') : (stringOf(node) ?? '')))
}
