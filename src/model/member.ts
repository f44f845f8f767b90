import { type Diagnostic, PgError } from '../errors.js'
import type { Node } from '../sql/tree.js'
import type { Definition } from './definition.js'
import { compileDimensionSql, DIMENSION_TYPES } from './dimension.js'
import { compileExpression, type FragmentScope } from './fragment.js'
import { DIMENSION_KEYS, isPublic, MEASURE_KEYS, readProperties, SEGMENT_KEYS } from './keys.js'
import { parseMarker, printMarker } from './marker.js'
import { AGGREGATES, CALCULATED_TYPES, compileContribution } from './measure.js'
import { namedEntries } from './merge.js'
import type { Aggregate, Dimension, Measure, MeasureDefinition, Member } from './model.js'
import { MemberProblem } from './problem.js'
import type { ReferenceTable } from './reference.js'

export interface MemberCompiler {
  /** Every member in declaration order; problems are reported. */
  all(): ReadonlyMap<string, Member>
  /** The tree that a reference stands for. @throws MemberProblem */
  reference(path: readonly string[], joined: Set<string>): Node
}

interface MemberDeps {
  readonly definition: Definition
  readonly byName: ReadonlyMap<string, Definition>
  readonly table: ReferenceTable
  readonly report: (diagnostic: Diagnostic) => void
  readonly scope: (joined: Set<string>) => FragmentScope
}

const KINDS = [
  ['dimension', 'dimensions', DIMENSION_KEYS],
  ['measure', 'measures', MEASURE_KEYS],
  ['segment', 'segments', SEGMENT_KEYS],
] as const

export function createMemberCompiler({ definition, byName, report, scope }: MemberDeps): MemberCompiler {
  const running: string[] = []

  const entriesOf = (cube: string) => {
    const body = byName.get(cube)?.body ?? {}
    return KINDS.flatMap(([kind, list, keys]) =>
      namedEntries(body[list]).map(([name, entry]) => ({ kind, list, keys, name, entry })),
    )
  }
  const find = (cube: string, name: string) => entriesOf(cube).find((entry) => entry.name === name)
  const scopeFor = (cube: string, joined: Set<string>): FragmentScope => ({
    ...scope(joined),
    cube,
    member: (path) => reference(path, joined, cube),
  })

  /** The properties without reporting again what is reported once where the member is compiled. */
  const properties = (cube: string, name: string): ReadonlyMap<string, unknown> => {
    const found = find(cube, name)
    const owner = byName.get(cube)
    if (found === undefined || owner === undefined)
      throw new MemberProblem(`there is no member "${cube}.${name}"`, 'Name a member of the model.')
    return readProperties(found.entry, found.keys, { definition: owner, path: [], report: () => undefined })
  }

  const guarded = <T>(key: string, work: () => T): T => {
    if (running.includes(key)) {
      throw new MemberProblem(
        `"${key}" refers to itself: ${[...running, key].join(' → ')}`,
        'Break the circle.',
      )
    }
    running.push(key)
    try {
      return work()
    } finally {
      running.pop()
    }
  }

  function reference(path: readonly string[], joined: Set<string>, from: string = definition.name): Node {
    const [cube = '', name] = path.length === 1 ? [from, path[0]] : path
    if (name === undefined || path.length > 2 || !byName.has(cube)) {
      throw new MemberProblem(
        `"${path.join('.')}" names neither a member nor a cube`,
        'Check the spelling; ${CUBE} is the cube itself.',
      )
    }
    const found = find(cube, name)
    if (found === undefined)
      throw new MemberProblem(
        `there is no member "${name}" in "${cube}"`,
        `Declare it, or write \${CUBE}.${name} for a column of the table.`,
      )
    if (cube !== definition.name) joined.add(cube)
    return guarded(`${cube}.${name}`, () => {
      const inner = scopeFor(cube, joined)
      switch (found.kind) {
        case 'dimension':
          return compileDimensionSql(name, properties(cube, name), inner)
        case 'segment':
          return compileExpression(String(properties(cube, name).get('sql')), inner)
        case 'measure':
          if (cube !== definition.name) {
            throw new MemberProblem(
              `the measure "${cube}.${name}" belongs to another cube`,
              'Calculate with measures of the same cube, or join grouped queries in SQL.',
            )
          }
          return {
            ColumnRef: { fields: [{ String: { sval: printMarker({ kind: 'measure', value: name }) } }] },
          }
      }
    })
  }

  function measureDefinition(name: string, joined: Set<string>): MeasureDefinition {
    const found = properties(definition.name, name)
    const type = String(found.get('type') ?? '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const inner = scopeFor(definition.name, joined)
    if (AGGREGATES.includes(type as Aggregate)) {
      return {
        kind: 'aggregate',
        aggregate: type as Aggregate,
        value: compileContribution(name, type as Aggregate, found, inner),
      }
    }
    if (!CALCULATED_TYPES.includes(type)) {
      throw new MemberProblem(
        `the measure "${name}" has the type "${type}", which is not supported`,
        `Use ${[...AGGREGATES, 'number'].join(', ')}.`,
      )
    }
    const expression = compileExpression(String(found.get('sql') ?? ''), inner)
    const parts = new Set<string>()
    const inlined = inline(expression, name, joined, parts)
    if (parts.size === 0) {
      throw new MemberProblem(
        `the measure "${name}" of type ${type} refers to no measure`,
        'Make a measure of type sum, count, … of each aggregate, and calculate with these.',
      )
    }
    return { kind: 'calculated', expression: inlined, parts: [...parts] }
  }

  /** Puts the expressions of calculated measures into one another, until only aggregates are left. */
  function inline(node: Node, owner: string, joined: Set<string>, parts: Set<string>): Node {
    const replace = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(replace)
      if (value === null || typeof value !== 'object') return value
      if ('ColumnRef' in value) {
        const name = markedMeasure(value as Extract<Node, { ColumnRef: unknown }>)
        if (name === undefined) {
          throw new MemberProblem(
            `the measure "${owner}" mixes columns with measures`,
            'Make a measure of type sum, count, … of the column.',
          )
        }
        const inner = guarded(`${definition.name}.${name}`, () => measureDefinition(name, joined))
        if (inner.kind === 'calculated') {
          for (const part of inner.parts) parts.add(part)
          return inner.expression
        }
        parts.add(name)
        return value
      }
      return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, replace(child)]))
    }
    return replace(node) as Node
  }

  function compileMember(
    kind: Member['kind'],
    name: string,
    found: ReadonlyMap<string, unknown>,
    line: number,
  ): Member {
    const joined = new Set<string>()
    const text = (key: string): string | undefined =>
      found.get(key) === undefined ? undefined : String(found.get(key))
    const facts = {
      name,
      title: text('title'),
      description: text('description'),
      public: isPublic(found),
      source: { file: definition.file, line },
    }
    const inner = scopeFor(definition.name, joined)
    const key = `${definition.name}.${name}`
    switch (kind) {
      case 'dimension': {
        const type = String(found.get('type') ?? '')
        if (!DIMENSION_TYPES.includes(type as Dimension['type'])) {
          throw new MemberProblem(
            `the dimension "${name}" has the type "${type}", which is unknown`,
            `Use ${DIMENSION_TYPES.join(', ')}.`,
          )
        }
        const sql = guarded(key, () => compileDimensionSql(name, found, inner))
        return {
          ...facts,
          kind,
          type: type as Dimension['type'],
          primaryKey: found.get('primaryKey') === true,
          sql,
          joinedCubes: [...joined],
        }
      }
      case 'segment': {
        if (found.get('sql') === undefined)
          throw new MemberProblem(`the segment "${name}" has no sql`, 'Write sql with a condition.')
        const sql = guarded(key, () => compileExpression(String(found.get('sql')), inner))
        return { ...facts, kind, sql, joinedCubes: [...joined] }
      }
      case 'measure': {
        const measure = guarded(key, () => measureDefinition(name, joined))
        return { ...facts, kind, definition: measure, joinedCubes: [...joined] } satisfies Measure
      }
    }
  }

  return {
    reference,
    all() {
      const members = new Map<string, Member>()
      const folded = new Set<string>()
      for (const { kind, list, keys, name, entry } of entriesOf(definition.name)) {
        const line = definition.lineOf([list, name])
        const problem = (message: string, fix: string): void =>
          report({ file: definition.file, line, column: 0, message, fix })
        if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.length > 60) {
          problem(
            `"${name}" cannot be the name of a ${kind}`,
            'Use letters, digits and _, 60 of them at most.',
          )
          continue
        }
        if (folded.has(name.toLowerCase()))
          problem(
            `"${name}" is declared twice in "${definition.name}"`,
            'Give each member a name of its own.',
          )
        folded.add(name.toLowerCase())
        const found = readProperties(entry, keys, { definition, path: [list, name], report })
        try {
          members.set(name, compileMember(kind, name, found, line))
        } catch (thrown) {
          if (thrown instanceof MemberProblem) problem(thrown.message, thrown.fix)
          else if (thrown instanceof PgError)
            problem(`${kind} "${name}": ${thrown.message}`, thrown.hint ?? 'Mend the SQL of this member.')
          else throw thrown
        }
      }
      return members
    },
  }
}

function markedMeasure(node: Extract<Node, { ColumnRef: unknown }>): string | undefined {
  const [field, ...others] = node.ColumnRef.fields ?? []
  if (field === undefined || others.length > 0 || !('String' in field)) return undefined
  const marker = parseMarker(field.String.sval ?? '')
  return marker?.kind === 'measure' ? marker.value : undefined
}
