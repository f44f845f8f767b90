import type { SecurityContext } from '../auth/context.js'
import { PgError } from '../errors.js'
import type { ClaimUse } from '../model/model.js'
import type { Node } from '../sql/tree.js'
import { claimAt, claimName, claimScalars, missingClaim } from './claim.js'
import { castNode, columnNode, FALSE, integerNode, stringNode } from './node.js'
import type { Parameters } from './parameter.js'
import { encodeArray, encodeValue, valueType } from './value-type.js'

/** Beyond it Postgres' grammar calls a whole number a float, and keeps its digits. */
const INT4_MAX = 2_147_483_647n

export interface ClaimUseDeps {
  /** The type that the upstream infers for the claim, 0 if it said none. */
  readonly typeOid: number
  readonly context: SecurityContext
  readonly parameters: Parameters
}

/**
 * The tree of one use of SECURITY_CONTEXT. A missing claim is refused whether the model says `filter` or `requiredFilter`: no claim never
 * means every row.
 *
 * @throws PgError insufficient_privilege
 */
export function claimUsePredicate(use: ClaimUse, deps: ClaimUseDeps): Node {
  switch (use.kind) {
    case 'filter':
      return filterNode(use, deps)
    case 'value':
      return valueNode(use.path, deps)
    case 'unsafe': {
      const text = claimText(use, deps.context)
      if (!/^[0-9]+$/.test(text)) return columnNode([text])
      const whole = BigInt(text)
      return whole <= INT4_MAX ? integerNode(Number(whole)) : { A_Const: { fval: { fval: String(whole) } } }
    }
  }
}

function filterNode(
  use: Extract<ClaimUse, { kind: 'filter' }>,
  { typeOid, context, parameters }: ClaimUseDeps,
): Node {
  const source = claimName(use.path)
  const type = valueType(typeOid === 0 ? 25 : typeOid, `what ${source} filters`)
  const { list, values } = claimScalars(context, use.path)
  const texts = values.map((value) => encodeValue(value, type, source))
  const column = type.castColumnToText ? castNode(use.column, 'text') : use.column
  if (!list) {
    const value = parameters.add({ typeOid: type.oid, value: texts[0] ?? '', source: use.path.join('.') })
    return { A_Expr: { kind: 'AEXPR_OP', name: [stringNode('=')], lexpr: column, rexpr: value } }
  }
  if (texts.length === 0) return FALSE
  const value = parameters.add({
    typeOid: type.arrayOid,
    value: encodeArray(texts),
    source: use.path.join('.'),
  })
  return { A_Expr: { kind: 'AEXPR_OP_ANY', name: [stringNode('=')], lexpr: column, rexpr: value } }
}

function valueNode(path: readonly string[], { typeOid, context, parameters }: ClaimUseDeps): Node {
  const type = valueType(typeOid === 0 ? 25 : typeOid, `what stands beside ${claimName(path)}`)
  const { list, values } = claimScalars(context, path)
  if (list) {
    throw new PgError('insufficient_privilege', `${claimName(path)} is a list where one value is needed`)
  }
  return parameters.add({
    typeOid: type.oid,
    value: encodeValue(values[0], type, claimName(path)),
    source: path.join('.'),
  })
}

/**
 * The text of a claim that the model puts into its SQL as it is.
 *
 * @throws PgError insufficient_privilege unless it is a plain identifier or a whole number
 */
export function claimText(use: ClaimUse, context: SecurityContext): string {
  const claim = claimAt(context, use.path)
  if (claim === undefined || claim === null) throw missingClaim(use.path)
  const text =
    typeof claim === 'string' || typeof claim === 'bigint' || typeof claim === 'number' ? String(claim) : ''
  if (use.kind === 'unsafe' && /^([A-Za-z_][A-Za-z0-9_]*|[0-9]+)$/.test(text)) return text
  throw new PgError(
    'insufficient_privilege',
    `${claimName(use.path)} must be a plain name or a whole number, because it enters SQL`,
  )
}
