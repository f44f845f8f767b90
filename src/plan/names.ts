import type { FuncCall, Node, RangeVar, SelectStmt, TypeName, WithClause } from '../sql/tree.js'
import { stringOf } from './node.js'
import { isSessionFunction } from './session-function.js'

/** Every name in a statement, whatever node it stands in: nothing can hide from a decision that is made by names. */
export interface Names {
  /** All but those that name a query of a WITH clause in scope. */
  readonly relations: readonly RangeVar[]
  readonly calls: readonly FuncCall[]
  readonly types: readonly TypeName[]
  /** The parts of names of columns. */
  readonly columns: ReadonlySet<string>
  /** Contents of text constants. */
  readonly texts: readonly string[]
  /** Facts that are asked for by a word of the grammar, as the tree calls them (SVFOP_CURRENT_USER). */
  readonly facts: ReadonlySet<string>
  /** Kinds of all nodes. */
  readonly kinds: ReadonlySet<string>
  /** Whether a function about the session stands in FROM. */
  readonly sessionRanges: boolean
}

/** Where a node stands: names of the WITH queries that it sees, and whether it is inside a function in FROM. */
interface Place {
  readonly ctes: ReadonlySet<string>
  readonly ranges: boolean
}

const NODE_KIND = /^[A-Z]/

export function namesIn(select: SelectStmt): Names {
  const relations: RangeVar[] = []
  const calls: FuncCall[] = []
  const types: TypeName[] = []
  const columns = new Set<string>()
  const texts: string[] = []
  const facts = new Set<string>()
  const kinds = new Set<string>()
  let sessionRanges = false

  const note = (node: Partial<Record<string, unknown>>, { ctes, ranges }: Place): void => {
    for (const key of Object.keys(node)) if (NODE_KIND.test(key)) kinds.add(key)
    const relation = node['RangeVar'] as RangeVar | undefined
    if (relation !== undefined && (relation.schemaname !== undefined || !ctes.has(relation.relname ?? '')))
      relations.push(relation)
    const call = node['FuncCall'] as FuncCall | undefined
    if (call !== undefined) calls.push(call)
    for (const key of ['TypeName', 'typeName']) if (node[key] !== undefined) types.push(node[key] as TypeName)
    const column = node['ColumnRef'] as { fields?: Node[] } | undefined
    for (const field of column?.fields ?? []) columns.add(stringOf(field) ?? '*')
    const text = node['sval']
    if (typeof text === 'string') texts.push(text)
    else if (text !== null && typeof text === 'object')
      texts.push((text as { readonly sval?: string }).sval ?? '')
    const fact = node['SQLValueFunction'] as { op?: string } | undefined
    if (fact !== undefined) facts.add(fact.op ?? '')
    if (ranges && (fact !== undefined || (call !== undefined && isSessionFunction(call))))
      sessionRanges = true
  }

  const visit = (value: unknown, outer: Place): void => {
    if (Array.isArray(value)) {
      for (const element of value) visit(element, outer)
      return
    }
    if (value === null || typeof value !== 'object') return
    const node = value as Partial<Record<string, unknown>>
    const place = { ...outer, ranges: outer.ranges || node['RangeFunction'] !== undefined }
    note(node, place)
    const { withClause, ...others } = node
    const inner = withClause === undefined ? place : visitWith(withClause as WithClause, place)
    for (const child of Object.values(others)) visit(child, inner)
  }

  /** Without RECURSIVE each query sees the ones before it, with it all of them (manual, "WITH Queries"). */
  const visitWith = ({ ctes = [], recursive = false }: WithClause, outer: Place): Place => {
    const named = ctes.map((node) => ('CommonTableExpr' in node ? (node.CommonTableExpr.ctename ?? '') : ''))
    for (const [index, node] of ctes.entries())
      visit(node, {
        ...outer,
        ctes: new Set([...outer.ctes, ...(recursive ? named : named.slice(0, index))]),
      })
    return { ...outer, ctes: new Set([...outer.ctes, ...named]) }
  }

  visit(select, { ctes: new Set(), ranges: false })
  return { relations, calls, types, columns, texts, facts, kinds, sessionRanges }
}
