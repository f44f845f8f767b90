import type { Cube } from '../model/model.js'
import type { Node, SelectStmt } from '../sql/tree.js'
import type { Analysis } from './analysis.js'
import { conjuncts, namesOf } from './node.js'
import type { MemberSource } from './scope.js'

/** A statement as cube.js' queryRewrite sees it: names of the members that it reads, in Cube's query format. */
export interface StatementQuery {
  readonly measures: string[]
  readonly dimensions: string[]
  readonly segments: string[]
  readonly timeDimensions: unknown[]
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
  const measures = new Set<string>()
  const dimensions = new Set<string>()
  const restrictions = writtenRestrictions(select, analysis)
  for (const use of analysis.uses) {
    const { cube, columns } = use.table
    const names = new Set([
      ...(use.wholeRow ? columns.map((member) => member.name) : []),
      ...use.members,
      ...use.calculated,
    ])
    const read = [...names].map((name) => cube.members.get(name)).filter((member) => member !== undefined)
    for (const member of read) {
      const name = `${cube.name}.${member.name}`
      // A segment that is read limits nothing: it is a column like any other.
      if (member.kind === 'measure') measures.add(name)
      else if (!restrictions.segments.includes(name)) dimensions.add(name)
    }
    // A cube of which no column is read (`SELECT count(*)`, `WHERE segment`) is read all the same, and a hook must hear of it.
    if (!read.some(({ kind }) => kind !== 'segment')) dimensions.add(`${cube.name}.${standIn(cube)}`)
  }
  return {
    measures: [...measures],
    dimensions: [...dimensions],
    segments: restrictions.segments,
    timeDimensions: [],
    filters: restrictions.filters,
  }
}

/** The member that stands for a cube's rows: its key, or its first dimension, or whatever it has. */
function standIn(cube: Cube): string {
  const members = [...cube.members.values()]
  const key = members.find((member) => member.kind === 'dimension' && member.primaryKey)
  return (key ?? members.find((member) => member.kind === 'dimension') ?? members[0])?.name ?? ''
}

/**
 * Segments, and comparisons of a member with constants, at the top of a WHERE; what is not that simple is left out. So is a cube that stands
 * in the statement more than once: what limits one of its places limits none of the others, and a hook would take it for a limit of the cube.
 */
function writtenRestrictions(
  select: SelectStmt,
  { uses, reads }: Analysis,
): { readonly segments: string[]; readonly filters: unknown[] } {
  const segments: string[] = []
  const filters: unknown[] = []
  const readOf = (node: Node | undefined): MemberSource | undefined => {
    const read = node !== undefined && 'ColumnRef' in node ? reads.get(node.ColumnRef) : undefined
    const places = uses.filter(({ table }) => table.cube === read?.use.table.cube)
    return places.length === 1 ? read : undefined
  }
  for (const node of conjuncts(select.whereClause)) {
    const read = readOf('A_Expr' in node ? node.A_Expr.lexpr : node)
    if (read === undefined) continue
    const member = `${read.use.table.cube.name}.${read.member.name}`
    if (!('A_Expr' in node)) {
      if (read.member.kind === 'segment' && !segments.includes(member)) segments.push(member)
      continue
    }
    const { rexpr, name, kind } = node.A_Expr
    const operator = OPERATORS[namesOf(name).at(-1) ?? '']
    if (operator === undefined || rexpr === undefined) continue
    const items =
      kind === 'AEXPR_IN' && 'List' in rexpr ? (rexpr.List.items ?? []) : kind === 'AEXPR_OP' ? [rexpr] : []
    const values = items.map((item) => ('A_Const' in item ? constantText(item.A_Const) : undefined))
    if (values.length === 0 || values.some((value) => value === undefined)) continue
    filters.push({ member, operator, values })
  }
  return { segments, filters }
}

function constantText(constant: {
  ival?: { ival?: number }
  fval?: { fval?: string }
  sval?: { sval?: string }
}): string | undefined {
  if (constant.ival !== undefined) return String(constant.ival.ival ?? 0)
  return constant.fval?.fval ?? (constant.sval === undefined ? undefined : (constant.sval.sval ?? ''))
}
