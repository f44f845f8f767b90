import type { Cube, Member } from '../model/model.js'
import type { Node, SelectStmt } from '../sql/tree.js'
import { copiedConditions } from './condition.js'
import { memberValue } from './contribution.js'
import { type Fence, fenceOf } from './fence.js'
import { andNode, castNode, FALSE, integerNode, TRUE, targetNode } from './node.js'
import { joinedCubeLimits, type RowRule, rowRules } from './row-rule.js'
import { type Access, claimsOf, fromNode, joinSteps } from './source.js'
import { isTotalFrom, isTotalRule } from './total.js'
import { type CubeUse, partColumn } from './use.js'

/** A cube as the query that stands in its place, and the rules that limit its rows. */
export interface Relation {
  readonly query: SelectStmt
  readonly rules: readonly RowRule[]
  readonly fence: Fence
  /** How many of the client's own conditions run inside the fence as well, so that indexes serve them. */
  readonly copied: number
  /** Whether its rules and its own SQL never fail, so that no error of the statement's is about a row that they hide. */
  readonly total: boolean
}

/**
 * The query of one use of a cube: the columns that the statement reads, the rows that the context may see, fenced where that is needed.
 *
 * The fence's second arm never gives a row. It is there because Postgres neither pushes a client's predicate below OFFSET 0, nor reads column
 * statistics through a set operation while it plans (threat catalogue, "Fences").
 *
 * @param leakproof whether nothing in the statement that may be computed before the rules could fail or tell
 * @throws PgError insufficient_privilege if a claim is missing, or no policy allows these members together
 */
export function buildRelation(use: CubeUse, access: Access, leakproof: boolean): Relation {
  const { cube } = use.table
  const columns = relationColumns(use, access)
  const rules = rowRules(cube, membersRead(use), access)
  const joined = joinSteps(
    cube,
    [...columns, ...rules].flatMap((part) => part.joinedCubes),
    access,
  )
  const fence = fenceOf(use, { rules, joined: joined.length > 0, leakproof }, access)
  const from = fromNode(cube, joined, access, (other) => joinedCubeLimits(other, access))
  const arm = (where: Node | undefined): SelectStmt => ({
    targetList: columns.map(({ name, value }) => targetNode(name, value)),
    fromClause: [from],
    ...(where === undefined ? {} : { whereClause: where }),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  })
  const predicates = rules.map((rule) => rule.predicate)
  const total =
    isTotalFrom(from, access.typed) && predicates.every((predicate) => isTotalRule(predicate, access.typed))
  if (fence.kind === 'none') return { query: arm(andNode(predicates)), rules, fence, copied: 0, total }
  // A rule that fails on a row would tell by that whether the row satisfies the copied conditions.
  const copied = total ? copiedConditions(use, access) : []
  const query: SelectStmt = {
    limitOffset: integerNode(0),
    limitOption: 'LIMIT_OPTION_COUNT',
    op: 'SETOP_UNION',
    all: true,
    larg: arm(andNode([...predicates, ...copied])),
    rarg: arm(FALSE),
  }
  return { query, rules, fence, copied: copied.length, total }
}

interface RelationColumn {
  readonly name: string
  readonly joinedCubes: readonly string[]
  readonly value: Node
}

/** The columns that are read, and one constant where none is: `count(*)` needs rows, and a set operation a column. */
function relationColumns(use: CubeUse, access: Access): readonly RelationColumn[] {
  const { cube, columns } = use.table
  const column = (name: string, member: Member): RelationColumn => ({
    name,
    joinedCubes: member.joinedCubes,
    value: columnValue(cube, member, access),
  })
  const visible = columns
    .filter((member) => use.wholeRow || use.members.has(member.name))
    .map((member) => column(member.name, member))
  const parts = [...use.parts].flatMap((name) => {
    const member = cube.members.get(name)
    return member === undefined ? [] : [column(partColumn(cube, name), member)]
  })
  const all = [...visible, ...parts]
  return all.length > 0 ? all : [{ name: partColumn(cube, ''), joinedCubes: [], value: TRUE }]
}

/** A member's tree as a column of the table: types that a client cannot know are given as text. */
function columnValue(cube: Cube, member: Member, access: Access): Node {
  const value = memberValue(cube, member, claimsOf(cube, access))
  return access.typed.cubes.get(cube.name)?.columns.get(member.name)?.castToText
    ? castNode(value, 'text')
    : value
}

function membersRead(use: CubeUse): ReadonlySet<string> {
  const whole = use.wholeRow ? use.table.columns.map((member) => member.name) : []
  return new Set([...whole, ...use.members, ...use.calculated])
}
