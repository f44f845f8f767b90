import type { Node } from '../sql/tree.js'
import { compileExpression, type FragmentScope } from './fragment.js'
import type { Dimension } from './model.js'
import { MemberProblem } from './problem.js'

export const DIMENSION_TYPES: readonly Dimension['type'][] = ['string', 'number', 'boolean', 'time', 'geo']

/** The tree of a dimension: its sql, its case, or a geo's latitude and longitude joined by a comma. */
export function compileDimensionSql(
  name: string,
  properties: ReadonlyMap<string, unknown>,
  scope: FragmentScope,
): Node {
  const cases = properties.get('case')
  if (cases !== undefined) return compileCase(name, cases, scope)
  const [latitude, longitude] = [properties.get('latitude'), properties.get('longitude')].map(sqlOf)
  if (latitude !== undefined && longitude !== undefined) {
    const text = (sql: string): Node => asText(compileExpression(sql, scope))
    return concat(concat(text(latitude), { A_Const: { sval: { sval: ',' } } }), text(longitude))
  }
  const sql = properties.get('sql')
  if (sql === undefined) throw new MemberProblem(`the dimension "${name}" has no sql`, 'Write sql: `column`.')
  return compileExpression(String(sql), scope)
}

function sqlOf(value: unknown): string | undefined {
  return value !== null && typeof value === 'object' && 'sql' in value ? String(value.sql) : undefined
}

function asText(node: Node): Node {
  return {
    TypeCast: {
      arg: node,
      typeName: { names: [{ String: { sval: 'pg_catalog' } }, { String: { sval: 'text' } }], typemod: -1 },
    },
  }
}

function concat(left: Node, right: Node): Node {
  return { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '||' } }], lexpr: left, rexpr: right } }
}

function compileCase(name: string, value: unknown, scope: FragmentScope): Node {
  const { when, else: otherwise } = value as { when?: unknown; else?: unknown }
  if (!Array.isArray(when) || when.length === 0)
    throw new MemberProblem(
      `the case of "${name}" has no when`,
      'Write case: { when: [{ sql, label }], else: { label } }.',
    )
  const args = when.map((branch: unknown): Node => {
    const condition = sqlOf(branch)
    if (condition === undefined)
      throw new MemberProblem(
        `a branch of "${name}" has no sql`,
        'Write { sql: `condition`, label: `text` }.',
      )
    return {
      CaseWhen: { expr: compileExpression(condition, scope), result: compileLabel(name, branch, scope) },
    }
  })
  return {
    CaseExpr: {
      args,
      ...(otherwise === undefined ? {} : { defresult: compileLabel(name, otherwise, scope) }),
    },
  }
}

function compileLabel(name: string, branch: unknown, scope: FragmentScope): Node {
  const label = (branch as { label?: unknown }).label
  const sql = sqlOf(label)
  if (sql !== undefined) return compileExpression(sql, scope)
  if (label === undefined)
    throw new MemberProblem(`a branch of "${name}" has no label`, 'Write label: `text`.')
  return { A_Const: { sval: String(label) === '' ? {} : { sval: String(label) } } }
}
