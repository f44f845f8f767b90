import { PgError } from '../errors.js'
import { FILTER_OPERATORS, type Filter, type FilterOperator, type FilterValue } from '../model/model.js'
import type { StatementQuery } from './statement-query.js'

/** What queryRewrite added to a statement. */
export interface AddedFilters {
  readonly filters: readonly Filter[]
  readonly segments: readonly string[]
}

/** The query as queryRewrite was given it, which it may change in place. */
export interface GivenQuery {
  readonly measures: readonly string[]
  readonly dimensions: readonly string[]
  /** Its filters as objects, and what each said. */
  readonly filters: ReadonlyMap<unknown, string>
}

export function noteGiven({ measures, dimensions, filters }: StatementQuery): GivenQuery {
  return {
    measures: [...measures],
    dimensions: [...dimensions],
    filters: new Map(filters.map((filter) => [filter, JSON.stringify(filter)])),
  }
}

const HANDLED = new Set(['filters', 'segments', 'measures', 'dimensions', 'timeDimensions'])

/**
 * Reads what cube.js' queryRewrite returned. Filters and segments that it added limit the rows; any other change cannot be carried out
 * on SQL and is refused, because a rule that is not applied is a breach.
 *
 * Only the very objects that stand for the client's own conditions, unchanged, are passed over. A filter that merely says the same is a rule:
 * a client can write any condition that a hook adds.
 *
 * @param before the query as it was given to queryRewrite
 * @throws PgError insufficient_privilege
 */
export function readRewrittenQuery(before: GivenQuery, after: unknown): AddedFilters {
  if (after === null || typeof after !== 'object' || Array.isArray(after)) {
    throw refuse('queryRewrite of cube.js must return the query')
  }
  const query = after as Readonly<Record<string, unknown>>
  for (const key of Object.keys(query)) {
    if (!HANDLED.has(key) && query[key] !== undefined)
      throw refuse(`queryRewrite of cube.js set "${key}", which cannot be applied to SQL`)
  }
  for (const key of ['measures', 'dimensions'] as const) {
    const written = query[key] ?? before[key]
    if (!sameNames(written, before[key]))
      throw refuse(`queryRewrite of cube.js changed "${key}", which cannot be applied to SQL`)
  }
  const times = query['timeDimensions'] ?? []
  if (!Array.isArray(times)) throw refuse('queryRewrite of cube.js returned timeDimensions that are no list')
  const filters = listOf(query['filters'], 'filters')
    .filter((filter) => !before.filters.has(filter) || before.filters.get(filter) !== safeText(filter))
    .map(readFilter)
  const segments = listOf(query['segments'], 'segments').map((segment) => {
    if (typeof segment !== 'string') throw refuse('queryRewrite of cube.js added a segment that is no name')
    return segment
  })
  return { filters: [...filters, ...times.flatMap(readTimeDimension)], segments: [...new Set(segments)] }
}

function refuse(message: string): PgError {
  return new PgError('insufficient_privilege', message, {
    hint: 'It may push filters and segments, or throw.',
  })
}

function safeText(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return ''
  }
}

function sameNames(value: unknown, names: readonly string[]): boolean {
  return (
    Array.isArray(value) &&
    value.length === names.length &&
    value.every((name, index) => name === names[index])
  )
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw refuse(`queryRewrite of cube.js returned ${name} that are no list`)
  return value as readonly unknown[]
}

function readFilter(value: unknown): Filter {
  if (value === null || typeof value !== 'object')
    throw refuse('queryRewrite of cube.js added a filter that is no object')
  const filter = value as Readonly<Record<string, unknown>>
  if (['and', 'or', 'member', 'dimension'].filter((key) => filter[key] !== undefined).length > 1)
    throw refuse('queryRewrite of cube.js added a filter that is several at once ("and", "or", a member)')
  for (const kind of ['and', 'or'] as const) {
    if (filter[kind] === undefined) continue
    const filters = listOf(filter[kind], `"${kind}"`).map(readFilter)
    if (filters.length === 0) throw refuse(`queryRewrite of cube.js added an empty "${kind}"`)
    return { kind, filters }
  }
  const member = filter['member'] ?? filter['dimension']
  if (typeof member !== 'string' || !/^[^.]+\.[^.]+$/.test(member)) {
    throw refuse('queryRewrite of cube.js added a filter without a member such as "Orders.userId"')
  }
  const operator = filter['operator']
  if (!FILTER_OPERATORS.some((known) => known === operator)) {
    throw refuse(
      `queryRewrite of cube.js added a filter on "${member}" with the unknown operator "${String(operator)}"`,
    )
  }
  return {
    kind: 'member',
    member,
    operator: operator as FilterOperator,
    values: readValues(filter['values'], member, operator as FilterOperator),
  }
}

function readTimeDimension(value: unknown): readonly Filter[] {
  const time = value as { dimension?: unknown; dateRange?: unknown } | null
  if (time === null || typeof time !== 'object' || typeof time.dimension !== 'string') {
    throw refuse('queryRewrite of cube.js added a time dimension without a name')
  }
  if (time.dateRange === undefined)
    throw refuse('queryRewrite of cube.js added a time dimension without a dateRange')
  return [
    {
      kind: 'member',
      member: time.dimension,
      operator: 'inDateRange',
      values: readValues(time.dateRange, time.dimension, 'inDateRange'),
    },
  ]
}

function readValues(value: unknown, member: string, operator: FilterOperator): readonly FilterValue[] {
  if (operator === 'set' || operator === 'notSet') return []
  if (value === undefined)
    throw refuse(`queryRewrite of cube.js added a filter on "${member}" without values`)
  const values: readonly unknown[] = Array.isArray(value) ? value.flat() : [value]
  return values.map((inner): FilterValue => {
    if (inner === null && (operator === 'equals' || operator === 'notEquals'))
      return { kind: 'constant', value: null }
    if (typeof inner === 'string' || typeof inner === 'boolean' || typeof inner === 'bigint')
      return { kind: 'constant', value: inner }
    if (typeof inner === 'number' && Number.isFinite(inner)) return { kind: 'constant', value: inner }
    // The classic of a claim that is not there: values: [securityContext.user_id].
    throw new PgError('insufficient_privilege', `the row filter on "${member}" has no value for you`, {
      hint: 'A claim that it needs is missing in your token. Ask whoever issues it.',
    })
  })
}
