import type { A_Expr, Node } from '../sql/tree.js'
import { isPlain } from './contribution.js'
import { isComparison, isLeakproofPair } from './leakproof.js'
import { namesOf } from './node.js'
import type { ColumnType, TypedModel } from './typed-model.js'

/**
 * Whether a row rule never fails, whatever the row: comparisons of columns, joined by AND, OR and NOT, also over the rows of other plain tables.
 * One that may fail would tell by that which rows reached it.
 *
 * @param typed says which cubes are plain tables
 */
export function isTotalRule(rule: Node, typed: TypedModel): boolean {
  const all = (nodes: readonly Node[] | undefined): boolean =>
    (nodes ?? []).every((node) => isTotalRule(node, typed))
  if ('BoolExpr' in rule) return all(rule.BoolExpr.args)
  if ('NullTest' in rule) return isTotalValue(rule.NullTest.arg)
  if ('A_Const' in rule || 'ColumnRef' in rule) return true
  if ('A_Expr' in rule) return isTotalComparison(rule.A_Expr, typed)
  if (!('SubLink' in rule) || rule.SubLink.subLinkType !== 'EXISTS_SUBLINK') return false
  const { subselect } = rule.SubLink
  if (subselect === undefined || !('SelectStmt' in subselect)) return false
  const { fromClause = [], whereClause } = subselect.SelectStmt
  return (
    fromClause.every((node) => isTotalFrom(node, typed)) &&
    (whereClause === undefined || isTotalRule(whereClause, typed))
  )
}

/** Whether a cube's base, joined with others or not, never fails: plain tables, known by their cubes' names. */
export function isTotalFrom(node: Node, typed: TypedModel): boolean {
  const base = 'RangeVar' in node ? node.RangeVar : 'RangeSubselect' in node ? node.RangeSubselect : undefined
  if (base !== undefined) return typed.cubes.get(base.alias?.aliasname ?? '')?.plainTable === true
  if (!('JoinExpr' in node)) return false
  const { larg, rarg, quals } = node.JoinExpr
  return (
    larg !== undefined &&
    rarg !== undefined &&
    isTotalFrom(larg, typed) &&
    isTotalFrom(rarg, typed) &&
    (quals === undefined || isTotalRule(quals, typed))
  )
}

function isTotalComparison({ kind, name, lexpr, rexpr }: A_Expr, typed: TypedModel): boolean {
  const compares = kind === 'AEXPR_OP' || kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL'
  if (!compares || !isComparison(namesOf(name)) || !isTotalValue(lexpr) || !isTotalValue(rexpr)) return false
  const [left, right] = [typeOf(lexpr, typed), typeOf(rexpr, typed)]
  return left === undefined || right === undefined || isTotalPair(left, right)
}

/** Whether columns of two types compare without a conversion that may fail, as that of numeric to float8. */
function isTotalPair(left: ColumnType, right: ColumnType): boolean {
  const collated = left.collationOid !== 0 && right.collationOid !== 0
  if (left.oid === right.oid) return !collated || left.collationOid === right.collationOid
  return isLeakproofPair('=', left, right)
}

/** The type of a column that some dimension is; undefined for one that no dimension shows, or a value. */
function typeOf(node: Node | undefined, { model, cubes }: TypedModel): ColumnType | undefined {
  if (node === undefined || !('ColumnRef' in node)) return undefined
  const [cubeName = '', columnName] = namesOf(node.ColumnRef.fields)
  for (const member of model.cubes.get(cubeName)?.members.values() ?? []) {
    if (member.kind !== 'dimension' || !isPlain(member) || !('ColumnRef' in member.sql)) continue
    if (namesOf(member.sql.ColumnRef.fields).at(-1) === columnName)
      return cubes.get(cubeName)?.columns.get(member.name)
  }
  return undefined
}

/** A column, a value, or either as text. */
function isTotalValue(node: Node | undefined): boolean {
  if (node === undefined) return false
  if ('TypeCast' in node) {
    const { arg, typeName } = node.TypeCast
    const text = namesOf(typeName?.names).at(-1) === 'text'
    return arg !== undefined && ('A_Const' in arg || (text && 'ColumnRef' in arg))
  }
  return 'ColumnRef' in node || 'A_Const' in node || 'ParamRef' in node
}
