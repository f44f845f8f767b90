import { PgError } from '../errors.js'
import { constantValue } from '../plan/constant.js'
import type { At } from '../plan/scope.js'
import type { Node } from '../sql/tree.js'
import type { Command, SessionState } from './state.js'

type ExecuteStmt = Extract<Node, { ExecuteStmt: unknown }>['ExecuteStmt']

/** EXECUTE: the statement that it names, with its arguments as values of the statement's own. */
export function executeCommand(
  state: SessionState,
  { name = '', params = [] }: ExecuteStmt,
  at: At,
): Command {
  const prepared = state.statements.get(name)
  if (name === '' || prepared === undefined)
    throw new PgError('invalid_sql_statement_name', `prepared statement "${name}" does not exist`)
  const { command } = prepared
  const values = params.map(argumentValue)
  if (command.kind === 'catalog')
    return { ...command, values: values.map((value) => (value === null ? null : Buffer.from(value, 'utf8'))) }
  if (command.kind !== 'upstream')
    throw new PgError('feature_not_supported', 'this statement cannot be run by EXECUTE')
  const { clientParameterCount, ownValues } = command.statement
  if (values.length !== clientParameterCount) {
    throw new PgError('syntax_error', `wrong number of parameters for prepared statement "${name}"`, {
      detail: `Expected ${clientParameterCount} parameters but got ${values.length}.`,
    })
  }
  const statement = {
    ...command.statement,
    clientParameterCount: 0,
    ownValues: [...values, ...ownValues],
    argumentPositions: params.map((node) => at(argumentLocation(node))),
  }
  return { kind: 'upstream', statement }
}

function argumentValue(node: Node): string | null {
  if ('TypeCast' in node && node.TypeCast.arg !== undefined) return argumentValue(node.TypeCast.arg)
  if (!('A_Const' in node)) {
    throw new PgError('feature_not_supported', 'arguments of EXECUTE must be constants', {
      hint: 'Put the computation into the prepared statement.',
    })
  }
  return constantValue(node.A_Const)
}

function argumentLocation(node: Node): number | undefined {
  if ('TypeCast' in node && node.TypeCast.arg !== undefined) return argumentLocation(node.TypeCast.arg)
  return 'A_Const' in node ? node.A_Const.location : undefined
}
