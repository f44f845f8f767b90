import { invariant, PgError } from '../errors.js'
import { printChecked } from '../sql/checked.js'
import type { Printed } from '../sql/print/statement.js'
import type { Node, SelectStmt } from '../sql/tree.js'
import { checkParameterOid } from './allow.js'
import { type Analyser, type Analysis, createAnalysis, type Output } from './analysis.js'
import { analyseExpression } from './expression.js'
import { type Fence, isLeakproofStatement } from './fence.js'
import { createParameters, type Parameter } from './parameter.js'
import { buildRelation, type Relation } from './relation.js'
import { rewriteSelect, type SessionFacts } from './rewrite.js'
import type { RowRule } from './row-rule.js'
import type { At, Origin } from './scope.js'
import { analyseSelect } from './select.js'
import { type Access, claimsOf } from './source.js'
import { findTable, type Tables } from './table.js'
import type { CubeUse } from './use.js'

/** A statement whose names are resolved, before it is known which rows the context may see. */
export interface ResolvedQuery {
  readonly select: SelectStmt
  readonly analysis: Analysis
  readonly output: Output
  /** Byte offset in the client's text to position. */
  readonly at: At
}

export interface ResolveOptions {
  readonly tables: Tables
  readonly database: string
  readonly at: At
  /** Functions that the operator allows beyond the list, as `schema.name`. */
  readonly functionsAllowed: ReadonlySet<string>
}

/**
 * First pass: resolves every name and checks every function, operator and type of a client's SELECT.
 *
 * @throws PgError with the position in the client's text
 */
export function resolveQuery(
  select: SelectStmt,
  { tables, database, at, functionsAllowed }: ResolveOptions,
): ResolvedQuery {
  const analysis = createAnalysis()
  const analyser: Analyser = {
    analysis,
    at,
    functionsAllowed,
    table: (reference) => findTable(tables, reference, { database, at }),
    select: (statement, place, declareLeft) => analyseSelect(analyser, statement, place, declareLeft),
    expression: (value, place) => analyseExpression(analyser, value, place),
  }
  const output = analyser.select(select, { scope: undefined, ctes: undefined })
  return { select, analysis, output, at }
}

/** A statement as the upstream is to run it. */
export interface Plan {
  readonly sql: string
  /** Places in `sql` (characters from 0) and the places in the client's text (bytes from 0) that they were printed from. */
  readonly positions: readonly { readonly offset: number; readonly location: number }[]
  /** Values that follow the client's own parameters. */
  readonly parameters: readonly Parameter[]
  /** Where each result column comes from; undefined for what was computed. */
  readonly origins: readonly (Origin | undefined)[]
  /** Each cube that the statement reads and what limits its rows; for `explain` and the log. */
  readonly uses: readonly {
    readonly use: CubeUse
    readonly rules: readonly RowRule[]
    readonly fence: Fence
    readonly copied: number
  }[]
  /** Whether an error while it runs can only be about rows that the context may see: what the cubes hide never fails. */
  readonly errorsAreOwn: boolean
}

export interface PlanOptions {
  readonly access: Omit<Access, 'parameters' | 'parameterOid'>
  /** Types that the client declared for its parameters. */
  readonly declaredOids: readonly number[]
  readonly facts: SessionFacts
  /** How many parameters are the client's: those that it declared or wrote, whichever is more. */
  readonly clientParameterCount: number
  /** `literal` for COPY, which takes no parameters. */
  readonly form: 'bind' | 'literal'
  /** Puts the rewritten SELECT inside the statement that holds it (COPY, DECLARE). */
  readonly wrap?: (select: Node) => Node
}

/**
 * Second pass: puts each cube's relation in its place and prints the whole.
 *
 * @throws PgError insufficient_privilege if a claim is missing or a parameter's type may not be used; feature_not_supported for what the
 *   printer does not know
 */
export function planQuery(resolved: ResolvedQuery, options: PlanOptions): Plan {
  const parameters = createParameters({ clientCount: options.clientParameterCount, form: options.form })
  // Where a parameter's type is left to Postgres, its first place decides it; another place before that might decide otherwise.
  const parameterOid = (number: number): number | undefined => {
    const declared = options.declaredOids[number - 1] ?? 0
    return declared !== 0 || resolved.analysis.parameters.get(number) === 1 ? declared : undefined
  }
  for (const oid of options.declaredOids) checkParameterOid(oid)
  const access: Access = { ...options.access, parameters, parameterOid }
  refuseBroken(resolved, access)
  const leakproof = isLeakproofStatement(resolved.analysis, access)
  const relations = new Map<CubeUse, Relation>(
    resolved.analysis.uses.map((use) => [use, buildRelation(use, access, leakproof)]),
  )
  const select = rewriteSelect(resolved.select, {
    analysis: resolved.analysis,
    facts: options.facts,
    relation(use) {
      const relation = relations.get(use)
      invariant(relation !== undefined, `no relation for "${use.alias}"`)
      return relation.query
    },
    claims: (use) => claimsOf(use.table.cube, access),
  })
  const node: Node = { SelectStmt: select }
  const printed = printPlaced(options.wrap === undefined ? node : options.wrap(node), resolved.at)
  return {
    sql: printed.text,
    positions: printed.positions,
    parameters: parameters.list(),
    origins: resolved.output.columns.map(({ origin }) => origin),
    uses: [...relations].map(([use, { rules, fence, copied }]) => ({ use, rules, fence, copied })),
    errorsAreOwn: [...relations.values()].every(({ total }) => total),
  }
}

/** A refusal of the printer's knows where the node stood; all that it can refuse here is the client's. */
function printPlaced(node: Node, at: At): Printed {
  try {
    return printChecked(node)
  } catch (error) {
    const location = error instanceof PgError ? locationOf(error.cause) : undefined
    if (!(error instanceof PgError) || location === undefined || error.position !== undefined) throw error
    const { condition, message, hint, detail, cause } = error
    throw new PgError(condition, message, { position: at(location), hint, detail, cause })
  }
}

function locationOf(cause: unknown): number | undefined {
  const { location } = (cause ?? {}) as { readonly location?: unknown }
  return typeof location === 'number' ? location : undefined
}

function refuseBroken(resolved: ResolvedQuery, access: Access): void {
  for (const { table } of resolved.analysis.uses) {
    const typed = access.typed.cubes.get(table.cube.name)
    if (typed?.refusal !== undefined) throw typed.refusal
    if (typed !== undefined && typed.problem === undefined) continue
    throw new PgError(
      'object_not_in_prerequisite_state',
      `the cube "${table.cube.name}" is not available: its SQL fails in the upstream database`,
      {
        hint: 'Whoever keeps the model finds the reason with `rowgate check`.',
        cause: typed?.problem,
      },
    )
  }
}
