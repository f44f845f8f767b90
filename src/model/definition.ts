/** A model file as it was written. */
export interface ModelFile {
  /** Path below the project, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** A cube as its file wrote it: values are still texts with markers, references or functions. */
export interface Definition {
  readonly kind: 'cube' | 'view'
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
  readonly file: string
  readonly line: number
  /** The line of a property, by its path of keys; the cube's own where it is not found. */
  readonly lineOf: (path: readonly (string | number)[]) => number
}
