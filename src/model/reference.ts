import { printMarker } from './marker.js'

/** What a name in a model file refers to before it is resolved. */
export type Reference =
  /** `CUBE`, `Users.name`, `total`, `Orders.sql()` */
  | { readonly kind: 'name'; readonly path: readonly string[]; readonly call: boolean }
  /** A use of SECURITY_CONTEXT; `argument` is the text given to filter, with markers. */
  | {
      readonly kind: 'claim-filter'
      readonly path: readonly string[]
      readonly argument: string
      readonly required: boolean
    }
  /** `filter(value => …)`; the text that the function returned holds a `claim-value`. */
  | {
      readonly kind: 'claim-expression'
      readonly path: readonly string[]
      readonly text: string
      readonly required: boolean
    }
  | { readonly kind: 'claim-value'; readonly path: readonly string[]; readonly required: boolean }
  | { readonly kind: 'claim-unsafe'; readonly path: readonly string[] }

/** References of one load; a `ref` marker holds the index of one. */
export interface ReferenceTable {
  add(reference: Reference): string
  at(index: number): Reference
  /** Texts that become SQL but stand in no definition: what filter() was given. */
  texts(): readonly string[]
}

export function createReferenceTable(): ReferenceTable {
  const references: Reference[] = []
  return {
    add(reference) {
      references.push(reference)
      return printMarker({ kind: 'ref', value: String(references.length - 1) })
    },
    at(index) {
      const reference = references[index]
      if (reference === undefined) throw new Error(`no reference ${index}`)
      return reference
    },
    texts: () =>
      references.flatMap((reference) => {
        if (reference.kind === 'claim-filter') return [reference.argument]
        return reference.kind === 'claim-expression' ? [reference.text] : []
      }),
  }
}

const PATHS = new WeakMap<object, readonly string[]>()

/** The path of a reference object; undefined for any other value. */
export function referencePath(value: unknown): readonly string[] | undefined {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? PATHS.get(value)
    : undefined
}

/** An object that stands for a name: properties lead on, and in a text it prints its marker. */
export function createNameReference(table: ReferenceTable, path: readonly string[]): unknown {
  const print = (): string => table.add({ kind: 'name', path, call: false })
  return proxy(path, {
    print,
    property: (name) => createNameReference(table, [...path, name]),
    call: () => table.add({ kind: 'name', path, call: true }),
  })
}

/** SECURITY_CONTEXT and what is below it. */
export function createClaimReference(table: ReferenceTable, path: readonly string[]): unknown {
  const filter = (required: boolean) => (argument: unknown) => {
    if (typeof argument !== 'function') {
      return table.add({ kind: 'claim-filter', path, argument: String(argument), required })
    }
    const value = table.add({ kind: 'claim-value', path, required })
    return table.add({ kind: 'claim-expression', path, text: String(argument(value)), required })
  }
  return proxy(path, {
    print: () => table.add({ kind: 'claim-unsafe', path }),
    property(name) {
      if (path.length > 0 && name === 'filter') return filter(false)
      if (path.length > 0 && name === 'requiredFilter') return filter(true)
      if (path.length > 0 && name === 'unsafeValue') return () => table.add({ kind: 'claim-unsafe', path })
      return createClaimReference(table, [...path, name])
    },
    call: () => undefined,
  })
}

function proxy(
  path: readonly string[],
  handlers: { print: () => string; property: (name: string) => unknown; call: () => unknown },
): unknown {
  const target = (): undefined => undefined
  const made = new Proxy(target, {
    get(_target, name) {
      if (name === Symbol.toPrimitive || name === 'toString' || name === 'valueOf') return handlers.print
      return typeof name === 'symbol' ? undefined : handlers.property(name)
    },
    apply: () => handlers.call(),
    has: () => true,
  })
  PATHS.set(made, path)
  return made
}
