import { PgError } from '../errors.js'
import type { A_Expr, ColumnRef, FuncCall, Node, SelectStmt } from '../sql/tree.js'
import { checkFunction, checkOperator, checkType } from './allow.js'
import type { Analyser, ExpressionPlace, MeasureCall } from './analysis.js'
import { calledName, isAggregate, isExtreme, isOwnAggregate, matchesMeasure, mismatch } from './measure.js'
import { isStar, namesOf } from './node.js'
import { type Column, findEntry, type NamespaceEntry, resolveColumn } from './scope.js'
import { isSessionFunction } from './session-function.js'

/**
 * Resolves every name inside an expression (or a part of a tree that holds expressions) and checks functions, operators and types.
 * Kinds of node are not listed here: what the printer does not know, it refuses.
 */
export function analyseExpression(analyser: Analyser, value: unknown, place: ExpressionPlace): void {
  if (Array.isArray(value)) {
    for (const element of value) analyseExpression(analyser, element, place)
    return
  }
  if (value === null || typeof value !== 'object') return
  for (const [kind, child] of Object.entries(value)) analyseNode(analyser, kind, child, place)
}

function analyseNode(analyser: Analyser, kind: string, child: unknown, place: ExpressionPlace): void {
  switch (kind) {
    case 'ColumnRef':
      return analyseColumn(analyser, child as ColumnRef, place)
    case 'FuncCall':
      return analyseCall(analyser, child as FuncCall, place)
    case 'SelectStmt':
      analyser.select(child as SelectStmt, { scope: place.scope, ctes: place.ctes })
      return
    case 'ParamRef':
      return analyseParameter(analyser, child as { number?: number; location?: number })
    case 'TypeName':
    case 'typeName':
      checkType(
        child as Parameters<typeof checkType>[0],
        analyser.at((child as { location?: number }).location),
      )
      return
    case 'A_Expr': {
      const { name, lexpr, rexpr, location } = child as A_Expr
      checkOperator(namesOf(name), { left: lexpr, right: rexpr }, analyser.at(location))
      break
    }
    case 'SubLink': {
      const link = child as { operName?: Node[]; location?: number }
      if (link.operName !== undefined) checkOperator(namesOf(link.operName), {}, analyser.at(link.location))
      break
    }
    case 'SortBy': {
      const sort = child as { useOp?: Node[]; location?: number }
      if (sort.useOp !== undefined) checkOperator(namesOf(sort.useOp), {}, analyser.at(sort.location))
      break
    }
    case 'CollateClause': {
      const collate = child as { collname?: Node[]; location?: number }
      checkCollation(namesOf(collate.collname), analyser.at(collate.location))
      break
    }
    case 'A_Indirection':
      analyseIndirection(analyser, child as { arg?: Node; indirection?: Node[] }, place)
      break
    case 'ColumnDef': {
      const definition = child as { collClause?: unknown; constraints?: unknown }
      if (definition.constraints !== undefined)
        throw new PgError('syntax_error', 'constraints cannot stand here')
      break
    }
  }
  analyseExpression(analyser, child, place)
}

const COLLATIONS = new Set([
  'C',
  'POSIX',
  'default',
  'ucs_basic',
  'unicode',
  'und-x-icu',
  'en-x-icu',
  'en-US-x-icu',
  'pg_c_utf8',
])

function checkCollation(names: readonly string[], position: number | undefined): void {
  const schema = names.length > 1 ? names.at(-2) : 'pg_catalog'
  if (schema === 'pg_catalog' && COLLATIONS.has(names.at(-1) ?? '')) return
  throw new PgError('undefined_object', `collation "${names.at(-1)}" for encoding "UTF8" does not exist`, {
    position,
    hint: `Collations that may be used: ${[...COLLATIONS].map((name) => `"${name}"`).join(', ')}.`,
  })
}

function analyseParameter(analyser: Analyser, parameter: { number?: number; location?: number }): void {
  const number = parameter.number ?? 0
  if (number < 1 || number > 65_535) {
    throw new PgError('undefined_parameter', `there is no parameter $${number}`, {
      position: analyser.at(parameter.location),
    })
  }
  const { parameters } = analyser.analysis
  parameters.set(number, (parameters.get(number) ?? 0) + 1)
  analyser.analysis.parametersMax = Math.max(analyser.analysis.parametersMax, number)
}

function analyseCall(analyser: Analyser, call: FuncCall, place: ExpressionPlace): void {
  const position = analyser.at(call.location)
  const measureCall = findMeasureCall(analyser, call, place)
  if (measureCall !== undefined) {
    analyser.analysis.calls.set(call, measureCall)
    place.measureCalls.push(measureCall)
    readMeasure(measureCall, position)
    analyseExpression(
      analyser,
      { agg_filter: call.agg_filter, over: call.over },
      { ...place, aggregate: undefined },
    )
    return
  }
  if (isSessionFunction(call)) {
    analyser.analysis.asksSession = true
    return
  }
  checkFunction(call, position, analyser.functionsAllowed)
  if (isExtreme(call)) analyser.analysis.early.extremes.push(...(call.args ?? []))
  const aggregate = isAggregate(call)
    ? { name: calledName(call), distinct: call.agg_distinct === true }
    : place.aggregate
  analyseExpression(analyser, [call.args, call.agg_order], { ...place, aggregate })
  analyseExpression(analyser, { agg_filter: call.agg_filter, over: call.over }, place)
}

/** The measure that a call aggregates directly: `MEASURE(m)`, or the aggregate of SQL that matches m's type. */
function findMeasureCall(
  analyser: Analyser,
  call: FuncCall,
  place: ExpressionPlace,
): MeasureCall | undefined {
  if (!isAggregate(call)) return undefined
  const position = analyser.at(call.location)
  const [argument, ...others] = call.args ?? []
  const reference = argument !== undefined && 'ColumnRef' in argument ? argument.ColumnRef : undefined
  const own = isOwnAggregate(call)
  const name = calledName(call)
  if (
    own &&
    (reference === undefined ||
      others.length > 0 ||
      call.agg_distinct ||
      call.agg_order !== undefined ||
      call.agg_within_group ||
      call.func_variadic)
  ) {
    throw new PgError('wrong_object_type', `${name.toUpperCase()}() takes the name of one measure`, {
      position,
    })
  }
  if (reference === undefined || others.length > 0 || isStar(reference)) return undefined
  // What else a call may hold is for Postgres to judge, over the contributions; so is a function of another schema.
  const bare = call.agg_order === undefined && !call.agg_within_group && !call.func_variadic
  const builtIn =
    namesOf(call.funcname).length === 1 || namesOf(call.funcname).join('.') === `pg_catalog.${name}`
  if (!own && !(bare && builtIn)) return undefined
  const found =
    place.scope && resolveColumn(place.scope, namesOf(reference.fields), analyser.at(reference.location))
  const measure = found?.kind === 'column' ? found.column.measure : undefined
  if (found?.kind !== 'column' || measure === undefined) {
    if (!own) return undefined
    throw new PgError('wrong_object_type', `"${namesOf(reference.fields).at(-1)}" is not a measure`, {
      position,
      hint: `${name.toUpperCase()}() takes a measure of a cube; use an aggregate such as SUM() for other columns.`,
    })
  }
  const distinct = call.agg_distinct === true
  if (!own && !matchesMeasure(measure, name, distinct)) throw mismatch(measure, { name, distinct }, position)
  if (found.depth > 0) {
    throw new PgError(
      'feature_not_supported',
      `the measure "${measure.name}" of an outer query cannot be aggregated here`,
      {
        position,
        hint: 'Aggregate it in the query whose FROM holds its cube.',
      },
    )
  }
  noteColumn(analyser, reference, namesOf(reference.fields), found.entry, found.column, { read: false })
  const entry = namedEntry(place.scope, found)
  return { column: found.column, reference, entry, location: call.location }
}

/** The entry by whose name the parts of a calculated measure are reached; the alias of a join hides the names inside it. */
function namedEntry(
  scope: ExpressionPlace['scope'],
  { entry, column }: { readonly entry: NamespaceEntry; readonly column: Column },
): NamespaceEntry {
  if (entry.name !== undefined) return entry
  const shows = ({ name, columns }: NamespaceEntry): boolean =>
    name !== undefined && columns.some(({ sources }) => sources === column.sources)
  return scope?.entries.find(shows) ?? entry
}

function readMeasure(call: MeasureCall, position: number | undefined): void {
  const { measure, sources } = call.column
  if (measure === undefined) return
  if (measure.definition.kind === 'aggregate') {
    for (const source of sources) source.use.members.add(source.member.name)
    return
  }
  const [source] = sources
  if (source === undefined) {
    throw new PgError(
      'feature_not_supported',
      `the calculated measure "${measure.name}" cannot be aggregated outside a subquery`,
      {
        position,
        hint: `Write MEASURE(${measure.name}) in the subquery whose FROM holds its cube.`,
      },
    )
  }
  source.use.calculated.add(measure.name)
  for (const part of measure.definition.parts) source.use.parts.add(part)
}

function analyseColumn(analyser: Analyser, reference: ColumnRef, place: ExpressionPlace): void {
  const names = namesOf(reference.fields)
  const position = analyser.at(reference.location)
  const scope = place.scope ?? { parent: undefined, entries: [] }
  if (isStar(reference)) {
    // Outside a select list `t.*` is the row itself.
    const qualifier = names.slice(0, -1)
    const entry = findEntry(scope, qualifier, true, position) ?? findEntry(scope, qualifier, false, position)
    if (entry === undefined) {
      throw new PgError('undefined_table', `missing FROM-clause entry for table "${qualifier.at(-1)}"`, {
        position,
      })
    }
    return noteRow(analyser, reference, entry)
  }
  const found = resolveColumn(scope, names, position)
  if (found.kind === 'row') return noteRow(analyser, reference, found.entry)
  const { measure } = found.column
  if (measure !== undefined && place.aggregate !== undefined) {
    const calculated = measure.definition.kind === 'calculated'
    if (calculated || !matchesMeasure(measure, place.aggregate.name, place.aggregate.distinct)) {
      throw mismatch(measure, place.aggregate, position)
    }
    place.measureCalls.push({
      column: found.column,
      reference,
      entry: found.entry,
      location: reference.location,
    })
  }
  noteColumn(analyser, reference, names, found.entry, found.column, { read: true })
}

function noteRow(analyser: Analyser, reference: ColumnRef, entry: NamespaceEntry): void {
  for (const item of entry.items) if (item.use !== undefined) item.use.wholeRow = true
  analyser.analysis.rows.set(reference, entry)
}

function noteColumn(
  analyser: Analyser,
  reference: ColumnRef,
  names: readonly string[],
  entry: NamespaceEntry,
  column: Column,
  { read }: { read: boolean },
): void {
  if (read) for (const source of column.sources) source.use.members.add(source.member.name)
  const [source, ...others] = column.sources
  if (source !== undefined && others.length === 0) analyser.analysis.reads.set(reference, source)
  if (column.origin !== undefined) analyser.analysis.origins.set(reference, column.origin)
  const qualified = names.length > 1 && entry.name !== undefined
  analyser.analysis.columns.set(reference, qualified ? [entry.name, column.name] : [column.name])
}

/** `(x).field` may call a function of that name, so only a column of a row in FROM may be named so. */
function analyseIndirection(
  analyser: Analyser,
  node: { arg?: Node; indirection?: Node[] },
  place: ExpressionPlace,
): void {
  const fields = namesOf(node.indirection?.filter((step) => 'String' in step))
  const star = node.indirection?.some((step) => 'A_Star' in step) === true
  if (fields.length === 0 && !star) return
  const position =
    node.arg !== undefined && 'ColumnRef' in node.arg ? analyser.at(node.arg.ColumnRef.location) : undefined
  const reference = node.arg !== undefined && 'ColumnRef' in node.arg ? node.arg.ColumnRef : undefined
  const found = reference && place.scope && resolveColumn(place.scope, namesOf(reference.fields), position)
  if (found?.kind !== 'row' || star || fields.length > 1) {
    throw new PgError('feature_not_supported', 'fields of a composite value cannot be selected here', {
      position,
      hint: 'Name the column itself: table.column.',
    })
  }
  if (!found.entry.columns.some((column) => column.name === fields[0])) {
    throw new PgError('undefined_column', `column "${fields[0]}" not found in data type record`, { position })
  }
}
