import type { Node } from '../sql/tree.js'
import { castNode, textNode } from './node.js'
import { typeName } from './value-type.js'

/** A claim's value on its way into a statement. */
export interface Parameter {
  /** Postgres' OID of the parameter's type. */
  readonly typeOid: number
  /** Postgres' text format. */
  readonly value: string
  /** Where it came from, for `explain`: a claim's path, or "queryRewrite". */
  readonly source: string
}

/** Collects the values of one statement. */
export interface Parameters {
  /** The node that stands for the value: `$n`, or a typed literal where no parameter can stand. */
  add(parameter: Parameter): Node
  list(): readonly Parameter[]
}

/**
 * @param clientCount how many parameters are the client's own; the first value here is `$clientCount+1`
 * @param form `literal` for COPY, which takes no parameters: one function prints every literal
 */
export function createParameters({
  clientCount,
  form,
}: {
  readonly clientCount: number
  readonly form: 'bind' | 'literal'
}): Parameters {
  const parameters: Parameter[] = []
  return {
    add(parameter) {
      if (form === 'literal') return castNode(textNode(parameter.value), typeName(parameter.typeOid))
      const known = parameters.findIndex(
        ({ typeOid, value }) => typeOid === parameter.typeOid && value === parameter.value,
      )
      if (known < 0) parameters.push(parameter)
      return { ParamRef: { number: clientCount + (known < 0 ? parameters.length : known + 1) } }
    },
    list: () => parameters,
  }
}
