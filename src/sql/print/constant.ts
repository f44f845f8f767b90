import type { A_Const, TypeName } from '../tree.js'
import { onlyKeys, quoteLiteral, unsupported } from './output.js'
import type { Printer } from './printer.js'

const CONSTANT = new Set(['ival', 'fval', 'boolval', 'sval', 'bsval', 'isnull', 'location'])
const TYPE = new Set(['names', 'typemod', 'typmods', 'arrayBounds', 'setof', 'location'])

/** A literal, in the one safe form of its kind. */
export function printConstant(constant: A_Const, { output }: Printer): void {
  onlyKeys(constant, CONSTANT, 'a constant')
  output.mark(constant.location)
  if (constant.isnull) return output.text('NULL')
  if (constant.ival !== undefined) return output.text(signed(String(constant.ival.ival ?? 0)))
  if (constant.fval !== undefined) return output.text(signed(numberText(constant.fval.fval ?? '')))
  if (constant.boolval !== undefined) return output.text(constant.boolval.boolval ? 'TRUE' : 'FALSE')
  if (constant.sval !== undefined) return output.text(quoteLiteral(constant.sval.sval ?? ''))
  if (constant.bsval !== undefined) return output.text(bitText(constant.bsval.bsval ?? ''))
  throw unsupported('this kind of constant')
}

/** A negative number stands in parentheses: `- -1` must not become a comment. */
function signed(text: string): string {
  return text.startsWith('-') ? `(${text})` : text
}

function numberText(text: string): string {
  if (
    !/^-?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|([0-9][0-9_]*)?\.?([0-9][0-9_]*)?([eE][-+]?[0-9_]+)?)$/.test(
      text,
    ) ||
    !/[0-9]/.test(text)
  ) {
    throw unsupported('this number')
  }
  return text
}

function bitText(text: string): string {
  if (!/^b[01]*$|^x[0-9a-fA-F]*$/.test(text)) throw unsupported('this bit string')
  return `${text[0]}'${text.slice(1)}'`
}

/** A type by its catalog name, with modifiers and array bounds. */
export function printType(type: TypeName, printer: Printer): void {
  onlyKeys(type, TYPE, 'a type')
  const { output } = printer
  output.mark(type.location)
  if (type.setof) output.text('SETOF ')
  printer.name(type.names)
  if (type.typmods !== undefined) {
    output.text('(')
    printer.list(type.typmods, printer.expression)
    output.text(')')
  }
  for (const bound of type.arrayBounds ?? []) {
    if (!('Integer' in bound)) throw unsupported('this array bound')
    const size = bound.Integer.ival ?? 0
    output.text(size < 0 ? '[]' : `[${size}]`)
  }
}
