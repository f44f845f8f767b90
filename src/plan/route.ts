import { PgError } from '../errors.js'
import type { FuncCall, Node, SelectStmt } from '../sql/tree.js'
import { isFunctionAllowed, isTypeAllowed } from './allow.js'
import { constantValue } from './constant.js'
import { isOwnAggregate } from './measure.js'
import { namesIn } from './names.js'
import { namesOf } from './node.js'
import type { ResolveOptions } from './plan.js'
import { isSessionFunction } from './session-function.js'
import { isCatalogRelation, isTable } from './table.js'

/** Who answers a SELECT: the upstream, after it was planned over cubes, or the embedded catalog. */
export type Route = 'upstream' | 'catalog'

/**
 * Decides by the relations that a statement names. One without any goes upstream if everything in it may go there; else it asks about the
 * server or the catalog.
 *
 * @throws PgError feature_not_supported for cubes and catalog relations in one statement
 */
export function routeSelect(
  select: SelectStmt,
  { tables, at, functionsAllowed }: Omit<ResolveOptions, 'database'>,
): Route {
  const found = namesIn(select)
  const { relations } = found
  const catalog = relations.filter((relation) => isCatalogRelation(relation) && !isTable(tables, relation))
  if (catalog.length > 0) {
    const cube = relations.find((relation) => isTable(tables, relation))
    if (cube === undefined) return 'catalog'
    throw new PgError(
      'feature_not_supported',
      'cubes and catalog relations cannot be read in one statement',
      {
        position: at(catalog[0]?.location),
        hint: 'Ask the catalog first, and the cubes with what it answered.',
      },
    )
  }
  if (relations.length > 0) return 'upstream'
  // In FROM such a function names a column, which only the function itself does right.
  const beyond =
    found.sessionRanges ||
    found.calls.some((call) => !isComputing(call, functionsAllowed)) ||
    found.types.some((type) => !isTypeAllowed(type))
  return beyond ? 'catalog' : 'upstream'
}

/** Functions that compute from their arguments, or that Rowgate answers. Those with bounds are judged where the plan is made. */
function isComputing(call: FuncCall, more: ReadonlySet<string>): boolean {
  return isFunctionAllowed(namesOf(call.funcname), more) || isSessionFunction(call) || isOwnAggregate(call)
}

/** A setting and the value that a statement gives it. */
export interface WrittenSetting {
  readonly name: string
  readonly value: string
  readonly local: boolean
}

/** Values that a statement sets by set_config(name, value, is_local), where all three are written out. */
export function writtenSettings(select: SelectStmt): readonly WrittenSetting[] {
  return namesIn(select).calls.flatMap((call) => {
    if (namesOf(call.funcname).at(-1) !== 'set_config') return []
    const [name, value, local] = (call.args ?? []).map(writtenText)
    if (name === undefined || value === undefined || local === undefined) {
      throw new PgError('feature_not_supported', 'arguments of set_config must be written as constants', {
        hint: "Write set_config('name', 'value', false), or SET.",
      })
    }
    return [{ name, value, local: /^(t|true|on|yes|1)$/i.test(local) }]
  })
}

function writtenText(node: Node): string | undefined {
  if ('TypeCast' in node && node.TypeCast.arg !== undefined) return writtenText(node.TypeCast.arg)
  return 'A_Const' in node ? (constantValue(node.A_Const) ?? undefined) : undefined
}
