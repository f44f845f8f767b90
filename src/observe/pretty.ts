const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/** One of the log's JSON lines for people: time, level, message, then the fields. Nothing in it can start a line of its own. */
export function printPretty(line: string): string {
  const { level, time, message, event: _event, ...fields } = JSON.parse(line) as Record<string, unknown>
  const clock = String(time).slice(11, 23)
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${printField(value)}`)
  return `${[clock, String(level).toUpperCase().padEnd(5), printText(String(message)), ...pairs].join(' ')}\n`
}

function printField(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return printText(/^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text))
}

/** Control characters as escapes: a user name must not move a terminal's cursor. */
function printText(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
