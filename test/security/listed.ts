import { describe, expect, test } from 'vitest'
import { isFunctionAllowed } from '../../src/plan/allow.js'
import { OPERATORS, wordsOf } from '../../src/plan/function-list.js'
import { REFUSED_FUNCTIONS_TEXT } from '../../src/plan/lists/refused-functions.js'
import { TYPE_NAMES_TEXT } from '../../src/plan/lists/type-names.js'
import { TYPE_OIDS } from '../../src/plan/type-list.js'
import { decodeErrorFields } from '../../src/protocol/backend.js'
import { encodeParse, SYNC } from '../../src/protocol/request.js'
import type { Arena, Ground } from './arena.js'
import { judge, outcomeOf, printReply } from './judge.js'
import type { Score } from './score.js'
import { queryFrame, type Reply } from './wire.js'

/** Every function, operator and type that some version has: what is not allowed is refused, wherever it stands. */
const FUNCTIONS = wordsOf(REFUSED_FUNCTIONS_TEXT).filter((word) => !word.endsWith(':'))
const ARGUMENTS = ['secret', 'id', "'x'"]
/** Rowgate answers these itself, where nothing is between their parentheses. */
const ABOUT_SESSION = /^(current_database|current_schema|pg_backend_pid|version|pg_is_in_recovery)$/

const calls = FUNCTIONS.flatMap((name, index) => {
  const count = ABOUT_SESSION.test(name) ? 1 : index % (ARGUMENTS.length + 1)
  const args = ARGUMENTS.slice(0, count).join(', ')
  return [
    `SELECT "${name}"(${args}) FROM Orders`,
    `SELECT 1 FROM Orders, pg_catalog."${name}"(secret) AS f (x)`,
  ]
})

const TYPES = wordsOf(TYPE_NAMES_TEXT)
  .flatMap((name) => [name, `_${name}`])
  .filter((name) => !TYPE_OIDS.has(name))

const casts = TYPES.flatMap((name) => [
  `SELECT secret::"${name}" FROM Orders`,
  `SELECT CAST('{}' AS pg_catalog."${name}"[]) FROM Orders`,
  `SELECT "${name}" 'x' FROM Orders`,
  `SELECT 1 FROM Orders, json_to_record('{}') AS j (x "${name}")`,
])

const CHARACTERS = [...'+-*/<>=~!@#%^&|?']
const symbols = new Set([
  ...OPERATORS,
  ...CHARACTERS,
  ...CHARACTERS.flatMap((first) => CHARACTERS.map((second) => `${first}${second}`)),
])
const operations = [...symbols].flatMap((symbol) =>
  ['divisor', 'secret', 'meta', 'created_at'].flatMap((column) => [
    `SELECT id, ${column} ${symbol} ${column} FROM Orders ORDER BY id LIMIT 3`,
    `SELECT id FROM Orders WHERE (${column} ${symbol} 'x') IS NULL ORDER BY id LIMIT 3`,
  ]),
)

const REFUSED = new Set(['42501', '42883', '42704', '42601'])
const CLASS_TIMEOUT_MS = 120_000

export function describeListed(ground: () => Ground, arena: () => Arena, score: Score): void {
  /** Sends requests on one session of each side; gives what is wrong with what came back. */
  const attack = async (
    attackClass: string,
    requests: readonly (readonly [name: string, bytes: Buffer])[],
    { refused }: { readonly refused: boolean },
  ): Promise<readonly string[]> => {
    const [a, b] = await arena().fresh(async (wire) => {
      const replies: Reply[] = []
      for (const [, bytes] of requests) replies.push(await wire.send(bytes))
      return replies
    })
    return requests.flatMap(([name, bytes], index) => {
      const [left, right] = [a[index], b[index]].map((reply) => (reply === undefined ? [] : [reply]))
      const violations = [...judge([bytes], left ?? [], right ?? [])]
      if (refused)
        violations.push(...(left ?? []).filter((reply) => !REFUSED.has(codeOf(reply))).map(printReply))
      score.add(attackClass, name, outcomeOf(left ?? []), violations.length)
      return violations.map((violation) => `${name}\n  ${violation}`)
    })
  }
  const ask = (statements: readonly string[]) => statements.map((sql) => [sql, queryFrame(sql)] as const)

  describe('everything that has a name', () => {
    test(
      'functions that are not allowed',
      async () => {
        expect(FUNCTIONS.length).toBeGreaterThan(2_000)
        expect(FUNCTIONS.filter((name) => isFunctionAllowed([name], new Set()))).toEqual([])
        expect(await attack('functions', ask(calls), { refused: true })).toEqual([])
      },
      CLASS_TIMEOUT_MS,
    )

    test(
      'types that are not allowed',
      async () => {
        expect(await attack('casts-and-types', ask(casts), { refused: true })).toEqual([])
      },
      CLASS_TIMEOUT_MS,
    )

    test(
      'types of parameters that are not allowed',
      async () => {
        const { rows } = await ground().cluster.query('SELECT oid::int FROM pg_type')
        const allowed = new Set([705, ...TYPE_OIDS.values()])
        const oids = (rows as { oid: number }[]).map(({ oid }) => oid).filter((oid) => !allowed.has(oid))
        expect(oids.length).toBeGreaterThan(500)
        const requests = oids.map(
          (oid) =>
            [
              `a parameter of type ${oid}`,
              Buffer.concat([encodeParse('', 'SELECT id FROM Orders WHERE secret = $1', [oid]), SYNC]),
            ] as const,
        )
        expect(await attack('casts-and-types', requests, { refused: true })).toEqual([])
      },
      CLASS_TIMEOUT_MS,
    )

    test(
      'operators, allowed or not',
      async () => {
        expect(await attack('operators', ask(operations), { refused: false })).toEqual([])
      },
      CLASS_TIMEOUT_MS,
    )
  })
}

function codeOf({ frames }: Reply): string {
  const error = frames.find((frame) => frame[0] === 'E'.charCodeAt(0))
  return error === undefined ? 'none' : (decodeErrorFields(error).get('C') ?? '')
}
