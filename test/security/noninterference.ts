import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Major } from '../support/cluster.js'
import { type Arena, type Ground, type Mode, openArena, openGround } from './arena.js'
import { type Attack, readAttacks } from './attack-file.js'
import { describeCatalog } from './catalog.js'
import { describeClaims } from './claims.js'
import { describeControl } from './control.js'
import { fingerprint } from './databases.js'
import { describeListed } from './listed.js'
import { nestedAttacks } from './nesting.js'
import { describePrepared } from './prepared.js'
import { describeProtocol } from './protocol.js'
import { randomConditions } from './random-conditions.js'
import { createScore } from './score.js'

const FOLDER = 'test/security/attacks'
const CLASS_TIMEOUT_MS = 120_000
const ENVIRONMENT = {
  // Few enough that everybody's sessions take turns on the same ones.
  ROWGATE_UPSTREAM_CONNECTIONS_MAX: '2',
  // What only ends because its time is up shall not take long.
  ROWGATE_STATEMENT_TIMEOUT_MS: '2500',
}
/** Classes whose statements only read, and so can be asked over views of the own rows too. */
const REFERENCED = new Set([
  'casts-and-types',
  'conditions',
  'errors',
  'grammar',
  'hooks',
  'leaky-predicates',
  'mistakes',
  'operators',
  'plan-time-statistics',
  'scopes',
])
/** What Postgres has not, or answers about itself. */
const BEYOND_REFERENCE = /\b(?:measure|aggregate|explain)\b|\b(?:user|people)\b|pg_|reg|::(?:oid|name)\b/i
/** Numbers that PostgreSQL 15 does not read. */
const LATER_NUMBERS = /\b0[xob][0-9a-f]|[0-9]_[0-9]/i
/** Classes after whose attacks somebody else asks whether their session is what it was. */
const STATEFUL = new Set(['session-state', 'multi-statement', 'catalog', 'functions', 'statements'])

const classes = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.sql'))
  .map((name) => name.slice(0, -'.sql'.length))

/**
 * Noninterference: two databases differ only in what the attacker must not see, so whatever is sent through Rowgate must be answered with
 * the same bytes from both. What an attack is answered is not pinned.
 */
export function describeNoninterference(major: Major): void {
  const score = createScore()
  let ground: Ground
  let arena: Arena
  let before: unknown

  const fingerprints = (): Promise<unknown> =>
    Promise.all([fingerprint(ground.databases.a), fingerprint(ground.databases.b)])

  beforeAll(async () => {
    ground = await openGround({ major })
    arena = await openArena(ground, ENVIRONMENT)
    before = await fingerprints()
  })

  afterAll(async () => {
    await arena?.stop()
    await ground?.cluster.stop()
    process.stdout.write(`\nPostgreSQL ${major}\n${score.table()}\n`)
  })

  async function run(attackClass: string, attack: Attack, mode: Mode): Promise<readonly string[]> {
    const text = attack.texts.join(' ; ')
    const round = await arena.attack(attack, mode, {
      neighbour: STATEFUL.has(attackClass) && mode === 'simple',
      reference:
        REFERENCED.has(attackClass) &&
        !BEYOND_REFERENCE.test(text) &&
        !(major === 15 && LATER_NUMBERS.test(text)),
    })
    const violations = [...round.violations]
    if (round.fromReference !== undefined && round.outcome === 'answered')
      violations.push(round.fromReference)
    score.add(attackClass, attack.name, round.outcome, violations.length)
    return violations.map((violation) => `${attack.name} (${mode}): ${text}\n  ${violation}`)
  }

  async function runAll(
    attackClass: string,
    attacks: readonly Attack[],
    mode: Mode,
  ): Promise<readonly string[]> {
    const violations: string[] = []
    for (const attack of attacks) violations.push(...(await run(attackClass, attack, mode)))
    return violations
  }

  describe.each(classes)('%s', (attackClass) => {
    const attacks = readAttacks(`${FOLDER}/${attackClass}.sql`)
    test.each(['simple', 'extended'] as const)(
      'A and B answer the same in the %s protocol',
      async (mode) => {
        expect(await runAll(attackClass, attacks, mode)).toEqual([])
      },
      CLASS_TIMEOUT_MS,
    )
  })

  test(
    'conditions at random',
    async () => {
      const violations: string[] = []
      for (const attack of randomConditions(400, 7)) {
        const round = await arena.attack(attack, 'simple', { reference: true })
        const found = [
          ...round.violations,
          ...(round.fromReference === undefined ? [] : [round.fromReference]),
        ]
        score.add('random-conditions', attack.name, round.outcome, found.length)
        violations.push(...found.map((violation) => `${attack.texts.join(' ; ')}\n  ${violation}`))
      }
      expect(violations).toEqual([])
    },
    CLASS_TIMEOUT_MS,
  )

  describe('a cube in every position', () => {
    const attacks = nestedAttacks()
    test.each([
      ['once', 'simple', attacks.once],
      ['once', 'extended', attacks.once],
      ['once', 'binary', attacks.once],
      ['twice', 'extended', attacks.twice],
    ] as const)(
      'nested %s, %s',
      async (_depth, mode, nested) => {
        const violations: string[] = []
        for (const attack of nested) {
          const round = await arena.attack(attack, mode, { reference: true })
          const found = [
            ...round.violations,
            ...(round.fromReference === undefined ? [] : [round.fromReference]),
          ]
          score.add('nesting', attack.name, round.outcome, found.length)
          violations.push(...found.map((violation) => `${attack.texts.join(' ; ')}\n  ${violation}`))
        }
        expect(violations).toEqual([])
      },
      CLASS_TIMEOUT_MS,
    )
  })

  describeProtocol(() => arena, score)
  describePrepared(() => arena, score)
  describeClaims(() => arena, score)
  describeListed(
    () => ground,
    () => arena,
    score,
  )
  describeCatalog(
    () => ground,
    () => arena,
  )
  describeControl(() => ground)

  test('nothing was changed', async () => {
    expect(await fingerprints()).toEqual(before)
  })

  test('no gateway met an error of its own', () => {
    const lines = arena.gateways.flatMap((gateway) =>
      gateway
        .log()
        .split('\n')
        .filter((line) => /"event":"internal_error"/.test(line)),
    )
    expect(lines).toEqual([])
  })
}
