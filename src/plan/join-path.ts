import type { Join, Model } from '../model/model.js'
import type { Node } from '../sql/tree.js'

export interface JoinStep {
  readonly to: string
  readonly condition: Node
  readonly toOne: boolean
}

/**
 * The shortest way from one cube to another along the model's joins, which may be walked in both directions; undefined if there is none.
 */
export function findJoinPath(model: Model, from: string, to: string): readonly JoinStep[] | undefined {
  const queue: { cube: string; path: readonly JoinStep[] }[] = [{ cube: from, path: [] }]
  const seen = new Set([from])
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (next.cube === to) return next.path
    for (const step of stepsFrom(model, next.cube)) {
      if (seen.has(step.to)) continue
      seen.add(step.to)
      queue.push({ cube: step.to, path: [...next.path, step] })
    }
  }
  return undefined
}

function stepsFrom(model: Model, cube: string): readonly JoinStep[] {
  const own = (model.cubes.get(cube)?.joins ?? []).map(
    (join): JoinStep => ({ to: join.cube, condition: join.condition, toOne: toOne(join) }),
  )
  const reversed = [...model.cubes.values()].flatMap((other) =>
    other.joins
      .filter((join) => join.cube === cube)
      .map(
        (join): JoinStep => ({
          to: other.name,
          condition: join.condition,
          toOne: join.relationship !== 'many_to_one',
        }),
      ),
  )
  return [...own, ...reversed].filter((step) => model.cubes.has(step.to))
}

function toOne(join: Join): boolean {
  return join.relationship !== 'one_to_many'
}
