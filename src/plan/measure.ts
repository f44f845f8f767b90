import { PgError } from '../errors.js'
import type { AggregateMeasure, Measure } from '../model/model.js'
import type { FuncCall, Node } from '../sql/tree.js'
import { namesOf, stringNode } from './node.js'

/** The functions that stand for a measure's own aggregate, whatever it is. */
const OWN_AGGREGATE = new Set(['measure', 'aggregate'])

/** Aggregates of SQL under which a measure's contributions may stand. */
const AGGREGATES = new Set(
  (
    'array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp every json_agg json_object_agg jsonb_agg ' +
    'jsonb_object_agg max min mode percentile_cont percentile_disc range_agg range_intersect_agg regr_avgx regr_avgy regr_count ' +
    'regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance'
  ).split(' '),
)

/** The unqualified, or pg_catalog, name of a called function. */
export function calledName(call: FuncCall): string {
  return namesOf(call.funcname).at(-1) ?? ''
}

export function isOwnAggregate(call: FuncCall): boolean {
  return (call.funcname ?? []).length === 1 && OWN_AGGREGATE.has(calledName(call))
}

export function isAggregate(call: FuncCall): boolean {
  return (isBuiltIn(call) && AGGREGATES.has(calledName(call))) || isOwnAggregate(call)
}

/** Whether a call means a function of Postgres' own; a function that the operator allows is called by its schema. */
function isBuiltIn({ funcname = [] }: FuncCall): boolean {
  return funcname.length === 1 || namesOf(funcname)[0] === 'pg_catalog'
}

/** Aggregates that an index may answer, because the least or the greatest value is all that they need (pg_aggregate.aggsortop). */
const EXTREMES = new Set(['min', 'max', 'bool_and', 'bool_or', 'every'])

export function isExtreme(call: FuncCall): boolean {
  return EXTREMES.has(calledName(call))
}

/** Whether rows that a join repeats change the measure. */
export function isAdditive(measure: Measure): boolean {
  if (measure.definition.kind === 'calculated') return true
  switch (measure.definition.aggregate) {
    case 'count':
    case 'sum':
    case 'avg':
      return true
    case 'min':
    case 'max':
    case 'count_distinct':
    case 'count_distinct_approx':
      return false
  }
}

/** Whether `name([DISTINCT] measure)` is the measure's own aggregate. */
export function matchesMeasure(measure: Measure, name: string, distinct: boolean): boolean {
  if (measure.definition.kind === 'calculated') return true
  switch (measure.definition.aggregate) {
    case 'count':
      return !distinct && (name === 'sum' || name === 'count')
    case 'sum':
      return !distinct && name === 'sum'
    case 'avg':
      return !distinct && name === 'avg'
    case 'min':
      return name === 'min'
    case 'max':
      return name === 'max'
    case 'count_distinct':
    case 'count_distinct_approx':
      return distinct && name === 'count'
  }
}

/** The error of an aggregate that would not give the measure, naming the calls that do. */
export function mismatch(
  measure: Measure,
  call: { readonly name: string; readonly distinct: boolean },
  position: number | undefined,
): PgError {
  const written = `${call.name.toUpperCase()}(${call.distinct ? 'DISTINCT ' : ''}${measure.name})`
  return new PgError(
    'grouping_error',
    `${written} does not give the measure "${measure.name}", which is ${describe(measure)}`,
    {
      position,
      hint: `Use MEASURE(${measure.name})${rightCall(measure)}.`,
    },
  )
}

function describe(measure: Measure): string {
  if (measure.definition.kind === 'calculated') return 'calculated from other measures'
  const { aggregate } = measure.definition
  return `${aggregate === 'avg' ? 'an' : 'a'} ${aggregate}`
}

function rightCall(measure: Measure): string {
  if (measure.definition.kind === 'calculated') return ''
  switch (measure.definition.aggregate) {
    case 'count':
    case 'sum':
      return ` or SUM(${measure.name})`
    case 'avg':
    case 'min':
    case 'max':
      return ` or ${measure.definition.aggregate.toUpperCase()}(${measure.name})`
    case 'count_distinct':
    case 'count_distinct_approx':
      return ` or COUNT(DISTINCT ${measure.name})`
  }
}

/**
 * The aggregate of one measure over the column that holds its contributions. FILTER and OVER of the client's call are kept.
 */
export function aggregateCall(definition: AggregateMeasure, column: Node, call: FuncCall): Node {
  const distinct =
    definition.aggregate === 'count_distinct' || definition.aggregate === 'count_distinct_approx'
  const name = distinct ? 'count' : definition.aggregate
  return {
    FuncCall: {
      funcname: [stringNode('pg_catalog'), stringNode(name)],
      args: [column],
      ...(call.agg_filter === undefined ? {} : { agg_filter: call.agg_filter }),
      ...(call.over === undefined ? {} : { over: call.over }),
      ...(distinct ? { agg_distinct: true } : {}),
      funcformat: 'COERCE_EXPLICIT_CALL',
      ...(call.location === undefined ? {} : { location: call.location }),
    },
  }
}
