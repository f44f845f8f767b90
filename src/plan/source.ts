import type { SecurityContext } from '../auth/context.js'
import { PgError } from '../errors.js'
import type { ClaimUse, Cube, Filter } from '../model/model.js'
import type { Node } from '../sql/tree.js'
import { claimText, claimUsePredicate } from './claim-use.js'
import { type ClaimValues, instantiate } from './instantiate.js'
import { findJoinPath, type JoinStep } from './join-path.js'
import { andNode } from './node.js'
import type { Parameters } from './parameter.js'
import type { TypedModel } from './typed-model.js'

/** All that decides which rows and columns a cube holds for one statement of one context. */
export interface Access {
  readonly typed: TypedModel
  readonly context: SecurityContext
  /** Groups of the context, for access policies. */
  readonly groups: readonly string[]
  readonly parameters: Parameters
  /** The type that the client declared for `$n` (0: left to Postgres); undefined where it must not be written a second time. */
  readonly parameterOid: (number: number) => number | undefined
  /** Filters and segments that cube.js' queryRewrite added to this statement; segments as `Cube.segment`. */
  readonly filters: readonly Filter[]
  readonly segments: readonly string[]
}

export function cubeNamed(name: string, access: Access): Cube {
  const cube = access.typed.model.cubes.get(name)
  if (cube !== undefined) return cube
  throw new PgError('insufficient_privilege', `a row filter names the cube "${name}", which does not exist`)
}

/** The claims that a cube's trees use, as parameters of this statement. */
export function claimsOf(cube: Cube, access: Access): ClaimValues {
  const oids = access.typed.cubes.get(cube.name)?.claimOids ?? []
  const use = (index: number): ClaimUse => {
    const found = cube.claimUses[index]
    if (found === undefined) throw new Error(`no claim use ${index} in ${cube.name}`)
    return found
  }
  return {
    node: (index) =>
      claimUsePredicate(use(index), {
        typeOid: oids[index] ?? 0,
        context: access.context,
        parameters: access.parameters,
      }),
    text: (index) => claimText(use(index), access.context),
  }
}

/** A cube's base relation with the context's claims in it, known by the cube's name. */
export function baseNode(cube: Cube, access: Access): Node {
  return instantiate(cube.base, claimsOf(cube, access))
}

/** Joins that bring other cubes beside this one, each once, in an order in which every condition finds its sides. */
export function joinSteps(cube: Cube, names: readonly string[], access: Access): readonly JoinStep[] {
  const steps = new Map<string, JoinStep>()
  for (const name of names) {
    if (name === cube.name) continue
    const path = findJoinPath(access.typed.model, cube.name, name)
    if (path === undefined) throw new Error(`${cube.name} has no join to ${name}`)
    for (const step of path) steps.set(step.to, step)
  }
  return [...steps.values()]
}

/**
 * The cube's base and the joined ones, outer-joined so that no row of the cube is lost.
 *
 * @param limits what a joined cube's own row rules demand of its rows
 */
export function fromNode(
  cube: Cube,
  joined: readonly JoinStep[],
  access: Access,
  limits: (joined: Cube) => readonly Node[],
): Node {
  return joined.reduce(
    (left: Node, step): Node => {
      const other = cubeNamed(step.to, access)
      const condition = instantiate(step.condition, claimsOf(cube, access))
      return {
        JoinExpr: {
          jointype: 'JOIN_LEFT',
          larg: left,
          rarg: baseNode(other, access),
          quals: andNode([condition, ...limits(other)]) ?? condition,
        },
      }
    },
    baseNode(cube, access),
  )
}
