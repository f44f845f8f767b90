import type { FuncCall, Node, WindowDef } from '../tree.js'
import { nameText } from './names.js'
import { onlyKeys, quoteIdentifier, unsupported } from './output.js'
import type { Printer } from './printer.js'

const CALL = new Set(
  'funcname args agg_order agg_filter over agg_within_group agg_star agg_distinct func_variadic funcformat location'.split(
    ' ',
  ),
)

export function printCall(call: FuncCall, printer: Printer): void {
  onlyKeys(call, CALL, 'a function call')
  const { output } = printer
  output.mark(call.location)
  if (call.funcformat === 'COERCE_SQL_SYNTAX') return printSyntaxCall(call, printer)
  printer.name(call.funcname)
  output.text('(')
  if (call.agg_star) output.text('*')
  if (call.agg_distinct) output.text('DISTINCT ')
  const last = (call.args ?? []).length - 1
  let index = 0
  printer.list(call.args, (argument) => {
    if (call.func_variadic && index === last) output.text('VARIADIC ')
    index += 1
    printArgument(argument, printer)
  })
  if (call.agg_order !== undefined && !call.agg_within_group) printOrder(call.agg_order, printer)
  output.text(')')
  if (call.agg_within_group) {
    output.text(' WITHIN GROUP (')
    printOrder(call.agg_order ?? [], printer)
    output.text(')')
  }
  if (call.agg_filter !== undefined) {
    output.text(' FILTER (WHERE ')
    printer.expression(call.agg_filter)
    output.text(')')
  }
  if (call.over !== undefined) printOver(call.over, printer)
}

function printArgument(argument: Node, printer: Printer): void {
  if (!('NamedArgExpr' in argument)) return printer.expression(argument)
  const { name, arg } = argument.NamedArgExpr
  if (arg === undefined) throw unsupported('a named argument without a value')
  printer.output.text(`${quoteIdentifier(name ?? '')} => `)
  printer.expression(arg)
}

function printOrder(order: readonly Node[], printer: Printer): void {
  printer.output.text(' ORDER BY ')
  printer.list(order, printer.expression)
}

function printOver(window: WindowDef, printer: Printer): void {
  printer.output.text(' OVER ')
  if (window.name === undefined) return printer.window(window)
  printer.output.mark(window.location)
  printer.output.text(quoteIdentifier(window.name))
}

/** Functions that have a syntax of their own, printed in it because only it gives the same tree again. */
function printSyntaxCall(call: FuncCall, printer: Printer): void {
  const [schema, name] = (call.funcname ?? []).map(nameText)
  const args = call.args ?? []
  if (schema !== 'pg_catalog' || name === undefined) throw unsupported('this function')
  const { output } = printer
  const print = (...parts: readonly (string | Node | undefined)[]): void => {
    for (const part of parts) {
      if (typeof part === 'string') output.text(part)
      else if (part !== undefined) printer.expression(part)
      else throw unsupported(`this form of ${name}`)
    }
  }
  const optional = (word: string, node: Node | undefined): readonly (string | Node)[] =>
    node === undefined ? [] : [word, node]
  switch (name) {
    case 'timezone':
      return args.length === 1
        ? print('(', args[0], ' AT LOCAL)')
        : print('(', args[1], ' AT TIME ZONE ', args[0], ')')
    case 'extract':
      return print('EXTRACT(', args[0], ' FROM ', args[1], ')')
    case 'overlaps':
      return print('((', args[0], ', ', args[1], ') OVERLAPS (', args[2], ', ', args[3], '))')
    case 'overlay':
      return print(
        'OVERLAY(',
        args[0],
        ' PLACING ',
        args[1],
        ' FROM ',
        args[2],
        ...optional(' FOR ', args[3]),
        ')',
      )
    case 'position':
      return print('POSITION(', args[1], ' IN ', args[0], ')')
    case 'substring':
      return print('SUBSTRING(', args[0], ' FROM ', args[1], ...optional(' FOR ', args[2]), ')')
    case 'btrim':
    case 'ltrim':
    case 'rtrim': {
      const side = name === 'btrim' ? 'BOTH' : name === 'ltrim' ? 'LEADING' : 'TRAILING'
      const [value, characters] = args
      return characters === undefined
        ? print(`TRIM(${side} FROM `, value, ')')
        : print(`TRIM(${side} `, characters, ' FROM ', value, ')')
    }
    case 'normalize':
      return print('NORMALIZE(', args[0], ...(args[1] === undefined ? [] : [`, ${normalForm(args[1])}`]), ')')
    case 'is_normalized':
      return print('(', args[0], ` IS ${args[1] === undefined ? '' : `${normalForm(args[1])} `}NORMALIZED)`)
    case 'pg_collation_for':
      return print('COLLATION FOR (', args[0], ')')
    default:
      throw unsupported(`${name.toUpperCase()} in this form`)
  }
}

function normalForm(node: Node): string {
  const form = 'A_Const' in node ? node.A_Const.sval?.sval : undefined
  if (form === 'NFC' || form === 'NFD' || form === 'NFKC' || form === 'NFKD') return form
  throw unsupported('this normal form')
}
