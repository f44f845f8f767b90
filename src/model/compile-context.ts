import type { Claim, Claims } from './claims.js'

/** One claim that a model file read through COMPILE_CONTEXT. */
export interface ClaimRead {
  readonly path: readonly string[]
  readonly value: unknown
}

export interface CompileContext {
  /** What the files see as COMPILE_CONTEXT. */
  readonly value: unknown
  /** Claims read so far, by path. */
  readonly reads: ReadonlyMap<string, ClaimRead>
}

/**
 * COMPILE_CONTEXT over the claims. Values come as they are, by own properties only.
 *
 * @param replaced a claim that is given another value, to find out where it goes
 */
export function createCompileContext(
  claims: Claims,
  replaced?: { readonly path: string; readonly value: string },
): CompileContext {
  const reads = new Map<string, ClaimRead>()
  const below = (value: Claims | readonly Claim[], path: readonly string[]): unknown =>
    new Proxy(Object.create(null) as object, {
      get(_target, name) {
        if (name === Symbol.toPrimitive && path.length > 0) {
          // An object in a text: what it prints can be no plain name.
          reads.set(path.join('.'), { path, value: '[object Object]' })
          return () => '[object Object]'
        }
        if (typeof name === 'symbol') return undefined
        const inner = [...path, name]
        const key = inner.join('.')
        if (replaced?.path === key) return replaced.value
        const found = Object.hasOwn(value, name) ? (value as Claims)[name] : undefined
        if (found !== null && typeof found === 'object' && !Array.isArray(found))
          return below(found as Claims, inner)
        reads.set(key, { path: inner, value: found })
        return found
      },
      has: (_target, name) => typeof name === 'string' && Object.hasOwn(value, name),
      ownKeys: () => Object.keys(value),
      getOwnPropertyDescriptor: (_target, name) =>
        typeof name === 'string' && Object.hasOwn(value, name)
          ? { enumerable: true, configurable: true }
          : undefined,
    })
  const securityContext = below(claims, [])
  return {
    value: Object.freeze({ securityContext, security_context: securityContext, authInfo: securityContext }),
    reads,
  }
}
