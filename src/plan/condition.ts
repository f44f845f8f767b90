import type { Member } from '../model/model.js'
import type { ColumnRef, Node } from '../sql/tree.js'
import { isPlain, memberValue } from './contribution.js'
import { type Compared, isLeakproofComparison } from './leakproof.js'
import { conjuncts, namesOf, qualified } from './node.js'
import type { RangeItem } from './scope.js'
import { type Access, claimsOf } from './source.js'
import type { Condition, CubeUse } from './use.js'

/** What each column reference reads, where it is one member of one cube. */
export type Reads = ReadonlyMap<ColumnRef, { readonly use: CubeUse; readonly member: Member }>

/**
 * Notes the conjuncts of a WHERE that compare one cube's columns with values. All of them are strict: a row for which one is null is not in the
 * result, so a cube may lose the rows that fail them wherever it stands in a join.
 *
 * @param items what stands in the FROM of the same block; a cube of an outer one loses nothing by what is asked here
 */
export function noteConditions(where: Node | undefined, items: readonly RangeItem[], reads: Reads): void {
  for (const node of conjuncts(where)) {
    const columns = new Map<ColumnRef, Member>()
    const uses = new Set<CubeUse>()
    const known = (reference: ColumnRef): boolean => {
      const read = reads.get(reference)
      if (read === undefined || !items.some((item) => item.use === read.use)) return false
      columns.set(reference, read.member)
      uses.add(read.use)
      return true
    }
    const [use, ...others] = comparisonsOf(node, known) === undefined ? [] : uses
    if (use !== undefined && others.length === 0) use.conditions.push({ node, columns })
  }
}

/** Comparisons that a condition consists of, joined by AND, OR and NOT; undefined if there is anything else in it. */
function comparisonsOf(
  node: Node,
  known: (reference: ColumnRef) => boolean,
): readonly Comparison[] | undefined {
  if ('BoolExpr' in node) {
    const parts = (node.BoolExpr.args ?? []).map((part) => comparisonsOf(part, known))
    return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? [])
  }
  const comparison = comparisonOf(node)
  return comparison !== undefined && known(comparison.reference) ? [comparison] : undefined
}

export interface Comparison extends Compared {
  readonly reference: ColumnRef
}

/** A column and what it is compared with; undefined for anything else. */
export function comparisonOf(node: Node): Comparison | undefined {
  if (!('A_Expr' in node)) return undefined
  const { kind, name, lexpr, rexpr } = node.A_Expr
  if (lexpr === undefined || rexpr === undefined || (name ?? []).length !== 1) return undefined
  const operator = namesOf(name)[0] ?? ''
  const left = 'ColumnRef' in lexpr ? lexpr.ColumnRef : undefined
  switch (kind) {
    case 'AEXPR_OP':
      if (left !== undefined) return { reference: left, operators: [operator], values: [rexpr], list: false }
      return 'ColumnRef' in rexpr
        ? { reference: rexpr.ColumnRef, operators: [operator], values: [lexpr], list: false }
        : undefined
    case 'AEXPR_IN':
      return left === undefined || !('List' in rexpr)
        ? undefined
        : { reference: left, operators: [operator], values: rexpr.List.items ?? [], list: true }
    case 'AEXPR_BETWEEN':
      return left === undefined || !('List' in rexpr)
        ? undefined
        : { reference: left, operators: ['<=', '>='], values: rexpr.List.items ?? [], list: false }
    default:
      return undefined
  }
}

/**
 * The conditions of a use that may run before the row rules do, over its own columns: they are leakproof, so what they see of other rows they
 * cannot tell. They stay where they were written, too.
 */
export function copiedConditions(use: CubeUse, access: Access): readonly Node[] {
  return use.conditions.flatMap(({ node, columns }) =>
    isLeakproof(node, columns, use, access) ? [overMembers(node, columns, use, access)] : [],
  )
}

function isLeakproof(node: Node, columns: Condition['columns'], use: CubeUse, access: Access): boolean {
  const comparisons = comparisonsOf(node, (reference) => columns.has(reference)) ?? []
  return comparisons.every((comparison) => {
    const member = columns.get(comparison.reference)
    const type = member && access.typed.cubes.get(use.table.cube.name)?.columns.get(member.name)
    return (
      member !== undefined &&
      isPlain(member) &&
      type !== undefined &&
      !type.castToText &&
      isLeakproofComparison(comparison, type.oid, access.parameterOid)
    )
  })
}

/** The condition with each column of the client's replaced by the member's own tree. */
function overMembers(node: Node, columns: Condition['columns'], use: CubeUse, access: Access): Node {
  const claims = claimsOf(use.table.cube, access)
  const replace = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replace)
    if (value === null || typeof value !== 'object') return value
    if ('ColumnRef' in value) {
      const member = columns.get((value as { ColumnRef: ColumnRef }).ColumnRef)
      if (member !== undefined) return memberValue(use.table.cube, member, claims)
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => [
        key,
        key === 'funcname' || key === 'names' ? qualified(child) : replace(child),
      ]),
    )
  }
  return replace(node) as Node
}
