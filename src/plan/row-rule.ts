import { PgError } from '../errors.js'
import type { Cube, Filter, FilterOperator } from '../model/model.js'
import type { Node } from '../sql/tree.js'
import { isPlain } from './contribution.js'
import { instantiate } from './instantiate.js'
import { findJoinPath } from './join-path.js'
import { isTotal } from './leakproof.js'
import { andNode, FALSE, integerNode, orNode } from './node.js'
import { rowFilter } from './policy.js'
import { filterPredicate } from './predicate.js'
import { type Access, baseNode, claimsOf, cubeNamed, joinSteps } from './source.js'

/** One reason why a cube holds no more rows than it does. */
export interface RowRule {
  readonly source: 'access_policy' | 'queryRewrite' | 'segment'
  /** What it says, for `explain`. */
  readonly text: string
  /** The same without values, for the audit: those that cube.js gives come from claims. */
  readonly outline: string
  readonly predicate: Node
  /** Cubes that the predicate reads beside the cube's own base. */
  readonly joinedCubes: readonly string[]
  /** Whether it compares columns of the cube's base with values and nothing else, which never fails. */
  readonly leakproof: boolean
}

/**
 * The rules that limit a cube's rows, all of which must hold.
 *
 * @param members names that the statement reads of it; they decide which access policies count
 * @throws PgError insufficient_privilege when a rule cannot be applied: never a rule less
 */
export function rowRules(cube: Cube, members: ReadonlySet<string>, access: Access): readonly RowRule[] {
  const rules: RowRule[] = []
  const policy = rowFilter({ cube, members, groups: access.groups, context: access.context })
  if (policy !== 'all-rows')
    rules.push({ source: 'access_policy', ...filterRule(cube, policy, access, 'access_policy') })
  for (const filter of access.filters) {
    rules.push({ source: 'queryRewrite', ...filterRule(cube, filter, access, 'queryRewrite') })
  }
  for (const segment of access.segments) {
    const rule = segmentRule(cube, segment, access)
    rules.push({ source: 'segment', ...rule })
  }
  return rules
}

/** The same for a cube that another one joins: its policies, whatever members the statement reads. */
export function joinedCubeLimits(cube: Cube, access: Access): readonly Node[] {
  const policy = rowFilter({ cube, members: new Set(), groups: access.groups, context: access.context })
  return policy === 'all-rows' ? [] : [filterRule(cube, policy, access, 'access_policy').predicate]
}

/** Operators that compare texts by patterns. */
const PATTERNS: ReadonlySet<FilterOperator> = new Set<FilterOperator>([
  'contains',
  'notContains',
  'startsWith',
  'notStartsWith',
  'endsWith',
  'notEndsWith',
])

type Rule = Omit<RowRule, 'source'>

function filterRule(cube: Cube, filter: Filter, access: Access, source: string): Rule {
  if (filter.kind === 'member') return memberRule(cube, filter, access, source)
  const rules = filter.filters.map((inner) => filterRule(cube, inner, access, source))
  const predicates = rules.map((rule) => rule.predicate)
  const whole = filter.kind === 'and' ? andNode(predicates) : orNode(predicates)
  if (whole === undefined)
    throw new PgError('insufficient_privilege', `an empty "${filter.kind}" in a row filter allows nothing`)
  return {
    text: `(${rules.map((rule) => rule.text).join(` ${filter.kind} `)})`,
    outline: `(${rules.map((rule) => rule.outline).join(` ${filter.kind} `)})`,
    predicate: whole,
    joinedCubes: rules.flatMap((rule) => rule.joinedCubes),
    leakproof: rules.every((rule) => rule.leakproof),
  }
}

function memberRule(
  cube: Cube,
  filter: Extract<Filter, { kind: 'member' }>,
  access: Access,
  source: string,
): Rule {
  const [cubeName = '', memberName = ''] = splitMember(filter.member)
  const owner = cubeNamed(cubeName, access)
  const member = owner.members.get(memberName)
  if (member === undefined) {
    throw new PgError('insufficient_privilege', `a row filter names "${filter.member}", which does not exist`)
  }
  if (member.kind !== 'dimension') {
    throw new PgError(
      'insufficient_privilege',
      `a row filter names the ${member.kind} "${filter.member}"; only dimensions can limit rows`,
    )
  }
  const typeOid = access.typed.cubes.get(cubeName)?.columns.get(memberName)?.oid ?? 0
  const predicate = filterPredicate(filter, {
    column: instantiate(member.sql, claimsOf(owner, access)),
    typeOid,
    dimensionType: member.type,
    parameters: access.parameters,
    context: access.context,
    source,
  })
  const written = `${filter.member} ${filter.operator}`
  const claims = filter.values.filter(({ kind }) => kind === 'claim').map(printValue)
  const text = [written, filter.values.map(printValue).join(', ')].filter((part) => part !== '').join(' ')
  const outline = [written, claims.join(', ')].filter((part) => part !== '').join(' ')
  if (owner === cube) {
    const leakproof = isPlain(member) && isTotal(typeOid) && !PATTERNS.has(filter.operator)
    return { text, outline, predicate, joinedCubes: member.joinedCubes, leakproof }
  }
  const joined = semiJoin(cube, owner, member.joinedCubes, predicate, access)
  return { text, outline, predicate: joined, joinedCubes: [], leakproof: false }
}

function printValue(value: Extract<Filter, { kind: 'member' }>['values'][number]): string {
  return value.kind === 'claim' ? `claim ${value.path.join('.')}` : String(value.value)
}

function splitMember(name: string): readonly string[] {
  const dot = name.indexOf('.')
  return [name.slice(0, dot), name.slice(dot + 1)]
}

function segmentRule(cube: Cube, name: string, access: Access): Rule {
  const [cubeName = '', segmentName = ''] = splitMember(name)
  const owner = cubeNamed(cubeName, access)
  const segment = owner.members.get(segmentName)
  if (segment?.kind !== 'segment') {
    throw new PgError(
      'insufficient_privilege',
      `queryRewrite added the segment "${name}", which does not exist`,
    )
  }
  const predicate = instantiate(segment.sql, claimsOf(owner, access))
  const said = { text: name, outline: name, leakproof: false }
  if (owner === cube) return { ...said, predicate, joinedCubes: segment.joinedCubes }
  const joined = semiJoin(cube, owner, segment.joinedCubes, predicate, access)
  return { ...said, predicate: joined, joinedCubes: [] }
}

/** Rows of `cube` for which a row of `owner`, reached along the model's joins, satisfies `predicate`. */
function semiJoin(
  cube: Cube,
  owner: Cube,
  joinedCubes: readonly string[],
  predicate: Node,
  access: Access,
): Node {
  const path = findJoinPath(access.typed.model, cube.name, owner.name)
  const [first, ...rest] = path ?? []
  if (first === undefined) {
    throw new PgError(
      'insufficient_privilege',
      `"${cube.name}" cannot be read: a row filter on "${owner.name}" applies, and no join leads there`,
      {
        hint: `Declare a join between "${cube.name}" and "${owner.name}" in the model, or limit the filter to statements that read "${owner.name}".`,
      },
    )
  }
  const inner = rest.map((step) => ({ step, type: 'JOIN_INNER' as const }))
  const outer = joinSteps(owner, joinedCubes, access).map((step) => ({ step, type: 'JOIN_LEFT' as const }))
  const from = [...inner, ...outer].reduce(
    (left: Node, { step, type }): Node => ({
      JoinExpr: {
        jointype: type,
        larg: left,
        rarg: baseNode(cubeNamed(step.to, access), access),
        quals: instantiate(step.condition, claimsOf(owner, access)),
      },
    }),
    baseNode(cubeNamed(first.to, access), access),
  )
  return {
    SubLink: {
      subLinkType: 'EXISTS_SUBLINK',
      subselect: {
        SelectStmt: {
          targetList: [{ ResTarget: { val: integerNode(1) } }],
          fromClause: [from],
          whereClause: andNode([instantiate(first.condition, claimsOf(cube, access)), predicate]) ?? FALSE,
          limitOption: 'LIMIT_OPTION_DEFAULT',
          op: 'SETOP_NONE',
        },
      },
    },
  }
}
