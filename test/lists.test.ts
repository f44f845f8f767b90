import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { classify, isRefused, MIXED_NAMES } from '../scripts/lists/classify.js'
import { printModules, type ServersLists } from '../scripts/lists/modules.js'
import { createReach, mixedExpressions, type Reached } from '../scripts/lists/reach.js'
import { readServers } from '../scripts/lists/servers.js'
import { isLeakproofPair, isTotal } from '../src/plan/leakproof.js'
import { TYPE_OIDS } from '../src/plan/type-list.js'
import type { ColumnType } from '../src/plan/typed-model.js'
import { MAJORS } from './support/cluster.js'

/** The lists are what the rules make of the real servers, and what a client can reach is what they say. */
let servers: ServersLists
const reached = new Map<number, Record<'typed' | 'untyped' | 'comparisons', readonly Reached[]>>()

const TYPES = [...TYPE_OIDS]
const column = (oid: number): ColumnType => ({ oid, typeModifier: -1, castToText: false, collationOid: 0 })
const COMPARISONS = ['=', '<>', '<', '<=', '>', '>='].flatMap((symbol) =>
  TYPES.flatMap(([left, leftOid]) => [
    ...(isTotal(leftOid) ? [`"${left}" ${symbol} NULL`] : []),
    ...TYPES.filter(([, oid]) => isLeakproofPair(symbol, column(leftOid), column(oid))).map(
      ([right]) => `"${left}" ${symbol} "${right}"`,
    ),
  ]),
)

beforeAll(async () => {
  servers = await readServers(async (server, lists, major) => {
    const client = await server.connect()
    try {
      const names = TYPES.map(([name]) => name)
      const reach = await createReach((sql) => client.query(sql), lists.procedures, names)
      const { typed, untyped } = mixedExpressions(lists, names)
      reached.set(major, {
        typed: await reach(typed),
        untyped: await reach(untyped),
        comparisons: await reach(COMPARISONS),
      })
    } finally {
      await client.end()
    }
  })
})

describe('src/plan/lists', () => {
  test('holds what `npm run lists` would write', () => {
    for (const [path, text] of printModules(servers)) expect(readFileSync(path, 'utf8'), path).toBe(text)
  })

  test('a name that mixes is an error of the script', () => {
    const server = servers.get(18)
    const abs = server?.procedures.find(({ name }) => name === 'abs')
    if (server === undefined || abs === undefined) throw new Error('PostgreSQL 18 has no abs')
    const procedures = [...server.procedures, { ...abs, args: ['regclass'], types: ['regclass', 'text'] }]
    expect(() => printModules(new Map([[18, { ...server, procedures }]]))).toThrow(/^mixed: abs\(regclass\)/)
  })

  test.each(MAJORS)('PostgreSQL %i has what is called by name, and refuses what tells', (major) => {
    const tags = new Map(
      servers.get(major)?.procedures.map((procedure) => [procedure.name, classify(procedure)]),
    )
    for (const name of ['sum', 'date_trunc', 'like_escape', 'jsonb_agg'])
      expect(tags.get(name), name).toBe('allow')
    expect(tags.get('int4pl')).toBe('operator')
    expect(tags.get('query_to_xml')).toBe('exec-sql')
    expect(tags.get('pg_read_file')).toBe('file')
    expect(tags.get('to_regclass')).toBe('privilege-oracle')
    expect(tags.get('pg_get_viewdef')).toBe('catalog')
  })
})

const printReached = ({ expression, procedures: [first] }: Reached): string =>
  `${expression} calls ${first?.name}(${first?.args.join(', ')})`
const refusedOf = (found: readonly Reached[] = []): readonly Reached[] =>
  found.filter(({ procedures: [first] }) => first !== undefined && isRefused(first))
const namesOf = (found: readonly Reached[]): ReadonlySet<string | undefined> =>
  new Set(found.map(({ procedures: [first] }) => first?.name))
const takesConfiguration = ({ procedures: [first] }: Reached): boolean => first?.args[0] === 'regconfig'
/** Functions whose first argument may be a configuration: plan/bounds.ts says which they take. */
const CONFIGURED = MIXED_NAMES.find(({ type }) => type === 'regconfig')?.names

/** They are not marked as leakproof, and never fail all the same: see plan/leakproof.ts. */
const NEVER_FAILS =
  /^numeric_(eq|ne|lt|le|gt|ge)$|^(date|timestamp|timestamptz)_(eq|ne|lt|le|gt|ge)_(date|timestamp|timestamptz)$/

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  test('calls no refused function for values of types that can be written, but for numbers as configurations', () => {
    expect(reached.get(major)?.typed.length).toBeGreaterThan(100)
    const refused = refusedOf(reached.get(major)?.typed)
    const numbers = refused.filter((each) => takesConfiguration(each) && /\("int[248]"/.test(each.expression))
    expect(refused.filter((each) => !numbers.includes(each)).map(printReached)).toEqual([])
    expect(namesOf(numbers)).toEqual(CONFIGURED)
  })

  test('takes a text without a type as a configuration, and as nothing else that is refused', () => {
    const refused = refusedOf(reached.get(major)?.untyped)
    expect(namesOf(refused)).toEqual(CONFIGURED)
    expect(refused.filter((each) => !takesConfiguration(each)).map(printReached)).toEqual([])
  })

  test('compares by leakproof functions what is compared inside a fence', () => {
    const comparisons = reached.get(major)?.comparisons ?? []
    expect(comparisons.length).toBe(COMPARISONS.length)
    const others = comparisons.flatMap(({ expression, procedures }) =>
      procedures
        .filter(({ leakproof, name }) => !leakproof && !NEVER_FAILS.test(name))
        .map(({ name }) => `${expression}: ${name}`),
    )
    expect(others).toEqual([])
  })

  test('has the types that can be written under these OIDs', () => {
    const oids = new Map(
      servers
        .get(major)
        ?.types.flatMap(({ name, oid, arrayOid }) => [[name, oid] as const, [`_${name}`, arrayOid] as const]),
    )
    expect(TYPES.filter(([name, oid]) => oids.get(name) !== oid)).toEqual([])
    expect(TYPES).toHaveLength(44)
  })
})
