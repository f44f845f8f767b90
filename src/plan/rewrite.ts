import { invariant, PgError } from '../errors.js'
import type {
  ColumnRef,
  FuncCall,
  JoinExpr,
  Node,
  RangeFunction,
  RangeVar,
  ResTarget,
  SelectStmt,
} from '../sql/tree.js'
import type { Analysis, MeasureCall, Star } from './analysis.js'
import type { ClaimValues } from './instantiate.js'
import { instantiate } from './instantiate.js'
import { aggregateCall } from './measure.js'
import { castNode, columnNode, namesOf, qualified, stringNode, TRUE, textNode } from './node.js'
import { isSessionFunction } from './session-function.js'
import { type CubeUse, partColumn } from './use.js'

/** What Rowgate answers itself when a statement asks about the session. */
export interface SessionFacts {
  readonly user: string
  readonly database: string
  readonly processId: number
  readonly version: string
}

export interface RewriteDeps {
  readonly analysis: Analysis
  readonly facts: SessionFacts
  /** The query that stands in a cube's place. */
  readonly relation: (use: CubeUse) => SelectStmt
  readonly claims: (use: CubeUse) => ClaimValues
}

/** The analysed statement with every cube, measure, `*` and name in the form that the upstream is to read. The given tree is not changed. */
export function rewriteSelect(statement: SelectStmt, deps: RewriteDeps): SelectStmt {
  return rewrite(statement, deps) as SelectStmt
}

function rewrite(value: unknown, deps: RewriteDeps): unknown {
  if (Array.isArray(value))
    return value.flatMap(
      (element): readonly unknown[] => expandTarget(element, deps) ?? [rewrite(element, deps)],
    )
  if (value === null || typeof value !== 'object') return value
  const replaced = rewriteNode(value as Node, deps)
  if (replaced !== undefined) return replaced
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      key === 'typeName' ? qualifyType(child, deps) : rewrite(child, deps),
    ]),
  )
}

/** The replacement of a whole node; undefined to go on with its children. */
function rewriteNode(node: Node, deps: RewriteDeps): Node | undefined {
  if ('RangeVar' in node) return rewriteRangeVar(node.RangeVar, deps)
  if ('ColumnRef' in node) return { ColumnRef: rewriteColumn(node.ColumnRef, deps) }
  if ('FuncCall' in node) return rewriteCall(node.FuncCall, deps)
  if ('ResTarget' in node) return { ResTarget: rewriteTarget(node.ResTarget, deps) }
  if ('RangeFunction' in node) return { RangeFunction: rewriteRangeFunction(node.RangeFunction, deps) }
  if ('TypeName' in node) return { TypeName: qualifyType(node.TypeName, deps) as object }
  if ('JoinExpr' in node) return { JoinExpr: rewriteJoin(node.JoinExpr, deps) }
  if ('SQLValueFunction' in node) return sessionValue(node.SQLValueFunction.op ?? '', deps.facts)
  if ('CollateClause' in node) {
    const { collname, ...rest } = node.CollateClause
    return { CollateClause: { ...(rewrite(rest, deps) as object), collname: qualified(collname) } }
  }
  return undefined
}

function rewriteRangeVar(reference: RangeVar, deps: RewriteDeps): Node {
  if (deps.analysis.cteReferences.has(reference)) return { RangeVar: reference }
  const use = deps.analysis.cubes.get(reference)
  invariant(use !== undefined, `unresolved relation ${reference.relname}`)
  const names = reference.alias?.colnames
  return {
    RangeSubselect: {
      subquery: { SelectStmt: deps.relation(use) },
      alias: { aliasname: use.alias, ...(names === undefined ? {} : { colnames: names }) },
    },
  }
}

function rewriteColumn(reference: ColumnRef, deps: RewriteDeps): ColumnRef {
  const { analysis } = deps
  const row = analysis.rows.get(reference)
  if (row !== undefined) {
    if (row.items.some((item) => (item.use?.parts.size ?? 0) > 0)) {
      throw new PgError(
        'feature_not_supported',
        'a whole row and a calculated measure of the same cube cannot stand in one query level',
        {
          hint: 'Name the columns that you need.',
        },
      )
    }
    const star = (reference.fields ?? []).filter((field) => 'A_Star' in field)
    return { ...reference, fields: [stringNode(row.name ?? ''), ...star] }
  }
  const names = analysis.columns.get(reference)
  if (names === undefined) return reference
  const star = (reference.fields ?? []).filter((field) => 'A_Star' in field)
  return { ...reference, fields: [...names.map(stringNode), ...star] }
}

function rewriteTarget(target: ResTarget, deps: RewriteDeps): ResTarget {
  const name = target.name ?? deps.analysis.targetNames.get(target)
  const { val, ...rest } = target
  const value = val === undefined ? undefined : (rewrite(val, deps) as Node)
  return { ...rest, ...(name === undefined ? {} : { name }), ...(value === undefined ? {} : { val: value }) }
}

/** A `*` is written out only where a cube's relation carries columns that the client did not ask for. */
function expandTarget(element: unknown, deps: RewriteDeps): readonly Node[] | undefined {
  const node = element as Node
  if (node === null || typeof node !== 'object' || !('ResTarget' in node)) return undefined
  const value = node.ResTarget.val
  const star =
    value !== undefined && 'ColumnRef' in value ? deps.analysis.stars.get(value.ColumnRef) : undefined
  if (star === undefined || !star.columns.some(carriesParts)) return undefined
  return star.columns.map(({ entry, column }) => {
    const [item] = column.items
    const qualifier = entry.name ?? (column.items.length === 1 ? item?.name : undefined)
    return {
      ResTarget: {
        name: column.name,
        val: columnNode(qualifier === undefined ? [column.name] : [qualifier, column.name]),
      },
    }
  })
}

function carriesParts({ column }: Star['columns'][number]): boolean {
  return column.items.some((item) => (item.use?.parts.size ?? 0) > 0)
}

function rewriteCall(call: FuncCall, deps: RewriteDeps): Node {
  const measureCall = deps.analysis.calls.get(call)
  if (measureCall !== undefined) return rewriteMeasure(call, measureCall, deps)
  if (isSessionFunction(call))
    return sessionValue(namesOf(call.funcname).at(-1) ?? '', deps.facts) ?? { FuncCall: call }
  const { funcname, ...rest } = call
  // Functions with a syntax of their own are qualified by the parser, and print in that syntax.
  return { FuncCall: { funcname: qualified(funcname), ...(rewrite(rest, deps) as object) } }
}

function rewriteMeasure(call: FuncCall, { column, reference, entry }: MeasureCall, deps: RewriteDeps): Node {
  const { measure } = column
  invariant(measure !== undefined, 'a measure call without a measure')
  const around = rewrite({ agg_filter: call.agg_filter, over: call.over }, deps) as Pick<
    FuncCall,
    'agg_filter' | 'over'
  >
  const outer: FuncCall = {
    ...(around.agg_filter === undefined ? {} : { agg_filter: around.agg_filter }),
    ...(around.over === undefined ? {} : { over: around.over }),
    ...(call.location === undefined ? {} : { location: call.location }),
  }
  const { definition } = measure
  if (definition.kind === 'aggregate')
    return aggregateCall(definition, { ColumnRef: rewriteColumn(reference, deps) }, outer)
  const [source] = column.sources
  invariant(source !== undefined, 'a calculated measure without its cube')
  const { cube } = source.use.table
  const qualifier = entry.name ?? column.items[0]?.name
  return instantiate(definition.expression, deps.claims(source.use), (name) => {
    const part = cube.members.get(name)
    invariant(
      part?.kind === 'measure' && part.definition.kind === 'aggregate',
      `no aggregate measure ${name}`,
    )
    const carried = partColumn(cube, name)
    return aggregateCall(
      part.definition,
      columnNode(qualifier === undefined ? [carried] : [qualifier, carried]),
      outer,
    )
  })
}

function rewriteJoin(join: JoinExpr, deps: RewriteDeps): JoinExpr {
  const { usingClause, isNatural, ...rest } = join
  const rewritten = rewrite(rest, deps) as JoinExpr
  const names = deps.analysis.naturalColumns.get(join)
  if (names === undefined) return rewritten
  // A NATURAL join without common columns pairs every row.
  if (names.length === 0) return { ...rewritten, quals: TRUE }
  return { ...rewritten, usingClause: names.map(stringNode) }
}

const PLAIN_CALL = new Set(['funcname', 'funcformat', 'location'])

/**
 * unnest of several arrays is several functions side by side; Postgres makes them of the bare name only (parse_clause.c,
 * transformRangeFunction), and here every name is qualified.
 */
function rewriteRangeFunction(range: RangeFunction, deps: RewriteDeps): RangeFunction {
  const functions = (range.functions ?? []).flatMap((item): readonly Node[] => {
    const [call, ...definition] = 'List' in item ? (item.List.items ?? []) : []
    if (call === undefined || !('FuncCall' in call)) return [item]
    const { args = [], ...rest } = call.FuncCall
    const bare = Object.keys(rest).every((key) => PLAIN_CALL.has(key)) && range.coldeflist === undefined
    if (args.length < 2 || !bare || namesOf(rest.funcname).join('.') !== 'unnest') return [item]
    return args.map((argument) => ({
      List: { items: [{ FuncCall: { ...rest, args: [argument] } }, ...definition] },
    }))
  })
  const split = functions.length > (range.functions ?? []).length
  const { functions: _functions, ...others } = range
  return {
    ...(rewrite(others, deps) as RangeFunction),
    functions: rewrite(functions, deps) as Node[],
    ...(split ? { is_rowsfrom: true } : {}),
  }
}

function qualifyType(value: unknown, deps: RewriteDeps): unknown {
  const type = value as { names?: Node[] }
  return { ...(rewrite({ ...type, names: undefined }, deps) as object), names: qualified(type.names) }
}

/** What the session answers; undefined for a value that is the same everywhere. */
function sessionValue(name: string, facts: SessionFacts): Node | undefined {
  switch (name) {
    case 'SVFOP_CURRENT_USER':
    case 'SVFOP_CURRENT_ROLE':
    case 'SVFOP_SESSION_USER':
    case 'SVFOP_USER':
      return castNode(textNode(facts.user), 'name')
    case 'SVFOP_CURRENT_CATALOG':
    case 'current_database':
      return castNode(textNode(facts.database), 'name')
    case 'SVFOP_CURRENT_SCHEMA':
    case 'current_schema':
      return castNode(textNode('public'), 'name')
    case 'pg_backend_pid':
      return castNode(textNode(String(facts.processId)), 'int4')
    case 'version':
      return castNode(textNode(facts.version), 'text')
    case 'pg_is_in_recovery':
      return castNode(textNode('false'), 'bool')
    default:
      return undefined
  }
}
