import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Claim, SecurityContext } from './auth/context.js'
import { canonicalText } from './auth/security-context.js'
import type { Observe } from './events.js'
import { compileModel } from './model/compile.js'
import { type ClaimRead, isClaims } from './model/compile-context.js'
import type { ModelFile } from './model/definition.js'
import type { EvaluateOptions } from './model/evaluate.js'
import { claimAt } from './plan/claim.js'
import type { TypedModel } from './plan/typed-model.js'
import { type Probes, typeModel } from './probe.js'

/** Compiled and typed models, shared by all contexts for which they are the same. */
export interface Models {
  /** @throws DiagnosticsError, PgError as compileModel does; the error of `describe` if the upstream cannot be asked */
  forContext(context: SecurityContext, appId: string): Promise<TypedModel>
}

export interface ModelsOptions extends EvaluateOptions {
  readonly files: readonly ModelFile[]
  readonly modelsMax: number
}

/** One compiled model, and what of the claims it depends on. */
interface Entry {
  readonly reads: readonly { readonly read: Read; readonly text: string }[]
  readonly model: Promise<TypedModel>
}

type Read = Pick<ClaimRead, 'path' | 'aspect'>

/**
 * A model compiled for one context serves another only if every claim that its files read has the same value there; contextToAppId
 * separates models further, and never joins two that differ.
 */
export function createModels(
  options: ModelsOptions,
  deps: { readonly probes: Probes; readonly observe: Observe; readonly nowMs: () => number },
): Models {
  const byAppId = new LRUCache<string, Entry[]>({ max: options.modelsMax })

  const compile = (context: SecurityContext, appId: string): Entry => {
    const startedAtMs = deps.nowMs()
    const compiled = compileModel(options.files, context.claims, options)
    const unsafe = [...compiled.model.cubes.values()]
      .flatMap((cube) => cube.claimUses)
      .filter((use) => use.kind === 'unsafe')
      .map(({ path }): Read => ({ path, aspect: 'value' }))
    const reads = [...compiled.reads, ...unsafe].map((read) => ({ read, text: readText(context, read) }))
    const model = typeModel(compiled.model, context, deps.probes).then((typed) => {
      deps.observe({
        kind: 'model_compiled',
        appId: createHash('sha256').update(appId).digest('hex').slice(0, 8),
        cubes: compiled.model.cubes.size,
        durationMs: deps.nowMs() - startedAtMs,
      })
      for (const [cube, { problem }] of typed.cubes)
        if (problem !== undefined) deps.observe({ kind: 'cube_unavailable', cube, problem })
      return typed
    })
    return { reads, model }
  }

  return {
    async forContext(context, appId) {
      const entries = byAppId.get(appId) ?? []
      const known = entries.find(({ reads }) =>
        reads.every(({ read, text }) => readText(context, read) === text),
      )
      if (known !== undefined) return known.model
      const made = compile(context, appId)
      byAppId.set(appId, [...entries.slice(-options.modelsMax), made])
      try {
        const typed = await made.model
        // A cube that failed may only have failed now; the next session asks again.
        if ([...typed.cubes.values()].some(({ problem }) => problem !== undefined)) forget(appId, made)
        return typed
      } catch (error) {
        forget(appId, made)
        throw error
      }
    },
  }

  function forget(appId: string, entry: Entry): void {
    byAppId.set(
      appId,
      (byAppId.get(appId) ?? []).filter((other) => other !== entry),
    )
  }
}

/** Equal exactly for contexts in which the files learn the same from a read. */
function readText(context: SecurityContext, { path, aspect }: Read): string {
  const claim: Claim | undefined = claimAt(context, path)
  if (claim === undefined) return 'absent'
  if (aspect === 'presence') return 'present'
  if (!isClaims(claim)) return canonicalText(claim)
  if (aspect === 'object') return 'an object'
  return aspect === 'names' ? `names ${JSON.stringify(Object.keys(claim))}` : canonicalText(claim)
}
