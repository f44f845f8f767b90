import type { A_Expr, Node } from '../tree.js'
import { nameText, printOperator } from './names.js'
import { onlyKeys, unsupported } from './output.js'
import type { Printer } from './printer.js'

const EXPRESSION = new Set('kind name lexpr rexpr location rexpr_list_start rexpr_list_end'.split(' '))

/** Operator expressions of every kind, always in parentheses. */
export function printOperatorExpression(node: A_Expr, printer: Printer): void {
  onlyKeys(node, EXPRESSION, 'an operator')
  const { output } = printer
  const left = (): void => {
    if (node.lexpr === undefined) throw unsupported('this operator')
    printer.expression(node.lexpr)
  }
  const right = (): void => {
    if (node.rexpr === undefined) throw unsupported('this operator')
    printer.expression(node.rexpr)
  }
  const infix = (word: string, print: () => void = right): void => {
    left()
    output.text(' ')
    output.mark(node.location)
    output.text(`${word} `)
    print()
  }
  if (node.kind === 'AEXPR_NULLIF') {
    output.mark(node.location)
    output.text('NULLIF(')
    left()
    output.text(', ')
    right()
    return output.text(')')
  }
  output.text('(')
  const symbol = (node.name ?? []).map(nameText).at(-1) ?? ''
  switch (node.kind) {
    case 'AEXPR_OP':
      if (node.lexpr !== undefined) {
        left()
        output.text(' ')
      }
      output.mark(node.location)
      printOperator(node.name, printer)
      output.text(' ')
      right()
      break
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL':
      left()
      output.text(' ')
      output.mark(node.location)
      printOperator(node.name, printer)
      output.text(node.kind === 'AEXPR_OP_ANY' ? ' ANY (' : ' ALL (')
      right()
      output.text(')')
      break
    case 'AEXPR_DISTINCT':
      infix('IS DISTINCT FROM')
      break
    case 'AEXPR_NOT_DISTINCT':
      infix('IS NOT DISTINCT FROM')
      break
    case 'AEXPR_IN':
      infix(symbol === '<>' ? 'NOT IN' : 'IN', () => {
        output.text('(')
        printer.list(listItems(node.rexpr), printer.expression)
        output.text(')')
      })
      break
    case 'AEXPR_LIKE':
      infix(symbol === '!~~' ? 'NOT LIKE' : 'LIKE', () => printPattern(node.rexpr, 'like_escape', printer))
      break
    case 'AEXPR_ILIKE':
      infix(symbol === '!~~*' ? 'NOT ILIKE' : 'ILIKE', () => printPattern(node.rexpr, 'like_escape', printer))
      break
    case 'AEXPR_SIMILAR':
      infix(symbol === '!~' ? 'NOT SIMILAR TO' : 'SIMILAR TO', () =>
        printPattern(node.rexpr, 'similar_to_escape', printer),
      )
      break
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      infix(BETWEEN[node.kind], () => {
        const [low, high] = listItems(node.rexpr)
        if (low === undefined || high === undefined) throw unsupported('this BETWEEN')
        printer.expression(low)
        output.text(' AND ')
        printer.expression(high)
      })
      break
    default:
      throw unsupported('this operator')
  }
  output.text(')')
}

const BETWEEN = {
  AEXPR_BETWEEN: 'BETWEEN',
  AEXPR_NOT_BETWEEN: 'NOT BETWEEN',
  AEXPR_BETWEEN_SYM: 'BETWEEN SYMMETRIC',
  AEXPR_NOT_BETWEEN_SYM: 'NOT BETWEEN SYMMETRIC',
} as const

function listItems(node: Node | undefined): readonly Node[] {
  if (node === undefined || !('List' in node)) throw unsupported('this list')
  return node.List.items ?? []
}

/** The grammar turns ESCAPE into a call; it prints as ESCAPE again. */
function printPattern(pattern: Node | undefined, escapeFunction: string, printer: Printer): void {
  if (pattern === undefined) throw unsupported('this pattern')
  const call = 'FuncCall' in pattern ? pattern.FuncCall : undefined
  if ((call?.funcname ?? []).map(nameText).join('.') !== `pg_catalog.${escapeFunction}`)
    return printer.expression(pattern)
  const [value, escapeNode] = call?.args ?? []
  if (value === undefined) throw unsupported('this pattern')
  printer.expression(value)
  if (escapeNode === undefined) return
  printer.output.text(' ESCAPE ')
  printer.expression(escapeNode)
}
