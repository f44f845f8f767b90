import { PgError } from '../errors.js'
import type { FuncCall, Node, TypeName } from '../sql/tree.js'
import { checkBounds, TEXT_LENGTH_MAX } from './bounds.js'
import { constantInteger } from './constant.js'
import { ALLOWED_FUNCTIONS, isCatalogFunction, OPERATORS } from './function-list.js'
import { namesOf } from './node.js'
import { functionSignature, operatorSignature } from './signature.js'
import { isCatalogType, TYPE_OIDS } from './type-list.js'

/** The name in pg_catalog that is meant; undefined for names of other schemas. Names alone decide: nothing is looked up. */
function catalogName(names: readonly string[]): string | undefined {
  if (names.length === 1) return names[0]
  return names.length === 2 && names[0] === 'pg_catalog' ? names[1] : undefined
}

/** Whether the operator allows a function; it must be called by its schema and name. */
function isAddedFunction(names: readonly string[], more: ReadonlySet<string>): boolean {
  return names.length === 2 && names[0] !== 'pg_catalog' && more.has(names.join('.'))
}

/** Whether a function computes from its arguments alone; which arguments it may have is judged by `checkFunction`. */
export function isFunctionAllowed(names: readonly string[], more: ReadonlySet<string>): boolean {
  return isAddedFunction(names, more) || ALLOWED_FUNCTIONS.has(catalogName(names) ?? '')
}

/**
 * Checks a function that a client calls. One that is no function of Postgres does not exist, whether the upstream has it or not.
 *
 * @param more functions that the operator allows, as `schema.name` (ROWGATE_FUNCTIONS_ALLOWED)
 * @throws PgError undefined_function, insufficient_privilege
 */
export function checkFunction(call: FuncCall, position: number | undefined, more: ReadonlySet<string>): void {
  const names = namesOf(call.funcname)
  const args = call.args ?? []
  if (isAddedFunction(names, more)) return
  const name = catalogName(names)
  if (name === undefined || !isCatalogFunction(name)) {
    throw new PgError(
      'undefined_function',
      `function ${functionSignature(names.join('.'), args)} does not exist`,
      {
        position,
        hint: 'No function of that name may be called here. Those of Postgres that only compute from their arguments are there; others an administrator can add (ROWGATE_FUNCTIONS_ALLOWED), and they are called as schema.name.',
      },
    )
  }
  if (!ALLOWED_FUNCTIONS.has(name)) {
    throw new PgError(
      'insufficient_privilege',
      `function ${names.join('.')} is not available through this gateway`,
      {
        position,
        hint: 'Functions that only compute from their arguments are available; those that reach the server, its files, settings or catalog are not.',
      },
    )
  }
  checkBounds(name, args, position)
}

/** Whether a type may be written in a statement that goes upstream. */
export function isTypeAllowed(type: TypeName): boolean {
  return TYPE_OIDS.has(catalogName(namesOf(type.names)) ?? '')
}

/** The OID of a type that may be written. */
export function typeOid(type: TypeName): number | undefined {
  const name = catalogName(namesOf(type.names)) ?? ''
  return TYPE_OIDS.get((type.arrayBounds ?? []).length > 0 && !name.startsWith('_') ? `_${name}` : name)
}

const LIST_OF_TYPES = `Types that may be written: ${[...TYPE_OIDS.keys()].filter((name) => !name.startsWith('_')).join(', ')}, and arrays of these.`

/** @throws PgError undefined_object, insufficient_privilege */
export function checkType(type: TypeName, position: number | undefined): void {
  // A modifier may be an expression to the grammar; Postgres itself takes constants only.
  if (!(type.typmods ?? []).every((modifier) => 'A_Const' in modifier)) {
    throw new PgError('syntax_error', 'type modifiers must be simple constants or identifiers', { position })
  }
  const names = namesOf(type.names)
  const written = `${names.join('.')}${(type.arrayBounds ?? []).length > 0 ? '[]' : ''}`
  if (isTypeAllowed(type)) return checkLength(type, written, position)
  if (!isCatalogType(catalogName(names) ?? '')) {
    throw new PgError('undefined_object', `type "${written}" does not exist`, {
      position,
      hint: LIST_OF_TYPES,
    })
  }
  throw new PgError('insufficient_privilege', `the type ${written} cannot be written through this gateway`, {
    position,
    hint: LIST_OF_TYPES,
  })
}

/** Types that fill every value up to the length that is written. */
const FILLED = new Set(['bpchar', 'bit', '_bpchar', '_bit'])

function checkLength(type: TypeName, written: string, position: number | undefined): void {
  const [length] = type.typmods ?? []
  if (!FILLED.has(namesOf(type.names).at(-1) ?? '') || (constantInteger(length) ?? 0) <= TEXT_LENGTH_MAX)
    return
  throw new PgError('insufficient_privilege', `the length of the type ${written} is too large`, {
    position,
    hint: `Each value would be filled up to it. At most ${TEXT_LENGTH_MAX}; text and varchar hold what they are given.`,
  })
}

const PARAMETER_OIDS = new Set([0, 705, ...TYPE_OIDS.values()])

/**
 * Checks the type that a driver declared for a parameter of a statement that goes upstream; 0 and "unknown" leave it to Postgres.
 *
 * @throws PgError insufficient_privilege
 */
export function checkParameterOid(oid: number): void {
  if (PARAMETER_OIDS.has(oid)) return
  throw new PgError(
    'insufficient_privilege',
    `parameters of the type with OID ${oid} cannot be used through this gateway`,
    { hint: 'Declare the parameter as text, or leave its type open.' },
  )
}

/**
 * @param left absent for a prefix operator
 * @throws PgError undefined_function
 */
export function checkOperator(
  names: readonly string[],
  { left, right }: { readonly left?: Node | undefined; readonly right?: Node | undefined },
  position: number | undefined,
): void {
  const symbol = catalogName(names)
  if (symbol !== undefined && OPERATORS.has(symbol)) return
  // Kinds of A_Expr that are no operators carry a word here.
  if (/^(NOT )?BETWEEN( SYMMETRIC)?$/.test(symbol ?? '')) return
  throw new PgError(
    'undefined_function',
    `operator does not exist: ${operatorSignature(names.join('.'), left, right)}`,
    {
      position,
      hint: 'Operators of Postgres over plain values are available, and no others.',
    },
  )
}
