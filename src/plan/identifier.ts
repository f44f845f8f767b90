/** ASCII letters only are folded, as Postgres folds an unquoted name in UTF-8 databases. */
function fold(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/**
 * Whether `written`, as the parser gives it, names `declared`. A name that was written without quotes arrives folded; so one that holds
 * no upper-case letter may stand for a declared name of any case, when nothing has exactly that name.
 */
export function sameName(written: string, declared: string, exact: boolean): boolean {
  return exact ? written === declared : written === fold(declared)
}
