/** `"name"`, with every quote inside doubled. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('\0', '').replaceAll('"', '""')}"`
}

/** `'text'`; backslashes mean nothing, because standard_conforming_strings is on in the engine. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`
}
