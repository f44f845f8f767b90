import type { Claim, Claims } from './claims.js'

/** Something that a model file learnt of the claims through COMPILE_CONTEXT. */
export interface ClaimRead {
  readonly path: readonly string[]
  /** The value itself; only that it is an object, whose members are reads of their own; its names; or whether there is one. */
  readonly aspect: 'value' | 'object' | 'names' | 'presence'
  readonly value: Claim | undefined
}

export interface CompileContext {
  /** What the files see as COMPILE_CONTEXT. */
  readonly value: unknown
  readonly reads: ReadonlyMap<string, ClaimRead>
  /** From now on it cannot be read: a function that the files leave behind would find the claims of another session in it. */
  close(): void
}

/** A claim that is given another value, to find out where it goes. */
export interface Replacement {
  readonly path: readonly string[]
  readonly value: Claim
}

/** COMPILE_CONTEXT over the claims. Values come as they are, by own properties only. */
export function createCompileContext(claims: Claims, replacement?: Replacement): CompileContext {
  const reads = new Map<string, ClaimRead>()
  const replacedKey = replacement === undefined ? undefined : JSON.stringify(replacement.path)
  let closed = false
  const note = (path: readonly string[], aspect: ClaimRead['aspect'], value: Claim | undefined): void => {
    if (closed)
      throw new Error(
        'COMPILE_CONTEXT can be read only while the model is loaded; use the securityContext that the function is given',
      )
    reads.set(JSON.stringify([aspect, ...path]), { path, aspect, value })
  }
  const below = (object: Claims, path: readonly string[]): unknown =>
    new Proxy(Object.create(null) as object, {
      get(_target, name) {
        if (name === Symbol.toPrimitive && path.length > 0) {
          note(path, 'value', object)
          // An object in a text: what it prints can be no plain name.
          return () => '[object Object]'
        }
        if (typeof name === 'symbol') return undefined
        const inner = [...path, name]
        const found =
          JSON.stringify(inner) === replacedKey
            ? replacement?.value
            : Object.hasOwn(object, name)
              ? object[name]
              : undefined
        const isObject = isClaims(found)
        note(inner, isObject ? 'object' : 'value', found)
        return isObject ? below(found, inner) : found
      },
      has(_target, name) {
        if (typeof name !== 'string') return false
        note([...path, name], 'presence', Object.hasOwn(object, name) ? object[name] : undefined)
        return Object.hasOwn(object, name)
      },
      ownKeys() {
        note(path, 'names', object)
        return Object.keys(object)
      },
      getOwnPropertyDescriptor(_target, name) {
        if (typeof name !== 'string') return undefined
        note([...path, name], 'presence', Object.hasOwn(object, name) ? object[name] : undefined)
        return Object.hasOwn(object, name) ? { enumerable: true, configurable: true } : undefined
      },
    })
  const securityContext = below(claims, [])
  return {
    value: Object.freeze({ securityContext, security_context: securityContext, authInfo: securityContext }),
    reads,
    close() {
      closed = true
    },
  }
}

export function isClaims(value: Claim | undefined): value is Claims {
  return value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value)
}
