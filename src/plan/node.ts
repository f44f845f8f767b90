import type { ColumnRef, Node } from '../sql/tree.js'

/** Small constructors of tree nodes, in exactly the form that the parser gives for the printed text. */

export function stringNode(value: string): Node {
  return { String: value === '' ? {} : { sval: value } }
}

export function columnNode(names: readonly string[], location?: number): Node {
  return { ColumnRef: { fields: names.map(stringNode), ...(location === undefined ? {} : { location }) } }
}

export function integerNode(value: number): Node {
  return { A_Const: { ival: value === 0 ? {} : { ival: value } } }
}

export function textNode(value: string): Node {
  return { A_Const: { sval: value === '' ? {} : { sval: value } } }
}

export const FALSE: Node = { A_Const: { boolval: {} } }
export const TRUE: Node = { A_Const: { boolval: { boolval: true } } }

export function castNode(argument: Node, typeName: string): Node {
  return {
    TypeCast: {
      arg: argument,
      typeName: { names: [stringNode('pg_catalog'), stringNode(typeName)], typemod: -1 },
    },
  }
}

export function andNode(nodes: readonly Node[]): Node | undefined {
  const [first] = nodes
  if (nodes.length < 2) return first
  // The parser flattens nested ANDs, so the tree must be flat to survive the round trip.
  const args = nodes.flatMap((node) =>
    'BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR' ? (node.BoolExpr.args ?? []) : [node],
  )
  return { BoolExpr: { boolop: 'AND_EXPR', args } }
}

export function orNode(nodes: readonly Node[]): Node | undefined {
  const [first] = nodes
  if (nodes.length < 2) return first
  const args = nodes.flatMap((node) =>
    'BoolExpr' in node && node.BoolExpr.boolop === 'OR_EXPR' ? (node.BoolExpr.args ?? []) : [node],
  )
  return { BoolExpr: { boolop: 'OR_EXPR', args } }
}

export function targetNode(name: string, value: Node): Node {
  return { ResTarget: { name, val: value } }
}

/** The text of a String node; undefined for any other kind. */
export function stringOf(node: Node | undefined): string | undefined {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : undefined
}

export function namesOf(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).map((node) => stringOf(node) ?? '')
}

/** A function's, type's or collation's name with the schema that it is in if none is written. */
export function qualified(names: Node[] | undefined): Node[] {
  const written = names ?? []
  return written.length === 1 ? [stringNode('pg_catalog'), ...written] : written
}

/** Splits a condition at its top-level ANDs. */
export function conjuncts(condition: Node | undefined): readonly Node[] {
  if (condition === undefined) return []
  if ('BoolExpr' in condition && condition.BoolExpr.boolop === 'AND_EXPR') {
    return (condition.BoolExpr.args ?? []).flatMap(conjuncts)
  }
  return [condition]
}

/** `*` or `t.*`. */
export function isStar(reference: ColumnRef): boolean {
  const last = reference.fields?.at(-1)
  return last !== undefined && 'A_Star' in last
}
