import { PgError } from '../errors.js'
import { columnName } from '../sql/column-name.js'
import type { ColumnRef, Node, ResTarget, SelectStmt } from '../sql/tree.js'
import type { Analyser, ExpressionPlace, MeasureCall, Output, OutputColumn, Place } from './analysis.js'
import { noteConditions } from './condition.js'
import { analyseFrom, type FromPart } from './from.js'
import { isAggregate } from './measure.js'
import { refuseMultiplied } from './multiplication.js'
import { conjuncts, isStar, namesOf } from './node.js'
import { type Column, findEntry, type NamespaceEntry, resolveColumn, type Scope } from './scope.js'
import { analyseWith } from './with.js'

/**
 * Analyses one SELECT, VALUES or set operation and everything inside it.
 *
 * @param declareLeft told the columns of a set operation's left side before the right side is read (recursive queries need it)
 */
export function analyseSelect(
  analyser: Analyser,
  statement: SelectStmt,
  outer: Place,
  declareLeft?: (left: Output) => void,
): Output {
  const place = analyseWith(analyser, statement.withClause, outer)
  if (statement.op !== undefined && statement.op !== 'SETOP_NONE')
    return analyseSetOperation(analyser, statement, place, declareLeft)
  if (statement.valuesLists !== undefined) return analyseValues(analyser, statement, place)
  return analyseBlock(analyser, statement, place)
}

function analyseSetOperation(
  analyser: Analyser,
  statement: SelectStmt,
  place: Place,
  declareLeft: ((left: Output) => void) | undefined,
): Output {
  if (statement.larg === undefined || statement.rarg === undefined)
    throw new PgError('syntax_error', 'a set operation needs two sides')
  const left = analyser.select(statement.larg, place)
  const columns = left.columns.map(
    ({ name }): OutputColumn => ({ name, measure: undefined, origin: undefined }),
  )
  declareLeft?.({ columns, keys: [] })
  analyser.select(statement.rarg, place)
  analyseTail(
    analyser,
    statement,
    { ...place, scope: outputScope(columns, place.scope), aggregate: undefined, measureCalls: [] },
    columns,
  )
  const distinct = statement.all !== true
  return { columns, keys: distinct ? [columns.map(({ name }) => name)] : [] }
}

function analyseValues(analyser: Analyser, statement: SelectStmt, place: Place): Output {
  const inside: ExpressionPlace = { ...place, aggregate: undefined, measureCalls: [] }
  analyser.expression(statement.valuesLists, inside)
  const [first] = statement.valuesLists ?? []
  const width = first !== undefined && 'List' in first ? (first.List.items ?? []).length : 0
  const columns = Array.from(
    { length: width },
    (_, index): OutputColumn => ({ name: `column${index + 1}`, measure: undefined, origin: undefined }),
  )
  analyseTail(analyser, statement, { ...inside, scope: outputScope(columns, place.scope) }, columns)
  return { columns, keys: (statement.valuesLists ?? []).length === 1 ? [[]] : [] }
}

function outputScope(columns: readonly OutputColumn[], parent: Scope | undefined): Scope {
  const entry: NamespaceEntry = {
    name: undefined,
    schema: undefined,
    columns: columns.map(
      ({ name }): Column => ({ name, items: [], sources: [], measure: undefined, origin: undefined }),
    ),
    items: [],
    qualified: false,
    unqualified: true,
  }
  return { parent, entries: [entry] }
}

function analyseBlock(analyser: Analyser, statement: SelectStmt, place: Place): Output {
  refuseLocks(statement)
  const measureCalls: MeasureCall[] = []
  const outside: ExpressionPlace = { ...place, aggregate: undefined, measureCalls }
  const from = analyseFrom(analyser, statement.fromClause ?? [], outside)
  const inside: ExpressionPlace = { ...outside, scope: { parent: place.scope, entries: from.entries } }
  analyser.expression(statement.whereClause, inside)
  noteConditions(statement.whereClause, from.items, analyser.analysis.reads)
  const { early } = analyser.analysis
  early.conditions.push(...conjuncts(statement.whereClause), ...earlyHaving(statement, place))
  const columns: OutputColumn[] = []
  for (const target of statement.targetList ?? []) {
    for (const column of analyseTarget(analyser, target, inside, from)) columns.push(column)
    if (columns.length > TARGETS_MAX)
      throw new PgError('too_many_columns', `target lists can have at most ${TARGETS_MAX} entries`)
  }
  for (const item of statement.groupClause ?? []) analyseGroupItem(analyser, item, inside, columns)
  analyser.expression(statement.havingClause, inside)
  analyser.expression(statement.windowClause, inside)
  for (const item of statement.distinctClause ?? []) analyseSortItem(analyser, item, inside, columns)
  analyseTail(analyser, statement, inside, columns)
  refuseMultiplied(analyser, from, statement.whereClause, measureCalls)
  const grouped = isGrouped(statement)
  const plain = !grouped && statement.distinctClause === undefined
  return {
    columns: plain ? columns : columns.map((column) => ({ ...column, measure: undefined })),
    keys: keysOf(statement, columns, from, grouped),
  }
}

/**
 * Parts of HAVING that Postgres may test before it groups, or over statistics while it plans. What holds an aggregate waits for the groups, but
 * Postgres takes an expression apart first (NOT, OR, CASE and COALESCE of constants), so only what reads all of its columns inside an aggregate is
 * sure to wait; in a subquery that may be an aggregate of a level around it.
 */
function earlyHaving({ havingClause }: SelectStmt, { scope }: Place): readonly Node[] {
  return tests(havingClause).filter(
    (node) => scope !== undefined || !holdsAggregate(node) || readsBeside(node),
  )
}

/** What AND, OR and NOT join. */
function tests(node: Node | undefined): readonly Node[] {
  if (node === undefined) return []
  return 'BoolExpr' in node ? (node.BoolExpr.args ?? []).flatMap(tests) : [node]
}

/** Whether a column is read beside the aggregates of this level. */
function readsBeside(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(readsBeside)
  if (value === null || typeof value !== 'object') return false
  return Object.entries(value).some(([kind, child]) => {
    if (kind === 'ColumnRef') return true
    if (kind === 'FuncCall' && child.over === undefined && isAggregate(child)) return false
    return readsBeside(child)
  })
}
/** As in Postgres (MaxTupleAttributeNumber). Stars over subqueries of stars would double their columns at each level. */
const TARGETS_MAX = 1_664

/** Names in FOR UPDATE OF would have to be resolved; nobody may lock rows here anyway. */
function refuseLocks({ lockingClause }: SelectStmt): void {
  if (lockingClause === undefined) return
  throw new PgError('read_only_sql_transaction', 'cannot lock rows in a read-only transaction', {
    hint: 'Leave out FOR UPDATE or FOR SHARE: every statement sees one snapshot without it.',
  })
}

/** ORDER BY, LIMIT and OFFSET. */
function analyseTail(
  analyser: Analyser,
  statement: SelectStmt,
  place: ExpressionPlace,
  columns: readonly OutputColumn[],
): void {
  for (const item of statement.sortClause ?? []) analyseSortItem(analyser, item, place, columns)
  for (const limit of [statement.limitCount, statement.limitOffset]) {
    refuseOwnColumns(analyser, limit, place)
    analyser.expression(limit, place)
  }
}

/** LIMIT and OFFSET are computed once, so no column of this level can stand in them (parse_clause.c, transformLimitClause). */
function refuseOwnColumns(analyser: Analyser, node: Node | undefined, place: ExpressionPlace): void {
  if (node === undefined || !('ColumnRef' in node) || place.scope === undefined) return
  const position = analyser.at(node.ColumnRef.location)
  const found = resolveColumn(place.scope, namesOf(node.ColumnRef.fields), position)
  if (found.kind !== 'column' || found.depth > 0) return
  throw new PgError('invalid_column_reference', 'argument of LIMIT must not contain variables', { position })
}

function analyseTarget(
  analyser: Analyser,
  node: Node,
  place: ExpressionPlace,
  from: FromPart,
): readonly OutputColumn[] {
  if (!('ResTarget' in node))
    throw new PgError('feature_not_supported', 'this kind of select list is not supported')
  const target: ResTarget = node.ResTarget
  const value = target.val
  if (value === undefined) throw new PgError('syntax_error', 'an empty target')
  if ('ColumnRef' in value && isStar(value.ColumnRef))
    return analyseStar(analyser, value.ColumnRef, place, from)
  analyser.expression(value, place)
  const name = target.name ?? targetName(value)
  if (target.name === undefined) analyser.analysis.targetNames.set(target, name)
  const bare = bareColumn(analyser, value, from)
  return [{ name, measure: bare?.measure, origin: bare?.origin }]
}

/** A measure's call is named after the measure; all else as Postgres names it. */
function targetName(value: Node): string {
  if ('FuncCall' in value) {
    const [argument] = value.FuncCall.args ?? []
    const name = namesOf(value.FuncCall.funcname)
    const own = name.length === 1 && (name[0] === 'measure' || name[0] === 'aggregate')
    if (own && argument !== undefined && 'ColumnRef' in argument)
      return namesOf(argument.ColumnRef.fields).at(-1) ?? columnName(value)
  }
  return columnName(value)
}

/** The column that a target is, and nothing more. */
function bareColumn(analyser: Analyser, value: Node, from: FromPart): Column | undefined {
  if (!('ColumnRef' in value)) return undefined
  const names = analyser.analysis.columns.get(value.ColumnRef)
  if (names === undefined) return undefined
  const name = names.at(-1)
  for (const entry of from.entries) {
    if (names.length > 1 ? entry.name !== names[0] || !entry.qualified : !entry.unqualified) continue
    const column = entry.columns.find((candidate) => candidate.name === name)
    if (column !== undefined) return column
  }
  return undefined
}

function analyseStar(
  analyser: Analyser,
  reference: ColumnRef,
  place: ExpressionPlace,
  from: FromPart,
): readonly OutputColumn[] {
  const position = analyser.at(reference.location)
  const qualifier = namesOf(reference.fields).slice(0, -1)
  const entries =
    qualifier.length === 0
      ? from.entries.filter((entry) => entry.unqualified)
      : [starEntry(place, qualifier, position)]
  if (qualifier.length === 0 && entries.length === 0) {
    throw new PgError('syntax_error', 'SELECT * with no tables specified is not valid', { position })
  }
  const columns = entries.flatMap((entry) => entry.columns.map((column) => ({ entry, column })))
  for (const { column } of columns) {
    for (const source of column.sources) source.use.members.add(source.member.name)
  }
  for (const item of entries.flatMap((entry) => entry.items))
    if (item.use !== undefined) item.use.wholeRow = true
  analyser.analysis.stars.set(reference, { columns })
  const [entry] = entries
  if (qualifier.length > 0 && entry?.name !== undefined)
    analyser.analysis.columns.set(reference, [entry.name])
  return columns.map(({ column }) => ({
    name: column.name,
    measure: column.measure,
    origin: column.origin,
  }))
}

function starEntry(
  place: ExpressionPlace,
  qualifier: readonly string[],
  position: number | undefined,
): NamespaceEntry {
  const scope = place.scope ?? { parent: undefined, entries: [] }
  const entry = findEntry(scope, qualifier, true, position) ?? findEntry(scope, qualifier, false, position)
  if (entry !== undefined) return entry
  throw new PgError('undefined_table', `missing FROM-clause entry for table "${qualifier.at(-1)}"`, {
    position,
  })
}

/** In GROUP BY a bare name is an input column first, then a result column (parse_clause.c, findTargetlistEntrySQL92). */
function analyseGroupItem(
  analyser: Analyser,
  item: Node,
  place: ExpressionPlace,
  columns: readonly OutputColumn[],
): void {
  if ('GroupingSet' in item) {
    for (const inner of item.GroupingSet.content ?? []) analyseGroupItem(analyser, inner, place, columns)
    return
  }
  if ('RowExpr' in item && item.RowExpr.row_format === 'COERCE_IMPLICIT_CAST') {
    for (const inner of item.RowExpr.args ?? []) analyseGroupItem(analyser, inner, place, columns)
    return
  }
  const name = bareName(item)
  const input = name !== undefined && hasInputColumn(place, name)
  if (name !== undefined && !input && columns.some((column) => column.name === name)) return
  analyser.expression(item, place)
}

function hasInputColumn(place: ExpressionPlace, name: string): boolean {
  return (place.scope?.entries ?? []).some(
    (entry) => entry.unqualified && entry.columns.some((column) => column.name === name),
  )
}

/** In ORDER BY and DISTINCT ON a bare name is a result column first. */
function analyseSortItem(
  analyser: Analyser,
  item: Node,
  place: ExpressionPlace,
  columns: readonly OutputColumn[],
): void {
  const value = 'SortBy' in item ? item.SortBy.node : item
  const name = bareName(value)
  if (name !== undefined && columns.some((column) => column.name === name)) {
    if ('SortBy' in item && item.SortBy.useOp !== undefined)
      analyser.expression({ SortBy: { useOp: item.SortBy.useOp } }, place)
    return
  }
  analyser.expression(item, place)
}

function bareName(node: Node | undefined): string | undefined {
  if (node === undefined || !('ColumnRef' in node)) return undefined
  const names = namesOf(node.ColumnRef.fields)
  return names.length === 1 && !isStar(node.ColumnRef) ? names[0] : undefined
}

function isGrouped(statement: SelectStmt): boolean {
  if (statement.groupClause !== undefined || statement.havingClause !== undefined) return true
  return (statement.targetList ?? []).some(holdsAggregate)
}

function holdsAggregate(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsAggregate)
  if (value === null || typeof value !== 'object') return false
  return Object.entries(value).some(([kind, child]) => {
    if (kind === 'SelectStmt') return false
    if (kind === 'FuncCall' && child.over === undefined && isAggregate(child)) return true
    return holdsAggregate(child)
  })
}

/** Sets of result columns in which no two rows are equal. */
function keysOf(
  statement: SelectStmt,
  columns: readonly OutputColumn[],
  from: FromPart,
  grouped: boolean,
): readonly (readonly string[])[] {
  const limit = statement.limitCount
  if (limit !== undefined && 'A_Const' in limit && limit.A_Const.ival?.ival === 1) return [[]]
  const targets = (statement.targetList ?? []).map((target) =>
    'ResTarget' in target ? target.ResTarget : undefined,
  )
  if (
    targets.some(
      (target) => target?.val === undefined || ('ColumnRef' in target.val && isStar(target.val.ColumnRef)),
    )
  ) {
    const [item, ...others] = from.items
    return !grouped && others.length === 0 && targets.length === 1 && item !== undefined ? item.keys : []
  }
  if (grouped) return groupKeys(statement, columns, targets)
  if (statement.distinctClause?.length === 1 && Object.keys(statement.distinctClause[0] ?? {}).length === 0) {
    return [columns.map(({ name }) => name)]
  }
  return []
}

function groupKeys(
  statement: SelectStmt,
  columns: readonly OutputColumn[],
  targets: readonly (ResTarget | undefined)[],
): readonly (readonly string[])[] {
  const key: string[] = []
  for (const item of statement.groupClause ?? []) {
    const index = groupedTarget(item, columns, targets)
    const name = index === undefined ? undefined : columns[index]?.name
    if (name === undefined) return []
    key.push(name)
  }
  return [key]
}

function groupedTarget(
  item: Node,
  columns: readonly OutputColumn[],
  targets: readonly (ResTarget | undefined)[],
): number | undefined {
  if ('A_Const' in item) return item.A_Const.ival?.ival === undefined ? undefined : item.A_Const.ival.ival - 1
  const name = 'ColumnRef' in item ? namesOf(item.ColumnRef.fields).at(-1) : undefined
  if (name === undefined) return undefined
  const index = targets.findIndex(
    (target, position) =>
      (target?.val !== undefined &&
        'ColumnRef' in target.val &&
        namesOf(target.val.ColumnRef.fields).at(-1) === name) ||
      columns[position]?.name === name,
  )
  return index < 0 ? undefined : index
}
