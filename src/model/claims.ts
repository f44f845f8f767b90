/** Claims as a model sees them; the same shape as auth's, which the model must not import. */
export type Claim = string | number | bigint | boolean | null | readonly Claim[] | Claims
export interface Claims {
  readonly [name: string]: Claim
}
