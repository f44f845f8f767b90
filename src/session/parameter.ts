/** A parameter (`$1`) where it stands in a statement. */
export interface Parameter {
  readonly number: number
  readonly location: number
}

/** The parameter of a parsed tree that is written first. */
export function firstParameter(tree: unknown): Parameter | undefined {
  let first: Parameter | undefined
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return
    for (const [key, child] of Object.entries(value)) {
      if (key !== 'ParamRef') {
        visit(child)
        continue
      }
      const { number = 0, location = 0 } = child as Partial<Parameter>
      if (first === undefined || location < first.location) first = { number, location }
    }
  }
  visit(tree)
  return first
}
