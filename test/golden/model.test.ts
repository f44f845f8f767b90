import { readdirSync } from 'node:fs'
import { beforeAll } from 'vitest'
import { parsePayload, payloadClaims } from '../../src/auth/payload.js'
import { compileModel } from '../../src/model/compile.js'
import type { ModelFile } from '../../src/model/definition.js'
import type { Cube, Member } from '../../src/model/model.js'
import { loadParser } from '../../src/sql/parse.js'
import { printStatement } from '../../src/sql/print/statement.js'
import type { Node } from '../../src/sql/tree.js'
import { runGolden } from '../support/golden.js'

beforeAll(loadParser)

/** Markers as a person can read them. */
function readable(text: string): string {
  return text.replaceAll(/\uE000(\w+)\uE002(\w+)\uE001/gu, '<$1 $2>')
}

function sqlOf(node: Node): string {
  const { text } = printStatement({
    SelectStmt: {
      targetList: [{ ResTarget: { val: node } }],
      limitOption: 'LIMIT_OPTION_DEFAULT',
      op: 'SETOP_NONE',
    },
  })
  return readable(text.replace(/^SELECT /, ''))
}

function fromOf(node: Node): string {
  return readable(
    printStatement({
      SelectStmt: { fromClause: [node], limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' },
    }).text.replace(/^SELECT FROM /, ''),
  )
}

function printMember(member: Member): string {
  const joined = member.joinedCubes.length > 0 ? ` joins ${member.joinedCubes.join(', ')}` : ''
  const hidden = member.public ? '' : ' hidden'
  switch (member.kind) {
    case 'dimension':
      return `  ${member.name}: ${member.type}${member.primaryKey ? ' key' : ''}${hidden} = ${sqlOf(member.sql)}${joined}`
    case 'segment':
      return `  ${member.name}: segment${hidden} = ${sqlOf(member.sql)}${joined}`
    case 'measure':
      return member.definition.kind === 'aggregate'
        ? `  ${member.name}: ${member.definition.aggregate}${hidden} of ${sqlOf(member.definition.value)}${joined}`
        : `  ${member.name}: calculated${hidden} = ${sqlOf(member.definition.expression)} from ${member.definition.parts.join(', ')}${joined}`
  }
}

function printCube(cube: Cube): string {
  const policies = (cube.policies ?? []).map(
    (policy) =>
      `  policy ${JSON.stringify({ ...policy, source: undefined }, (_key, value: unknown) => (typeof value === 'function' ? 'function' : value))}`,
  )
  return [
    `cube ${cube.name}${cube.public ? '' : ' hidden'} from ${fromOf(cube.base)}`,
    ...[...cube.members.values()].map(printMember),
    ...cube.joins.map((join) => `  join ${join.cube} ${join.relationship} on ${sqlOf(join.condition)}`),
    ...policies,
    ...cube.claimUses.map(
      (use, index) =>
        `  claim ${index}: ${use.kind} ${use.path.join('.')}${use.kind === 'filter' ? ` of ${sqlOf(use.column)}` : ''}`,
    ),
  ].join('\n')
}

/** Input: files, each after a line `== path`, before them claims as JSON if there are any. Output: the cubes, or all problems. */
function compile(input: string): string {
  const [head = '', ...parts] = input.split(/^== /m)
  const files: ModelFile[] = parts.map((part) => {
    const end = part.indexOf('\n')
    return { path: part.slice(0, end), text: part.slice(end + 1) }
  })
  const claims = payloadClaims(parsePayload(head.trim() === '' ? '{}' : head))
  const { model, warnings } = compileModel(files, claims, { projectDir: '.', environment: {} })
  return [
    ...[...model.cubes.values()].map(printCube),
    ...warnings.map((warning) => `warning ${warning.message}`),
  ].join('\n')
}

for (const file of readdirSync('test/golden/model')) runGolden(`test/golden/model/${file}`, compile)
