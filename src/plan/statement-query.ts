import type { Cube } from '../model/model.js'
import type { SelectStmt } from '../sql/tree.js'
import type { Analysis } from './analysis.js'
import { conjuncts, namesOf } from './node.js'

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
  const names = { measure: new Set<string>(), dimension: new Set<string>(), segment: new Set<string>() }
  for (const use of analysis.uses) {
    const { cube, columns } = use.table
    const read = new Set([
      ...(use.wholeRow ? columns.map((member) => member.name) : []),
      ...use.members,
      ...use.calculated,
    ])
    // A cube of which no column is read (`SELECT count(*)`) is read all the same, and a hook must hear of it.
    if (read.size === 0) read.add(standIn(cube))
    for (const name of read) {
      const member = cube.members.get(name)
      if (member !== undefined) names[member.kind].add(`${cube.name}.${name}`)
    }
  }
  return {
    measures: [...names.measure],
    dimensions: [...names.dimension],
    segments: [...names.segment],
    timeDimensions: [],
    filters: writtenFilters(select, analysis),
  }
}

/** The member that stands for a cube's rows: its key, or its first dimension, or whatever it has. */
function standIn(cube: Cube): string {
  const members = [...cube.members.values()]
  const key = members.find((member) => member.kind === 'dimension' && member.primaryKey)
  return (key ?? members.find((member) => member.kind === 'dimension') ?? members[0])?.name ?? ''
}

/** Comparisons of a member with constants at the top of a WHERE; what is not that simple is left out. */
function writtenFilters(select: SelectStmt, analysis: Analysis): unknown[] {
  return conjuncts(select.whereClause).flatMap((node) => {
    if (!('A_Expr' in node)) return []
    const { lexpr, rexpr, name, kind } = node.A_Expr
    const member =
      lexpr !== undefined && 'ColumnRef' in lexpr ? analysis.members.get(lexpr.ColumnRef) : undefined
    const symbol = namesOf(name).at(-1) ?? ''
    const operator = OPERATORS[symbol]
    if (member === undefined || operator === undefined || rexpr === undefined) return []
    const items =
      kind === 'AEXPR_IN' && 'List' in rexpr ? (rexpr.List.items ?? []) : kind === 'AEXPR_OP' ? [rexpr] : []
    const values = items.map((item) => ('A_Const' in item ? constantText(item.A_Const) : undefined))
    if (values.length === 0 || values.some((value) => value === undefined)) return []
    return [{ member, operator, values }]
  })
}

function constantText(constant: {
  ival?: { ival?: number }
  fval?: { fval?: string }
  sval?: { sval?: string }
}): string | undefined {
  if (constant.ival !== undefined) return String(constant.ival.ival ?? 0)
  return constant.fval?.fval ?? (constant.sval === undefined ? undefined : (constant.sval.sval ?? ''))
}
