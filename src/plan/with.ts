import { PgError } from '../errors.js'
import type { CommonTableExpr, WithClause } from '../sql/tree.js'
import type { Analyser, Cte, CteScope, Output, OutputColumn, Place } from './analysis.js'
import { stringOf } from './node.js'

/**
 * The place inside a WITH clause. Without RECURSIVE each query sees the ones before it; with it, all of them and itself
 * (manual, "WITH Queries"; an inner name hides an outer one only where it is in scope).
 */
export function analyseWith(analyser: Analyser, clause: WithClause | undefined, outer: Place): Place {
  if (clause === undefined) return outer
  const ctes: Cte[] = []
  const whole: CteScope = { parent: outer.ctes, ctes }
  const seen = new Set<string>()
  for (const node of clause.ctes ?? []) {
    if (!('CommonTableExpr' in node))
      throw new PgError('feature_not_supported', 'this kind of WITH query is not supported')
    const cte = node.CommonTableExpr
    const name = cte.ctename ?? ''
    if (seen.has(name)) {
      throw new PgError('duplicate_alias', `WITH query name "${name}" specified more than once`, {
        position: analyser.at(cte.location),
      })
    }
    seen.add(name)
    const inner = clause.recursive ? whole : { parent: outer.ctes, ctes: [...ctes] }
    ctes.push(createCte(analyser, cte, { scope: outer.scope, ctes: inner }))
  }
  // A query that nothing names is checked too: Postgres parses it, and it is printed.
  for (const cte of ctes) cte.output(undefined)
  return { scope: outer.scope, ctes: whole }
}

function createCte(analyser: Analyser, cte: CommonTableExpr, place: Place): Cte {
  const name = cte.ctename ?? ''
  let state: 'new' | 'running' | 'done' = 'new'
  let output: Output | undefined
  const named = (found: Output): Output => {
    const renamed = (cte.aliascolnames ?? []).map((node) => stringOf(node))
    const names = found.columns.map((column, index) => renamed[index] ?? column.name)
    const original = found.columns.map((column) => column.name)
    return {
      columns: [
        ...found.columns.map(
          (column, index): OutputColumn => ({ ...column, name: names[index] ?? column.name }),
        ),
        ...extra(cte),
      ],
      keys: found.keys.map((key) => key.map((column) => names[original.indexOf(column)] ?? column)),
    }
  }
  return {
    name,
    output(position) {
      if (output !== undefined) return output
      if (state === 'running') {
        throw new PgError(
          'invalid_recursion',
          `recursive reference to query "${name}" must not appear within its non-recursive term`,
          {
            position,
          },
        )
      }
      const query = cte.ctequery
      if (query === undefined || !('SelectStmt' in query)) {
        throw new PgError('feature_not_supported', 'a WITH query must be a SELECT', {
          position: analyser.at(cte.location),
          hint: 'Rowgate reads only; data cannot be changed through it.',
        })
      }
      state = 'running'
      const found = analyser.select(query.SelectStmt, place, (left) => {
        output = named(left)
      })
      analyser.expression([cte.cycle_clause?.cycle_mark_value, cte.cycle_clause?.cycle_mark_default], {
        ...place,
        scope: undefined,
        aggregate: undefined,
        measureCalls: [],
      })
      output = named(found)
      state = 'done'
      return output
    },
  }
}

/** Columns that SEARCH and CYCLE add. */
function extra(cte: CommonTableExpr): readonly OutputColumn[] {
  const names = [
    cte.search_clause?.search_seq_column,
    cte.cycle_clause?.cycle_mark_column,
    cte.cycle_clause?.cycle_path_column,
  ]
  return names
    .filter((name) => name !== undefined)
    .map((name) => ({ name, measure: undefined, origin: undefined }))
}
