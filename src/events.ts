/** Something that happened, for log, metrics and audit. No event ever carries a token, a password or a claim's value. */
export type Event =
  | { readonly kind: 'listening'; readonly host: string; readonly port: number; readonly tls: boolean }
  | {
      readonly kind: 'login_failed'
      readonly sessionId: number
      readonly address: string
      readonly user: string
      readonly reason: string
    }
  | {
      readonly kind: 'login_succeeded'
      readonly sessionId: number
      readonly address: string
      readonly tls: boolean
      readonly user: string
      readonly application: string
    }
  | {
      readonly kind: 'statement'
      readonly sessionId: number
      readonly user: string
      readonly sql: string
      readonly outcome: 'ok' | 'error'
      /** SQLSTATE of the error. */
      readonly code: string | undefined
      readonly address: string
      /** Claims by which the operator tells people apart. */
      readonly who: Readonly<Record<string, string>>
      /** Equal for statements that differ in their constants only; undefined for what is no SQL, or if nobody audits. */
      readonly fingerprint: string | undefined
      /** Cubes that were read, and what limited their rows. */
      readonly cubes: readonly { readonly cube: string; readonly rules: readonly string[] }[]
      /** Names of the claims whose values were bound. */
      readonly claims: readonly string[]
      readonly rows: number
      /** Bytes that went to the client. */
      readonly bytes: number
      readonly durationMs: number
    }
  | { readonly kind: 'session_ended'; readonly sessionId: number; readonly reason: string }
  | { readonly kind: 'upstream_connected'; readonly connectionId: number }
  | { readonly kind: 'upstream_failed'; readonly connectionId: number | undefined; readonly error: unknown }
  | {
      readonly kind: 'model_compiled'
      /** A hash: what contextToAppId makes of claims is not for the log. */
      readonly appId: string
      readonly cubes: number
      readonly durationMs: number
    }
  | { readonly kind: 'cube_unavailable'; readonly cube: string; readonly problem: string }
  | { readonly kind: 'keys_failed'; readonly url: string; readonly error: unknown }
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'internal_error'; readonly sessionId: number | undefined; readonly error: unknown }

export type Observe = (event: Event) => void
