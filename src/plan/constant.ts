import type { A_Const, Node, TypeName } from '../sql/tree.js'
import { namesOf } from './node.js'

/** Whether a cast leaves a constant what it is: no modifier that cuts it, and no reading of its bits as another value. */
function isPlain(type: TypeName | undefined, names: ReadonlySet<string>): boolean {
  return (
    type !== undefined &&
    (type.typmods ?? []).length === 0 &&
    (type.arrayBounds ?? []).length === 0 &&
    names.has(namesOf(type.names).at(-1) ?? '')
  )
}

const TEXTS = new Set(['text', 'varchar'])
const NUMBERS = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8', ...TEXTS])

/** What a constant says, as text; null for NULL. */
export function constantValue({ isnull, ival, fval, sval, boolval, bsval }: A_Const): string | null {
  if (isnull === true) return null
  if (ival !== undefined) return String(ival.ival ?? 0)
  if (boolval !== undefined) return String(boolval.boolval ?? false)
  return fval?.fval ?? sval?.sval ?? bsval?.bsval ?? ''
}

/** A number that is written out, casts between numbers and texts around it or not. */
export function constantNumber(node: Node | undefined): number | undefined {
  if (node === undefined) return undefined
  if ('TypeCast' in node)
    return isPlain(node.TypeCast.typeName, NUMBERS) ? constantNumber(node.TypeCast.arg) : undefined
  if (!('A_Const' in node)) return undefined
  const { ival, fval, sval } = node.A_Const
  if (ival !== undefined) return ival.ival ?? 0
  const text = fval?.fval ?? sval?.sval
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) ? number : undefined
}

/** A whole number that is written as one. */
export function constantInteger(node: Node | undefined): number | undefined {
  return node !== undefined && 'A_Const' in node && node.A_Const.ival !== undefined
    ? (node.A_Const.ival.ival ?? 0)
    : undefined
}

/**
 * A text that is written out, casts around it or not.
 *
 * @param names catalog names of the types that it may be cast to
 */
export function constantText(node: Node | undefined, names: ReadonlySet<string> = TEXTS): string | undefined {
  if (node === undefined) return undefined
  if ('TypeCast' in node)
    return isPlain(node.TypeCast.typeName, names) ? constantText(node.TypeCast.arg, names) : undefined
  return 'A_Const' in node && node.A_Const.sval !== undefined ? (node.A_Const.sval.sval ?? '') : undefined
}
