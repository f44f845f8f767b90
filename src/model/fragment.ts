import { PgError } from '../errors.js'
import { parseExpression, parseQuery } from '../sql/parse.js'
import type { Node, SelectStmt } from '../sql/tree.js'
import { withoutLocations } from '../sql/walk.js'
import { containsMarker, parseMarker, printMarker, replaceMarkers } from './marker.js'
import type { ClaimUse } from './model.js'
import type { Reference, ReferenceTable } from './reference.js'

/** What the references of a fragment lead to. All of it belongs to the cube for which the fragment is compiled. */
export interface FragmentScope {
  readonly table: ReferenceTable
  /** The cube whose file wrote the fragment: its bare columns are this cube's. */
  readonly cube: string
  /** The tree of a member, by the path that was written. @throws PgError if there is none */
  readonly member: (path: readonly string[]) => Node
  /** Whether a name is a cube's. */
  readonly isCube: (name: string) => boolean
  /** Notes that another cube's columns are read. */
  readonly joins: (cube: string) => void
  /** Another cube's query, for `${Other.sql()}`. */
  readonly cubeQuery: (cube: string) => SelectStmt
  /** Takes a use of a claim and gives its index. */
  readonly addClaim: (use: ClaimUse) => number
}

/**
 * The tree of one SQL expression of the model, every reference resolved.
 *
 * @throws PgError with what is wrong in words for whoever wrote the model
 */
export function compileExpression(text: string, scope: FragmentScope): Node {
  return resolve(withoutLocations(parseExpression(text)), scope, true) as Node
}

/** The tree of a cube's `sql`. */
export function compileQuery(text: string, scope: FragmentScope): SelectStmt {
  const query = withoutLocations(parseQuery(text))
  return resolve(query, scope, false, cteNames(query)) as SelectStmt
}

function cteNames(value: unknown): ReadonlySet<string> {
  const names = new Set<string>()
  const walk = (inner: unknown): void => {
    if (Array.isArray(inner)) return inner.forEach(walk)
    if (inner === null || typeof inner !== 'object') return
    for (const [key, child] of Object.entries(inner)) {
      if (key === 'CommonTableExpr') names.add((child as { ctename?: string }).ctename ?? '')
      walk(child)
    }
  }
  walk(value)
  return names
}

function resolve(
  value: unknown,
  scope: FragmentScope,
  ownLevel: boolean,
  ctes: ReadonlySet<string> = new Set(),
): unknown {
  if (typeof value === 'string') return containsMarker(value) ? resolveText(value, scope) : value
  if (Array.isArray(value)) return value.map((element) => resolve(element, scope, ownLevel, ctes))
  if (value === null || typeof value !== 'object') return value
  if ('ColumnRef' in value)
    return resolveColumn(value as Extract<Node, { ColumnRef: unknown }>, scope, ownLevel)
  if ('RangeVar' in value) return resolveTable(value as Extract<Node, { RangeVar: unknown }>, scope, ctes)
  // Inside a subquery of the fragment, bare columns are that subquery's own business.
  const inner = ownLevel && !('SelectStmt' in value)
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, resolve(child, scope, inner, ctes)]),
  )
}

function fieldTexts(node: Extract<Node, { ColumnRef: unknown }>): readonly string[] {
  return (node.ColumnRef.fields ?? []).map((field) => ('String' in field ? (field.String.sval ?? '') : '*'))
}

function resolveColumn(
  node: Extract<Node, { ColumnRef: unknown }>,
  scope: FragmentScope,
  ownLevel: boolean,
): Node {
  const [first = '', ...rest] = fieldTexts(node)
  const reference = referenceOf(first, scope)
  if (reference === undefined) {
    if (rest.length > 0 || !ownLevel || first === '*') return resolveFields(node, scope)
    return {
      ColumnRef: {
        fields: [{ String: { sval: scope.cube } }, ...(resolveFields(node, scope).ColumnRef.fields ?? [])],
      },
    }
  }
  if (reference.kind === 'name') return resolveName(reference, rest, scope)
  if (rest.length > 0) throw new PgError('syntax_error', 'SECURITY_CONTEXT cannot be followed by a column')
  return resolveClaim(reference, scope)
}

function resolveFields(
  node: Extract<Node, { ColumnRef: unknown }>,
  scope: FragmentScope,
): Extract<Node, { ColumnRef: unknown }> {
  const fields = (node.ColumnRef.fields ?? []).map((field) =>
    'String' in field && containsMarker(field.String.sval ?? '')
      ? { String: { sval: resolveText(field.String.sval ?? '', scope) } }
      : field,
  )
  return { ColumnRef: { fields } }
}

function resolveName(
  reference: Extract<Reference, { kind: 'name' }>,
  columns: readonly string[],
  scope: FragmentScope,
): Node {
  const path =
    reference.path[0] === 'CUBE' || reference.path[0] === 'TABLE'
      ? [scope.cube, ...reference.path.slice(1)]
      : reference.path
  const [cube = '', ...below] = path
  if (below.length === 0 && scope.isCube(cube)) {
    if (columns.length === 0)
      throw new PgError('syntax_error', `"${reference.path.join('.')}" is a cube, not a value`, {
        hint: 'Add a column: ${CUBE}.column.',
      })
    if (cube !== scope.cube) scope.joins(cube)
    return {
      ColumnRef: {
        fields: [cube, ...columns].map((name) =>
          name === '*' ? { A_Star: {} } : { String: { sval: name } },
        ),
      },
    }
  }
  if (columns.length > 0)
    throw new PgError('undefined_table', `there is no cube "${reference.path.join('.')}"`)
  return scope.member(path)
}

function resolveClaim(reference: Exclude<Reference, { kind: 'name' }>, scope: FragmentScope): Node {
  const marker = (use: ClaimUse): Node => ({
    ColumnRef: {
      fields: [{ String: { sval: printMarker({ kind: 'claim', value: String(scope.addClaim(use)) }) } }],
    },
  })
  const { path } = reference
  switch (reference.kind) {
    case 'claim-filter': {
      const column = resolve(withoutLocations(parseExpression(reference.argument)), scope, false) as Node
      return marker({ kind: 'filter', path, column, required: reference.required })
    }
    case 'claim-expression':
      return resolve(withoutLocations(parseExpression(reference.text)), scope, false) as Node
    case 'claim-value':
      return marker({ kind: 'value', path, required: reference.required })
    case 'claim-unsafe':
      return marker({ kind: 'unsafe', path })
  }
}

function referenceOf(text: string, scope: FragmentScope): Reference | undefined {
  const marker = parseMarker(text)
  return marker?.kind === 'ref' ? scope.table.at(Number(marker.value)) : undefined
}

/** References inside a name or a literal: only a claim's raw value can stand there. */
function resolveText(text: string, scope: FragmentScope): string {
  return replaceMarkers(text, (marker) => {
    const reference = marker.kind === 'ref' ? scope.table.at(Number(marker.value)) : undefined
    if (reference?.kind === 'claim-unsafe') {
      return printMarker({
        kind: 'claim',
        value: String(scope.addClaim({ kind: 'unsafe', path: reference.path })),
      })
    }
    if (reference?.kind === 'name' && reference.path[0] === 'CUBE' && reference.path.length === 1)
      return scope.cube
    throw new PgError(
      'syntax_error',
      `"${reference?.path.join('.') ?? text}" cannot stand inside a name or a literal`,
    )
  })
}

/** Tables get a schema: the upstream's search_path is empty, so that a name which was forgotten finds nothing. */
function resolveTable(
  node: Extract<Node, { RangeVar: unknown }>,
  scope: FragmentScope,
  ctes: ReadonlySet<string>,
): Node {
  const table = node.RangeVar
  const name = table.relname ?? ''
  const reference = referenceOf(name, scope)
  if (reference !== undefined) {
    if (reference.kind !== 'name' || !reference.call || reference.path[1] !== 'sql') {
      throw new PgError('undefined_table', `"${reference.path.join('.')}" cannot stand in FROM`, {
        hint: 'Write ${Other.sql()} AS alias.',
      })
    }
    const cube = reference.path[0] === 'CUBE' ? scope.cube : (reference.path[0] ?? '')
    const subquery: Node = { SelectStmt: scope.cubeQuery(cube) }
    return { RangeSubselect: { subquery, alias: table.alias ?? { aliasname: cube } } }
  }
  const resolved = {
    ...table,
    relname: resolveText(name, scope),
    ...(table.schemaname === undefined ? {} : { schemaname: resolveText(table.schemaname, scope) }),
  }
  if (table.schemaname !== undefined || ctes.has(name)) return { RangeVar: resolved }
  return { RangeVar: { ...resolved, schemaname: 'public' } }
}
