/** What looks like a JSON Web Token, or the beginning of one: base64url of `{"`, and further parts behind dots. */
const TOKEN = /eyJ[\w-]{6,}(?:\.[\w-]*)*/g

/** A line without tokens. People paste them where they do not belong: as a user name, into a statement. */
export function redactTokens(line: string): string {
  return line.replace(TOKEN, '[token]')
}
