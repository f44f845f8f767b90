import type { SecurityContext } from '../auth/context.js'
import { PgError } from '../errors.js'
import { type Plan, planQuery, type ResolvedQuery, resolveQuery } from '../plan/plan.js'
import type { SessionFacts } from '../plan/rewrite.js'
import { type AddedFilters, noteGiven, readRewrittenQuery } from '../plan/rewritten-query.js'
import { type Route, routeSelect } from '../plan/route.js'
import { type StatementQuery, statementQuery } from '../plan/statement-query.js'
import type { Tables } from '../plan/table.js'
import type { TypedModel } from '../plan/typed-model.js'
import type { Node, SelectStmt } from '../sql/tree.js'
import { readsOf } from './audit.js'
import { createPlanCache, type PlanCache } from './plan-cache.js'
import { planKey } from './plan-key.js'
import type { UpstreamStatement } from './upstream-statement.js'

/** What planners share. Each entry is found by everything that it depends on besides the statement. */
export interface KeptPlans {
  readonly routes: PlanCache<Route>
  readonly resolved: PlanCache<ResolvedQuery>
  readonly plans: PlanCache<Planned>
}

/** @param plansMax of each kind that are kept */
export function createKeptPlans(plansMax: number): KeptPlans {
  return {
    routes: createPlanCache(plansMax),
    resolved: createPlanCache(plansMax),
    plans: createPlanCache(plansMax),
  }
}

export interface PlannerDeps {
  readonly kept: KeptPlans
  /** See contextKey. */
  readonly contextId: string
  readonly typed: TypedModel
  readonly tables: Tables
  readonly context: SecurityContext
  readonly groups: readonly string[]
  readonly facts: SessionFacts
  /** Functions that the operator allows beyond the list, as `schema.name`. */
  readonly functionsAllowed: ReadonlySet<string>
  /** cube.js' queryRewrite over the session's context; undefined if there is none. */
  readonly queryRewrite: ((query: StatementQuery) => unknown) | undefined
}

export interface PlanRequest {
  readonly select: SelectStmt
  readonly at: (location: number | undefined) => number | undefined
  /** Types that the client declared for its parameters. */
  readonly declaredOids: readonly number[]
  readonly form: 'bind' | 'literal'
  readonly cached: boolean
  readonly wrap?: (select: Node) => Node
}

export interface Planned {
  readonly statement: UpstreamStatement
  readonly plan: Plan
}

export interface Planner {
  /** Who answers a SELECT. @throws PgError feature_not_supported for cubes and catalog relations in one statement */
  route(select: SelectStmt, at: PlanRequest['at']): Route
  plan(request: PlanRequest): Promise<Planned>
}

/** Literals that mean another time each time they are read; a statement that was parsed before would keep the old one. */
const READS_THE_CLOCK = /'[^']*(?:now|today|tomorrow|yesterday)[^']*'/i

/** Plans statements for one context. What is kept is by context, so contexts that are the same share it. */
export function createPlanner(deps: PlannerDeps): Planner {
  const { kept } = deps
  const asksFunctions = [...deps.typed.model.cubes.values()].some(({ policies = [] }) =>
    policies.some(({ conditions }) => conditions.some(({ kind }) => kind === 'function')),
  )
  /** What was made of this statement before, where it does not depend on this very session. */
  const remember = <T extends object | string>(
    cache: PlanCache<T>,
    select: SelectStmt,
    key: string,
    make: () => T,
  ): T => {
    const known = cache.get(select, key)
    if (known !== undefined) return known
    const made = make()
    cache.set(select, key, made)
    return made
  }
  const resolve = ({ select, at }: PlanRequest): ResolvedQuery =>
    remember(kept.resolved, select, deps.contextId, () =>
      resolveQuery(select, {
        tables: deps.tables,
        database: deps.facts.database,
        at,
        functionsAllowed: deps.functionsAllowed,
      }),
    )
  return {
    route: (select, at) =>
      remember(kept.routes, select, deps.contextId, () =>
        routeSelect(select, { tables: deps.tables, at, functionsAllowed: deps.functionsAllowed }),
      ),
    async plan(request) {
      const resolved = resolve(request)
      const added = await addedFilters(resolved, deps)
      // A wrapped statement (COPY, DECLARE) and one that asks for the session's own facts are planned each time; so is everything where a
      // policy's condition is a function, which may say something else each time.
      if (request.wrap !== undefined || resolved.analysis.asksSession || asksFunctions)
        return makePlan(resolved, added, request, deps)
      const { contextId } = deps
      const { form, cached, declaredOids } = request
      const key = planKey({ contextId, form, cached, declaredOids, added })
      return remember(kept.plans, request.select, key, () => makePlan(resolved, added, request, deps))
    },
  }
}

/** Parameters of a statement in the protocol, whose counts have 16 bits. */
const PARAMETERS_MAX = 65_535

function makePlan(
  resolved: ResolvedQuery,
  added: AddedFilters,
  request: PlanRequest,
  deps: PlannerDeps,
): Planned {
  const clientParameterCount = Math.max(resolved.analysis.parametersMax, request.declaredOids.length)
  const plan = planQuery(resolved, {
    access: { typed: deps.typed, context: deps.context, groups: deps.groups, ...added },
    facts: deps.facts,
    clientParameterCount,
    declaredOids: request.declaredOids,
    form: request.form,
    ...(request.wrap === undefined ? {} : { wrap: request.wrap }),
  })
  if (clientParameterCount + plan.parameters.length > PARAMETERS_MAX) {
    throw new PgError(
      'program_limit_exceeded',
      `the statement has ${clientParameterCount} parameters; together with your claims that is more than ${PARAMETERS_MAX}`,
      { hint: 'Pass long lists as one array parameter.' },
    )
  }
  const clientOids = Array.from(
    { length: clientParameterCount },
    (_, index) => request.declaredOids[index] ?? 0,
  )
  return {
    plan,
    statement: {
      sql: plan.sql,
      positions: plan.positions,
      origins: plan.origins,
      reads: readsOf(plan),
      errorsAreOwn: plan.errorsAreOwn,
      at: request.at,
      parameterOids: [...clientOids, ...plan.parameters.map((parameter) => parameter.typeOid)],
      clientParameterCount,
      ownValues: plan.parameters.map((parameter) => parameter.value),
      cached: request.cached && !READS_THE_CLOCK.test(plan.sql),
    },
  }
}

const NONE: AddedFilters = { filters: [], segments: [] }

/** A statement that reads no cube has no rows to limit, and queryRewrite is about cubes. */
async function addedFilters(resolved: ResolvedQuery, { queryRewrite }: PlannerDeps): Promise<AddedFilters> {
  if (queryRewrite === undefined || resolved.analysis.uses.length === 0) return NONE
  const given = statementQuery(resolved.select, resolved.analysis)
  const before = noteGiven(given)
  let after: unknown
  try {
    after = await queryRewrite(given)
  } catch (cause) {
    const message =
      cause instanceof Error || (cause !== null && typeof cause === 'object' && 'message' in cause)
        ? String((cause as Error).message)
        : String(cause)
    throw new PgError('insufficient_privilege', message, { cause })
  }
  return readRewrittenQuery(before, after)
}
