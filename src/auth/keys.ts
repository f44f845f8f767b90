import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { Observe } from '../events.js'

export interface KeysLimits {
  /** The longest key set that is read. */
  readonly bytesMax: number
  /** From the request to the last byte. */
  readonly timeoutMs: number
  /** While keys are at hand, an attempt to fetch newer ones is made at most this often, whatever came of the last. */
  readonly cooldownMs: number
  /** While none are at hand. */
  readonly retryMs: number
  /** Keys older than this are fetched again, in the background: so long does a withdrawn key live on. */
  readonly refreshMs: number
  /** Keys older than this are not used, even if the issuer cannot be reached. */
  readonly ageMaxMs: number
}

const LIMITS: KeysLimits = {
  bytesMax: 65_536,
  timeoutMs: 5_000,
  cooldownMs: 30_000,
  retryMs: 1_000,
  refreshMs: 300_000,
  ageMaxMs: 3_600_000,
}

/**
 * The keys behind a JWKS URL (RFC 7517): fetched once for all who wait, kept, and fetched again when they are old or a `kid` is unknown.
 * No redirects, and a limit on size and time: whoever answers there is not trusted further than its keys.
 *
 * The function returned throws an Error, whose message is for the log, if the token names no `kid` or no key fits.
 */
export function createKeys(
  url: string,
  deps: { readonly observe: Observe; readonly nowMs: () => number },
  options: Partial<KeysLimits> = {},
): JWTVerifyGetKey {
  const limits: KeysLimits = { ...LIMITS, ...options }
  let keySet: ReturnType<typeof createLocalJWKSet> | undefined
  let fetchedAtMs = 0
  let attemptedAtMs = Number.NEGATIVE_INFINITY
  let pending: Promise<void> | undefined

  const usableKeys = (): typeof keySet => (deps.nowMs() - fetchedAtMs < limits.ageMaxMs ? keySet : undefined)

  /** Never rejects: what failed is an event, and the keys at hand decide. */
  const refresh = (): Promise<void> => {
    if (pending !== undefined) return pending
    const pauseMs = usableKeys() === undefined ? limits.retryMs : limits.cooldownMs
    if (deps.nowMs() - attemptedAtMs < pauseMs) return Promise.resolve()
    attemptedAtMs = deps.nowMs()
    pending = fetchKeys(url, limits)
      .then(
        (fetched) => {
          keySet = fetched
          fetchedAtMs = deps.nowMs()
        },
        (error: unknown) => deps.observe({ kind: 'keys_failed', url, error }),
      )
      .finally(() => {
        pending = undefined
      })
    return pending
  }

  return async (header, token) => {
    if (typeof header.kid !== 'string') throw new Error('the token names no key (kid)')
    if (usableKeys() === undefined) await refresh()
    else if (deps.nowMs() - fetchedAtMs >= limits.refreshMs) void refresh()
    const keys = usableKeys()
    if (keys === undefined) throw new Error('the key set cannot be fetched')
    try {
      return await keys(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await refresh()
      return await (usableKeys() ?? keys)(header, token)
    }
  }
}

async function fetchKeys(url: string, limits: KeysLimits): Promise<ReturnType<typeof createLocalJWKSet>> {
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(limits.timeoutMs),
    headers: { accept: 'application/jwk-set+json, application/json' },
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`the key set answered ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    const part = chunk as Uint8Array
    bytes += part.length
    if (bytes > limits.bytesMax) throw new Error(`the key set is longer than ${limits.bytesMax} bytes`)
    chunks.push(part)
  }
  return createLocalJWKSet(JSON.parse(Buffer.concat(chunks).toString('utf8')))
}
