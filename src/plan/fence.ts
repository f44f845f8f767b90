import type { A_Expr, ColumnRef, Node } from '../sql/tree.js'
import type { Analysis } from './analysis.js'
import { comparisonOf } from './condition.js'
import { isPlain } from './contribution.js'
import { isComparison, isLeakproofComparison, isLeakproofPair } from './leakproof.js'
import { namesOf } from './node.js'
import type { RowRule } from './row-rule.js'
import type { Column, Origin } from './scope.js'
import type { Access } from './source.js'
import type { ColumnType } from './typed-model.js'
import type { CubeUse } from './use.js'

/** What stands between a cube's row rules and the rest of the statement, and why; for `explain`. */
export interface Fence {
  readonly kind: 'none' | 'set operation'
  readonly why: string
}

/**
 * Whether the whole of a statement's early expressions is leakproof: then Postgres may compute them over rows of others, because they neither
 * fail nor tell anything but what they were asked (manual, "Rules and Privileges"; threat catalogue, "Policy" 2).
 */
export function isLeakproofStatement({ early, origins }: Analysis, access: Access): boolean {
  const typeOf = (reference: ColumnRef): ColumnType | undefined => plainType(origins.get(reference), access)
  return (
    early.conditions.every((node) => isLeakproofCondition(node, typeOf, access)) &&
    early.merged.every((pair) => isLeakproofMerge(pair, access)) &&
    early.extremes.every((node) => 'ColumnRef' in node && typeOf(node.ColumnRef) !== undefined)
  )
}

/** The type of a column that is a plain one of a table; undefined for an expression of the model or the statement. */
function plainType(origin: Origin | undefined, access: Access): ColumnType | undefined {
  if (origin === undefined || !isPlain(origin.member)) return undefined
  const type = access.typed.cubes.get(origin.cube)?.columns.get(origin.member.name)
  return type?.castToText === false ? type : undefined
}

function isLeakproofMerge([left, right]: readonly [Column, Column], access: Access): boolean {
  const types = [plainType(left.origin, access), plainType(right.origin, access)] as const
  return types[0] !== undefined && types[1] !== undefined && isLeakproofPair('=', types[0], types[1])
}

type TypeOf = (reference: ColumnRef) => ColumnType | undefined

function isLeakproofCondition(node: Node, typeOf: TypeOf, access: Access): boolean {
  const inner = (part: Node | undefined): boolean =>
    part !== undefined && isLeakproofCondition(part, typeOf, access)
  if ('BoolExpr' in node) return (node.BoolExpr.args ?? []).every(inner)
  if ('NullTest' in node) return isPlainColumn(node.NullTest.arg, typeOf)
  if ('BooleanTest' in node) return inner(node.BooleanTest.arg)
  if ('ColumnRef' in node) return typeOf(node.ColumnRef)?.oid === BOOL
  if ('A_Const' in node) return node.A_Const.boolval !== undefined
  return 'A_Expr' in node && isLeakproofExpression(node, typeOf, access)
}

const BOOL = 16

function isPlainColumn(node: Node | undefined, typeOf: TypeOf): boolean {
  return node !== undefined && 'ColumnRef' in node && typeOf(node.ColumnRef) !== undefined
}

function isLeakproofExpression(node: { A_Expr: A_Expr }, typeOf: TypeOf, access: Access): boolean {
  const { kind, name, lexpr, rexpr } = node.A_Expr
  if (lexpr === undefined || rexpr === undefined) return false
  // Tools begin lists of conditions with 1 = 1.
  if (kind === 'AEXPR_OP' && isInteger(lexpr) && isInteger(rexpr)) return isComparison(namesOf(name))
  const comparison = comparisonOf(node)
  const type = comparison && typeOf(comparison.reference)
  if (comparison === undefined || type === undefined) return false
  if ('ColumnRef' in lexpr && 'ColumnRef' in rexpr) {
    const other = typeOf(rexpr.ColumnRef)
    return (
      other !== undefined && comparison.operators.every((operator) => isLeakproofPair(operator, type, other))
    )
  }
  return isLeakproofComparison(comparison, type.oid, access.parameterOid)
}

function isInteger(node: Node): boolean {
  return 'A_Const' in node && node.A_Const.ival !== undefined
}

/**
 * What a use of a cube needs.
 *
 * @param leakproof whether the statement's early expressions are
 * @param joined whether the relation joins other cubes
 */
export function fenceOf(
  use: CubeUse,
  {
    rules,
    joined,
    leakproof,
  }: { readonly rules: readonly RowRule[]; readonly joined: boolean; readonly leakproof: boolean },
  { typed }: Access,
): Fence {
  const needed = (why: string): Fence => ({ kind: 'set operation', why })
  if (typed.cubes.get(use.table.cube.name)?.plainTable !== true) return needed('its SQL is more than a table')
  if (joined) return needed('columns or rules of it read other cubes')
  if (rules.length === 0) return { kind: 'none', why: 'no rule hides a row of it' }
  if (!rules.every((rule) => rule.leakproof))
    return needed('a rule of it is more than comparisons of columns')
  if (!leakproof) return needed('a condition of the statement may fail, or tell what it saw')
  if (readsExtremes(use)) return needed('a minimum or maximum of it is computed from an expression')
  return {
    kind: 'none',
    why: 'its rules and all conditions of the statement are leakproof comparisons of columns',
  }
}

/** Whether a measure that an index may answer is more than a column. */
function readsExtremes({ table: { cube }, members, parts, wholeRow }: CubeUse): boolean {
  const names = [...members, ...parts, ...(wholeRow ? cube.members.keys() : [])]
  return names.some((name) => {
    const member = cube.members.get(name)
    if (member?.kind !== 'measure' || member.definition.kind !== 'aggregate') return false
    const { aggregate, value } = member.definition
    return (aggregate === 'min' || aggregate === 'max') && !('ColumnRef' in value)
  })
}
