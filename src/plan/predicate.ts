import type { Claim, SecurityContext } from '../auth/context.js'
import { PgError } from '../errors.js'
import type { Dimension, Filter, FilterValue } from '../model/model.js'
import type { Node } from '../sql/tree.js'
import { claimName, claimScalars } from './claim.js'
import { dateText } from './moment.js'
import { andNode, castNode, FALSE, orNode, stringNode } from './node.js'
import type { Parameters } from './parameter.js'
import {
  encodeArray,
  encodeValue,
  requireFixedText,
  type Scalar,
  type ValueType,
  valueType,
} from './value-type.js'

export type MemberFilter = Extract<Filter, { kind: 'member' }>

export interface PredicateDeps {
  /** The dimension's tree. */
  readonly column: Node
  /** What the upstream says the dimension is; 0 if unknown. */
  readonly typeOid: number
  readonly dimensionType: Dimension['type']
  readonly parameters: Parameters
  readonly context: SecurityContext
  /** Where constants come from, for `explain`. */
  readonly source: string
}

interface Deps extends PredicateDeps {
  /** The dimension's name, for messages. */
  readonly member: string
  readonly sourceOf: (constant: Scalar | null) => string
}

interface Value {
  readonly value: Scalar | null
  /** For messages: the claim, or the filter. */
  readonly name: string
  readonly source: string
}

/**
 * The condition of one of Cube's member filters, with Cube's meaning: the negative operators keep rows without a value.
 *
 * @throws PgError insufficient_privilege whenever the filter cannot be applied exactly: never a filter less
 */
export function filterPredicate(filter: MemberFilter, given: PredicateDeps): Node {
  const deps: Deps = { ...given, member: filter.member, sourceOf: constantSources(filter, given) }
  const values = filter.values.flatMap((value) => resolveValue(value, filter, deps))
  const { operator } = filter
  switch (operator) {
    case 'set':
    case 'notSet':
      return isNull(deps.column, operator === 'notSet')
    case 'equals':
      return equals(values, deps)
    case 'notEquals':
      return notEquals(filter, values, deps)
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      if (values.length === 0) return FALSE
      return orNode(values.map((value) => pattern(operator, value, deps))) ?? FALSE
    case 'notContains':
    case 'notStartsWith':
    case 'notEndsWith': {
      const positive =
        operator === 'notContains' ? 'contains' : operator === 'notStartsWith' ? 'startsWith' : 'endsWith'
      const none = needValues(filter, values).map((value) => pattern(positive, value, deps, true))
      return withoutValue(andNode(none) ?? FALSE, deps.column)
    }
    case 'gt':
      return compare('>', oneValue(filter, values), deps)
    case 'gte':
      return compare('>=', oneValue(filter, values), deps)
    case 'lt':
      return compare('<', oneValue(filter, values), deps)
    case 'lte':
      return compare('<=', oneValue(filter, values), deps)
    case 'beforeDate':
      return compare('<', dateValue(oneValue(filter, values), 'start', deps), deps)
    case 'beforeOrOnDate':
      return compare('<=', dateValue(oneValue(filter, values), 'end', deps), deps)
    case 'afterDate':
      return compare('>', dateValue(oneValue(filter, values), 'end', deps), deps)
    case 'afterOrOnDate':
      return compare('>=', dateValue(oneValue(filter, values), 'start', deps), deps)
    case 'inDateRange':
    case 'notInDateRange':
      return dateRange(filter, values, deps)
  }
}

function resolveValue(value: FilterValue, filter: MemberFilter, deps: Deps): readonly Value[] {
  if (value.kind === 'constant')
    return [
      {
        value: value.value,
        name: `a value of the filter on "${filter.member}"`,
        source: deps.sourceOf(value.value),
      },
    ]
  const name = claimName(value.path)
  return claimScalars(deps.context, value.path).values.map((scalar) => ({
    value: scalar,
    name,
    source: value.path.join('.'),
  }))
}

/** For `explain`: the claim that cube.js most likely took a value from, which it gives as a plain value. */
function constantSources({ values }: MemberFilter, { context, source }: PredicateDeps): Deps['sourceOf'] {
  const names = new Map<string, string>()
  if (values.some(({ kind }) => kind === 'constant'))
    for (const [name, claim] of Object.entries(context.claims))
      for (const value of Array.isArray(claim) ? (claim as readonly Claim[]) : [claim])
        if (typeof value !== 'object' && !names.has(String(value))) names.set(String(value), name)
  return (constant) => {
    const name = constant === null ? undefined : names.get(String(constant))
    return name === undefined ? source : `${source} (claim ${name})`
  }
}

function refuse(filter: MemberFilter, problem: string): PgError {
  return new PgError(
    'insufficient_privilege',
    `the row filter "${filter.operator}" on "${filter.member}" ${problem}`,
  )
}

function needValues(filter: MemberFilter, values: readonly Value[]): readonly Value[] {
  if (values.length === 0) throw refuse(filter, 'has no values')
  return values
}

function oneValue(filter: MemberFilter, values: readonly Value[]): Value {
  const [value, ...others] = values
  if (value === undefined || others.length > 0) throw refuse(filter, 'needs exactly one value')
  return value
}

function operation(symbol: string, left: Node, right: Node): Node {
  return { A_Expr: { kind: 'AEXPR_OP', name: [stringNode(symbol)], lexpr: left, rexpr: right } }
}

function isNull(column: Node, isNull: boolean): Node {
  return { NullTest: { arg: column, nulltesttype: isNull ? 'IS_NULL' : 'IS_NOT_NULL' } }
}

function withoutValue(condition: Node, column: Node): Node {
  return orNode([condition, isNull(column, true)]) ?? condition
}

function columnType({ typeOid, member }: Deps): ValueType {
  return valueType(typeOid, `the column of "${member}"`)
}

function comparedColumn(type: ValueType, { column }: Deps): Node {
  return type.castColumnToText ? castNode(column, 'text') : column
}

function parameter(value: Value, type: ValueType, { parameters }: Deps): Node {
  return parameters.add({
    typeOid: type.oid,
    value: encodeValue(value.value, type, value.name),
    source: value.source,
  })
}

function compare(symbol: string, value: Value, deps: Deps): Node {
  const type = columnType(deps)
  return operation(symbol, comparedColumn(type, deps), parameter(value, type, deps))
}

/** Membership in a list; an empty list has no members. */
function equals(values: readonly Value[], deps: Deps): Node {
  const given = values.filter((value) => value.value !== null)
  const conditions: Node[] = given.length === 0 ? [] : [membership('=', 'AEXPR_OP_ANY', given, deps)]
  if (given.length < values.length) conditions.push(isNull(deps.column, true))
  return orNode(conditions) ?? FALSE
}

function notEquals(filter: MemberFilter, values: readonly Value[], deps: Deps): Node {
  const given = needValues(filter, values).filter((value) => value.value !== null)
  const present = given.length < values.length ? isNull(deps.column, false) : undefined
  if (given.length === 0) return present ?? FALSE
  const different = membership('<>', 'AEXPR_OP_ALL', given, deps)
  return present === undefined
    ? withoutValue(different, deps.column)
    : (andNode([different, present]) ?? FALSE)
}

function membership(
  symbol: string,
  kind: 'AEXPR_OP_ANY' | 'AEXPR_OP_ALL',
  values: readonly Value[],
  deps: Deps,
): Node {
  const type = columnType(deps)
  const [only, ...others] = values
  if (only !== undefined && others.length === 0) return compare(symbol, only, deps)
  const texts = values.map((value) => encodeValue(value.value, type, value.name))
  const source = [...new Set(values.map((value) => value.source))].join(', ')
  const list = deps.parameters.add({ typeOid: type.arrayOid, value: encodeArray(texts), source })
  return { A_Expr: { kind, name: [stringNode(symbol)], lexpr: comparedColumn(type, deps), rexpr: list } }
}

const TEXT = valueType(25, '')

/** Case-insensitive, as in Cube; the value's own wildcards mean themselves. */
function pattern(
  operator: 'contains' | 'startsWith' | 'endsWith',
  value: Value,
  deps: Deps,
  negated = false,
): Node {
  requireFixedText(deps.typeOid, `the column of "${deps.member}"`)
  const escaped = encodeValue(value.value, TEXT, value.name).replace(
    /[\\%_]/g,
    (character) => `\\${character}`,
  )
  const text = `${operator === 'startsWith' ? '' : '%'}${escaped}${operator === 'endsWith' ? '' : '%'}`
  return {
    A_Expr: {
      kind: 'AEXPR_ILIKE',
      name: [stringNode(negated ? '!~~*' : '~~*')],
      lexpr: castNode(deps.column, 'text'),
      rexpr: deps.parameters.add({ typeOid: TEXT.oid, value: text, source: value.source }),
    },
  }
}

/** A date without a time is the first, or the last, moment of that day. */
function dateValue(value: Value, edge: 'start' | 'end', deps: Deps): Value {
  if (deps.typeOid === 1082 || typeof value.value !== 'string' || dateText(value.value) === undefined)
    return value
  const time = edge === 'start' ? '00:00:00' : '23:59:59.999999'
  return { ...value, value: `${value.value}T${time}` }
}

function dateRange(filter: MemberFilter, values: readonly Value[], deps: Deps): Node {
  const [from, to = from, ...others] = values
  if (from === undefined || to === undefined || others.length > 0) throw refuse(filter, 'needs two dates')
  const [start, end] = [dateValue(from, 'start', deps), dateValue(to, 'end', deps)]
  if (filter.operator === 'inDateRange')
    return andNode([compare('>=', start, deps), compare('<=', end, deps)]) ?? FALSE
  const outside = orNode([compare('<', start, deps), compare('>', end, deps)]) ?? FALSE
  return withoutValue(outside, deps.column)
}
