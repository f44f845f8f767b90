import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import type { Observe } from '../events.js'

/** The longest key set that is read, in bytes. */
const KEYS_BYTES_MAX = 65_536
const FETCH_TIMEOUT_MS = 5_000
/** A key id that is not known makes the set be fetched at most this often. */
const COOLDOWN_MS = 30_000
const KEYS_AGE_MAX_MS = 600_000

/**
 * The keys behind a JWKS URL: fetched once for all who wait, kept, fetched again for an unknown `kid` (at most once per cool-down) and
 * when they are old. No redirects, a limit on size and time: whoever answers there is not trusted further than its keys.
 */
export function createKeys(
  url: string,
  observe: Observe,
  { cooldownMs = COOLDOWN_MS }: { readonly cooldownMs?: number } = {},
): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: cooldownMs,
    cacheMaxAge: KEYS_AGE_MAX_MS,
    [customFetch]: async (target: string, init: RequestInit) => {
      try {
        return await fetchKeys(target, init)
      } catch (error) {
        observe({ kind: 'keys_failed', url, error })
        throw error
      }
    },
  })
}

async function fetchKeys(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'error' })
  if (response.status !== 200) throw new Error(`the key set answered ${response.status}`)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length
    if (bytes > KEYS_BYTES_MAX) throw new Error(`the key set is longer than ${KEYS_BYTES_MAX} bytes`)
    chunks.push(chunk as Uint8Array)
  }
  return new Response(Buffer.concat(chunks), { status: 200, headers: { 'content-type': 'application/json' } })
}
