import { classify, isKeptFromClients, isRefused, type Tag, VALUE_TYPES } from './classify.js'
import type { ServerLists } from './server.js'

/** The lists of each server, by its major version. */
export type ServersLists = ReadonlyMap<number, ServerLists>

const LINE_CHARACTERS_MAX = 140

/** The modules that the lists are checked in as: path and text. */
export function printModules(servers: ServersLists): ReadonlyMap<string, string> {
  const majors = [...servers.keys()].sort((a, b) => a - b)
  const versions = `PostgreSQL ${majors[0]} to ${majors.at(-1)}`
  const module = (name: string, constant: string, what: string, lines: readonly string[]) =>
    [
      `src/plan/lists/${name}.ts`,
      `// Written by \`npm run lists\` from pg_catalog of ${versions}; see scripts/lists.\n\n/** ${what} */\nexport const ${constant} = \`\n${lines.join('\n')}\n\`\n`,
    ] as const
  const { allowed, refused } = functionNames(servers)
  return new Map([
    module(
      'allowed-functions',
      'ALLOWED_FUNCTIONS_TEXT',
      'Functions that a client may call by name; after a colon the versions that have it, where not all have.',
      wrap([...allowed].sort(byName).map(([name, having]) => name + versionsText(having, majors))),
    ),
    module(
      'refused-functions',
      'REFUSED_FUNCTIONS_TEXT',
      'Functions that exist and may not be called by name, by the rule that says so.',
      [...refused].sort(byName).flatMap(([tag, names]) => wrap([`${tag}:`, ...[...names].sort()])),
    ),
    module(
      'operators',
      'OPERATORS_TEXT',
      'Symbols of operators of which some is over values alone; operands that would make another one of it cannot be written.',
      wrap([...operatorSymbols(servers)].sort()),
    ),
    module(
      'type-names',
      'TYPE_NAMES_TEXT',
      'Types that exist, but for arrays.',
      wrap([...new Set([...servers.values()].flatMap(({ types }) => types.map(({ name }) => name)))].sort()),
    ),
    module(
      'value-types',
      'VALUE_TYPES_TEXT',
      'Types of columns that are read as they are, with the OIDs of the type and of arrays of it. Others are read as text.',
      wrap(valueTypes(servers)),
    ),
    module(
      'text-search-configurations',
      'TEXT_SEARCH_CONFIGURATIONS_TEXT',
      'Text search configurations that every version has.',
      wrap([...common([...servers.values()].map(({ configurations }) => new Set(configurations)))].sort()),
    ),
  ])
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

interface FunctionNames {
  /** Versions that have it, by name. */
  readonly allowed: ReadonlyMap<string, ReadonlySet<number>>
  readonly refused: ReadonlyMap<Tag, ReadonlySet<string>>
}

function functionNames(servers: ServersLists): FunctionNames {
  const allowed = new Map<string, Set<number>>()
  const refused = new Map<Tag, Set<string>>()
  for (const [major, { procedures }] of servers) {
    for (const procedure of procedures) {
      const tag = classify(procedure)
      if (tag === 'allow') allowed.set(procedure.name, (allowed.get(procedure.name) ?? new Set()).add(major))
    }
  }
  for (const procedure of [...servers.values()].flatMap(({ procedures }) => procedures)) {
    const tag = classify(procedure)
    if (tag === 'allow') continue
    if (!allowed.has(procedure.name)) refused.set(tag, (refused.get(tag) ?? new Set()).add(procedure.name))
    else if (!isKeptFromClients(procedure)) {
      throw new Error(
        `mixed: ${procedure.name}(${procedure.args.join(', ')}) is ${tag}, and other functions of that name are allowed. ` +
          'Refuse the name by a rule in scripts/lists/classify.ts, or say there what keeps clients from it.',
      )
    }
  }
  return { allowed, refused }
}

function versionsText(having: ReadonlySet<number>, majors: readonly number[]): string {
  return having.size === majors.length ? '' : `:${majors.filter((major) => having.has(major)).join(',')}`
}

function operatorSymbols(servers: ServersLists): ReadonlySet<string> {
  return new Set(
    [...servers.values()].flatMap(({ procedures, operators }) => {
      const usable = new Set(procedures.filter((each) => !isRefused(each)).map(({ oid }) => oid))
      return operators.filter(({ functionOid }) => usable.has(functionOid)).map(({ symbol }) => symbol)
    }),
  )
}

/** Beside the types of values: comparing or casting a value of these looks nothing up either. */
const ALSO_READ = new Set(['oid', 'xml'])

function valueTypes(servers: ServersLists): readonly string[] {
  const [oldest] = [...servers.keys()].sort((a, b) => a - b)
  const types = servers.get(oldest ?? 0)?.types ?? []
  return types
    .filter(({ name, kind }) => kind !== 'p' && (VALUE_TYPES.has(name) || ALSO_READ.has(name)))
    .map(({ name, oid, arrayOid }) => `${name}:${oid},${arrayOid}`)
    .sort()
}

function common(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const [first, ...others] = sets
  return new Set([...(first ?? [])].filter((value) => others.every((other) => other.has(value))))
}

/** Words as lines; one after the first of a list is indented. */
function wrap(words: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const word of words) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + word.length < LINE_CHARACTERS_MAX)
      lines[lines.length - 1] = `${line} ${word}`
    else lines.push(line === undefined ? word : `  ${word}`)
  }
  // In a template literal a backslash, a backtick and ${ would mean something; no name holds one but the operator that begins so.
  return lines.map((line) => line.replace(/[\\`]|\$\{/g, '\\$&'))
}
