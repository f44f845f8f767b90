import type { Cube } from '../model/model.js'
import type { Node, SelectStmt } from '../sql/tree.js'
import type { Analysis } from './analysis.js'
import { constantValue } from './constant.js'
import { conjuncts, namesOf } from './node.js'
import type { MemberSource } from './scope.js'

/** A statement as cube.js' queryRewrite sees it: names of the members that it reads, in Cube's query format. */
export interface StatementQuery {
  readonly measures: string[]
  /** And every segment that is read: hooks look here and at the measures for the cubes of a statement. */
  readonly dimensions: string[]
  /** Segments that limit every row which the statement reads of their cube. */
  readonly segments: string[]
  readonly timeDimensions: unknown[]
  /** Conditions that limit every row which the statement reads of a cube. */
  readonly filters: unknown[]
}

const OPERATORS: Readonly<Record<string, string>> = {
  '=': 'equals',
  '<>': 'notEquals',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
}

/** The query of a resolved statement; a new object each time, because queryRewrite may change it. */
export function statementQuery(select: SelectStmt, analysis: Analysis): StatementQuery {
  const conditions = conjuncts(select.whereClause)
  const names = { measure: new Set<string>(), dimension: new Set<string>() }
  for (const use of analysis.uses) {
    const { cube, columns } = use.table
    const read = new Set([
      ...(use.wholeRow ? columns.map((member) => member.name) : []),
      ...use.members,
      ...use.calculated,
    ])
    // A cube of which no column is read (`SELECT count(*)`, `WHERE segment`) is read all the same, and a hook must hear of it.
    if ([...read].every((name) => cube.members.get(name)?.kind === 'segment')) read.add(standIn(cube))
    for (const name of read) {
      const kind = cube.members.get(name)?.kind
      if (kind !== undefined) names[kind === 'measure' ? 'measure' : 'dimension'].add(`${cube.name}.${name}`)
    }
  }
  return {
    measures: [...names.measure],
    dimensions: [...names.dimension],
    segments: [...new Set(conditions.flatMap((node) => limitingSegment(node, analysis) ?? []))],
    timeDimensions: [],
    filters: conditions.flatMap((node) => writtenFilter(node, analysis) ?? []),
  }
}

/** The member that stands for a cube's rows: its key, or its first dimension, or whatever it has. */
function standIn(cube: Cube): string {
  const members = [...cube.members.values()]
  const key = members.find((member) => member.kind === 'dimension' && member.primaryKey)
  return (key ?? members.find((member) => member.kind === 'dimension') ?? members[0])?.name ?? ''
}

/**
 * What a reference in the outermost WHERE reads, where the statement reads its cube nowhere else: a hook that finds a filter may take it for
 * a limit on everything that is read.
 */
function limited(node: Node | undefined, { reads, uses }: Analysis): MemberSource | undefined {
  const source = node !== undefined && 'ColumnRef' in node ? reads.get(node.ColumnRef) : undefined
  const same = uses.filter(({ table }) => table.cube === source?.use.table.cube)
  return same.length === 1 ? source : undefined
}

function fullName({ use, member }: MemberSource): string {
  return `${use.table.cube.name}.${member.name}`
}

/** `WHERE segment`, `WHERE segment IS TRUE`. */
function limitingSegment(node: Node, analysis: Analysis): string | undefined {
  const tested =
    'BooleanTest' in node && node.BooleanTest.booltesttype === 'IS_TRUE' ? node.BooleanTest.arg : node
  const source = limited(tested, analysis)
  return source?.member.kind === 'segment' ? fullName(source) : undefined
}

/** A comparison of a member with constants; what is not that simple is left out. */
function writtenFilter(node: Node, analysis: Analysis): unknown {
  if (!('A_Expr' in node)) return undefined
  const { lexpr, rexpr, name, kind } = node.A_Expr
  const source = limited(lexpr, analysis)
  const operator = OPERATORS[namesOf(name).at(-1) ?? '']
  if (source === undefined || operator === undefined || rexpr === undefined) return undefined
  const items =
    kind === 'AEXPR_IN' && 'List' in rexpr ? (rexpr.List.items ?? []) : kind === 'AEXPR_OP' ? [rexpr] : []
  const values = items.map(writtenValue)
  if (values.length === 0 || values.some((value) => value === undefined)) return undefined
  return { member: fullName(source), operator, values }
}

/** Of a number or a text. */
function writtenValue(node: Node): string | undefined {
  if (!('A_Const' in node)) return undefined
  const { ival, fval, sval } = node.A_Const
  const simple = ival !== undefined || fval !== undefined || sval !== undefined
  return simple ? (constantValue(node.A_Const) ?? undefined) : undefined
}
