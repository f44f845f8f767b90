import { readFileSync } from 'node:fs'

/** One attack: what is sent, request by request. */
export interface Attack {
  readonly name: string
  /** The texts of its requests; each is sent when the one before is answered. */
  readonly texts: readonly (string | Buffer)[]
  /** Parameters for the extended protocol. */
  readonly values: readonly string[]
}

const DIRECTIVE = /^-- (name|each|values|bytes|then)(?: (.*))?$/

interface Draft {
  name: string
  each: { variable: string; choices: readonly string[] }[]
  values: readonly string[]
  bytes: boolean
  texts: string[][]
}

/**
 * Reads a file of attacks. `-- name x` begins one; the lines after it are its text, as they are, without the last line's end. Before the
 * text may stand `-- each v: a | b` (one attack for each choice, `{v}` in the text is the choice; several are combined), `-- values a | b`
 * (parameters), and `-- bytes` (`\xHH` in the text is that byte). `-- then` begins another request of the same attack.
 */
export function readAttacks(path: string): readonly Attack[] {
  const drafts: Draft[] = []
  for (const line of readFileSync(path, 'utf8').replace(/\n$/, '').split('\n')) {
    const [, kind, rest = ''] = DIRECTIVE.exec(line) ?? []
    if (kind === 'name') {
      drafts.push({ name: rest, each: [], values: [], bytes: false, texts: [[]] })
      continue
    }
    const draft = drafts.at(-1)
    if (draft === undefined) {
      if (line.trim() === '' || line.startsWith('--')) continue
      throw new Error(`${path}: text before the first name`)
    }
    if (kind === 'each') draft.each.push(readChoices(rest, path))
    else if (kind === 'values') draft.values = rest.split(' | ')
    else if (kind === 'bytes') draft.bytes = true
    else if (kind === 'then') draft.texts.push([])
    else draft.texts.at(-1)?.push(line)
  }
  const attacks = drafts.flatMap(expand)
  const names = new Set(attacks.map((attack) => attack.name))
  if (names.size !== attacks.length) {
    const seen = new Set<string>()
    const twice = attacks.find(({ name }) => seen.size === seen.add(name).size)
    throw new Error(`${path}: the name "${twice?.name}" stands twice`)
  }
  return attacks
}

function readChoices(text: string, path: string): Draft['each'][number] {
  const [, variable, list] = /^([a-z]+): (.*)$/.exec(text) ?? []
  if (variable === undefined || list === undefined) throw new Error(`${path}: -- each ${text}`)
  return { variable, choices: list.split(' | ') }
}

function expand(draft: Draft): readonly Attack[] {
  const combinations = draft.each.reduce<readonly (readonly (readonly [string, string])[])[]>(
    (so, { variable, choices }) =>
      so.flatMap((chosen) => choices.map((choice) => [...chosen, [variable, choice] as const])),
    [[]],
  )
  return combinations.map((chosen) => {
    const fill = (text: string): string =>
      chosen.reduce((filled, [variable, choice]) => filled.replaceAll(`{${variable}}`, choice), text)
    const texts = draft.texts.map((lines) => {
      const text = fill(lines.join('\n').trim())
      return draft.bytes ? toBytes(text) : text
    })
    const suffix = chosen.map(([, choice]) => choice).join(', ')
    return {
      name: suffix === '' ? draft.name : `${draft.name}: ${suffix}`,
      texts,
      values: draft.values.map(fill),
    }
  })
}

function toBytes(text: string): Buffer {
  return Buffer.concat(
    text
      .split(/(\\x[0-9a-f]{2})/i)
      .map((part) =>
        /^\\x[0-9a-f]{2}$/i.test(part)
          ? Buffer.from([Number.parseInt(part.slice(2), 16)])
          : Buffer.from(part, 'utf8'),
      ),
  )
}
