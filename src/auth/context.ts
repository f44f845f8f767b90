/** A JSON value, as a token's payload holds it. Objects have no prototype. */
export type Claim = string | number | bigint | boolean | null | readonly Claim[] | Claims
export interface Claims {
  readonly [name: string]: Claim
}

/**
 * Who a session is: the verified claims and nothing else. Made only by auth; deeply frozen; every object in it
 * has a null prototype, so that `constructor` or `__proto__` name nothing.
 */
export interface SecurityContext {
  readonly claims: Claims
  /** End of the token's life, in milliseconds since the epoch; undefined only where no token was used (explain, check). */
  readonly expiresAtMs: number | undefined
  /** The name shown as session_user: the login's user name. */
  readonly user: string
  /** Canonical serialisation of the claims: equal exactly when the claims are equal. Every cache that depends on claims is keyed by it. */
  readonly key: string
}
