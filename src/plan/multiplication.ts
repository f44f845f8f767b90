import { PgError } from '../errors.js'
import type { Node } from '../sql/tree.js'
import type { Analyser, MeasureCall } from './analysis.js'
import type { FromPart, JoinCondition } from './from.js'
import { isAdditive } from './measure.js'
import { conjuncts, namesOf } from './node.js'
import { type RangeItem, resolveColumn, type Scope } from './scope.js'

/**
 * Refuses a measure whose rows a join may repeat: a sum over repeated rows is a wrong number. A joined item repeats no row if each of
 * its columns in some key is equated with something that is fixed once the measure's row is.
 *
 * @throws PgError feature_not_supported
 */
export function refuseMultiplied(
  analyser: Analyser,
  from: FromPart,
  where: Node | undefined,
  calls: readonly MeasureCall[],
): void {
  if (from.items.length < 2) return
  const equalities = findEqualities(from, where)
  for (const call of calls) {
    const { measure, items } = call.column
    const [item] = items
    if (measure === undefined || item === undefined || !from.items.includes(item) || !isAdditive(measure))
      continue
    const repeating = from.items.find((other) => !fixedFrom(item, from.items, equalities).has(other))
    if (repeating === undefined) continue
    throw new PgError(
      'feature_not_supported',
      `the join with "${repeating.name ?? 'a subquery'}" may repeat rows of the measure "${measure.name}", which would then be counted more than once`,
      {
        position: analyser.at(call.location),
        hint: `Aggregate first: put MEASURE(${measure.name}) with its GROUP BY into a subquery and join that, or join by the other table's whole primary key.`,
      },
    )
  }
}

/** A column of an item that is equal to something which `needs` fix. */
interface Equality {
  readonly item: RangeItem
  readonly column: string
  readonly needs: readonly RangeItem[]
  /** The join that demands it; undefined for WHERE, which holds for every row. */
  readonly join: JoinCondition | undefined
}

function findEqualities(from: FromPart, where: Node | undefined): readonly Equality[] {
  const scope: Scope = {
    parent: undefined,
    entries: from.items.map((item) => ({
      name: item.name,
      schema: item.use === undefined ? undefined : 'public',
      columns: item.columns,
      items: [item],
      qualified: true,
      unqualified: true,
    })),
  }
  const merged = from.conditions.flatMap((join) =>
    join.merged.flatMap(({ items, name }) =>
      items.map(
        (item): Equality => ({ item, column: name, needs: items.filter((other) => other !== item), join }),
      ),
    ),
  )
  const written = from.conditions.flatMap((join) => equalitiesIn(scope, join.on, join))
  return [...merged, ...written, ...equalitiesIn(scope, where, undefined)]
}

function equalitiesIn(
  scope: Scope,
  condition: Node | undefined,
  join: JoinCondition | undefined,
): readonly Equality[] {
  return conjuncts(condition).flatMap((node) => {
    if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_OP' || namesOf(node.A_Expr.name).at(-1) !== '=')
      return []
    const { lexpr, rexpr } = node.A_Expr
    return [
      [lexpr, rexpr],
      [rexpr, lexpr],
    ].flatMap(([one, other]): Equality[] => {
      const column = one && columnOf(scope, one)
      const needs = column && itemsOf(scope, other)
      return column === undefined || needs === undefined ? [] : [{ ...column, needs, join }]
    })
  })
}

/** Whether an equality holds in every result row that has a row of `start`. An outer join lets rows of its preserved side through. */
function holds({ join, item }: Equality, start: RangeItem): boolean {
  if (join === undefined) return true
  const [left, right] = [new Set(join.left), new Set(join.right)]
  switch (join.type) {
    case 'inner':
      return true
    case 'left':
      return right.has(item) || right.has(start)
    case 'right':
      return left.has(item) || left.has(start)
    case 'full':
      return (left.has(start) && right.has(item)) || (right.has(start) && left.has(item))
  }
}

function columnOf(scope: Scope, node: Node): { item: RangeItem; column: string } | undefined {
  if (!('ColumnRef' in node)) return undefined
  const found = tryResolve(scope, namesOf(node.ColumnRef.fields))
  const [item] = found?.items ?? []
  return item === undefined || found === undefined ? undefined : { item, column: found.name }
}

function tryResolve(
  scope: Scope,
  names: readonly string[],
): { items: readonly RangeItem[]; name: string } | undefined {
  try {
    const found = resolveColumn(scope, names, undefined)
    return found.kind === 'column' ? { items: found.column.items, name: found.column.name } : undefined
  } catch {
    // A column of an outer query, or one that a join merged: no help, and no harm.
    return undefined
  }
}

/** Items that an expression reads; undefined if it cannot be told. */
function itemsOf(scope: Scope, node: Node | undefined): readonly RangeItem[] | undefined {
  if (node === undefined) return undefined
  if ('A_Const' in node || 'ParamRef' in node) return []
  if ('TypeCast' in node) return itemsOf(scope, node.TypeCast.arg)
  const column = columnOf(scope, node)
  return column === undefined ? undefined : [column.item]
}

function fixedFrom(
  start: RangeItem,
  items: readonly RangeItem[],
  equalities: readonly Equality[],
): ReadonlySet<RangeItem> {
  const fixed = new Set([start])
  for (let grew = true; grew; ) {
    grew = false
    for (const item of items) {
      if (fixed.has(item)) continue
      const equated = new Set(
        equalities
          .filter(
            (equality) =>
              equality.item === item &&
              holds(equality, start) &&
              equality.needs.every((need) => fixed.has(need)),
          )
          .map((equality) => equality.column),
      )
      if (!item.keys.some((key) => key.every((column) => equated.has(column)))) continue
      fixed.add(item)
      grew = true
    }
  }
  return fixed
}
