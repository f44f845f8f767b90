import type { AggregateMeasure, Cube, Measure, Member } from '../model/model.js'
import type { Node } from '../sql/tree.js'
import { type ClaimValues, instantiate } from './instantiate.js'
import { integerNode } from './node.js'

/** The tree of a member as a plain column: a dimension's or segment's SQL, a measure's contribution of one row. */
export function memberValue(cube: Cube, member: Member, claims: ClaimValues): Node {
  switch (member.kind) {
    case 'dimension':
    case 'segment':
      return instantiate(member.sql, claims)
    case 'measure':
      return measureValue(cube, member, claims)
  }
}

/** Whether a member is a column of the cube's own base and no expression, which may fail on rows of others. */
export function isPlain(member: Member): boolean {
  return member.kind === 'dimension' && member.joinedCubes.length === 0 && 'ColumnRef' in member.sql
}

function measureValue(cube: Cube, measure: Measure, claims: ClaimValues): Node {
  const { definition } = measure
  if (definition.kind === 'aggregate') return instantiate(definition.value, claims)
  // As if the row were the only one: each part is what its aggregate over this row alone would be.
  return instantiate(definition.expression, claims, (name) => {
    const part = cube.members.get(name)
    if (part?.kind !== 'measure' || part.definition.kind !== 'aggregate')
      throw new Error(`no aggregate measure ${name}`)
    return single(part.definition, claims)
  })
}

function single(definition: AggregateMeasure, claims: ClaimValues): Node {
  const value = instantiate(definition.value, claims)
  switch (definition.aggregate) {
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
      return value
    case 'count':
    case 'count_distinct':
    case 'count_distinct_approx':
      return {
        CaseExpr: {
          args: [
            {
              CaseWhen: {
                expr: { NullTest: { arg: value, nulltesttype: 'IS_NOT_NULL' } },
                result: integerNode(1),
              },
            },
          ],
          defresult: integerNode(0),
        },
      }
  }
}
