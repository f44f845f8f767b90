import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { BACKEND, decodeErrorFields } from '../../src/protocol/backend.js'
import {
  encodeBind,
  encodeCancelRequest,
  encodeExecute,
  encodeParse,
  SYNC,
} from '../../src/protocol/request.js'
import { createRandom, randomWalk } from '../fuzz/walk/steps.js'
import { type Gateway, token } from '../support/gateway.js'
import { type Arena, openSession } from './arena.js'
import { GENERATED_CASES } from './bytes.js'
import { NEIGHBOUR_CLAIMS } from './databases.js'
import { FIRST_PACKETS, RAW_CASES, STARTUPS } from './frames.js'
import { judge, outcomeOf, printReply } from './judge.js'
import { GENERATED_FIRST_PACKETS, GENERATED_STARTUPS } from './logins.js'
import type { Score } from './score.js'
import { logIn, openWire, queryFrame, type Reply, TIMEOUT_MS, type Wire } from './wire.js'

/** Ends the answer to bytes of which nobody can say how many ReadyForQuery they bring. */
const LAST_WORD = 'the last word of this case'
const LAST = Buffer.concat([
  SYNC,
  queryFrame(`SELECT '${LAST_WORD}'`),
  // A failed block answers nothing else.
  queryFrame('ROLLBACK'),
  queryFrame(`SELECT '${LAST_WORD}'`),
])
const WAIT_MS = 250

async function speak(wire: Wire, bytes: Buffer, waits: boolean): Promise<Reply> {
  wire.write(waits ? bytes : Buffer.concat([bytes, LAST]))
  let said = false
  return wire.gather(
    (frame) => {
      if (frame[0] === BACKEND.dataRow && frame.includes(LAST_WORD)) said = true
      return said && frame[0] === BACKEND.readyForQuery && frame.at(-1) === 'I'.charCodeAt(0)
    },
    waits ? WAIT_MS : TIMEOUT_MS,
  )
}

/** What comes back before there are frames: bytes up to the end, or to a pause. */
function exchange({ host, port }: Gateway, bytes: Buffer): Promise<{ bytes: Buffer; closed: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect({ host, port })
    const finish = (closed: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ bytes: Buffer.concat(chunks), closed })
    }
    const timer = setTimeout(() => finish(false), WAIT_MS)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', () => finish(true))
    socket.once('connect', () => socket.write(bytes))
  })
}

const withoutKey = (reply: Reply): Reply => ({
  ...reply,
  frames: reply.frames.filter((frame) => frame[0] !== BACKEND.backendKeyData),
})

const PROBE = queryFrame(
  `SELECT count(*), min(secret), 'a\\', (SELECT count(*) FROM "Users") FROM "Orders"; SHOW search_path; SHOW standard_conforming_strings; SHOW client_encoding; SHOW role`,
)

export function describeProtocol(arena: () => Arena, score: Score): void {
  describe('frames', () => {
    test.each([...RAW_CASES, ...GENERATED_CASES])('$name', async ({ name, bytes, waits }) => {
      const [a, b] = await arena().fresh((wire) => speak(wire, bytes, waits === true))
      const violations = judge([bytes], [a], [b]).filter(
        (one) => waits !== true || !one.startsWith('no end of the answer'),
      )
      score.add('frames', name, outcomeOf([a]), violations.length)
      expect(violations).toEqual([])
    })
  })

  describe('walks', () => {
    const seeds = Array.from({ length: 150 }, (_, index) => index + 1)
    test('A and B answer the same to any messages, and somebody else finds nothing', {
      timeout: 120_000,
    }, async () => {
      const [gateway] = arena().gateways
      const neighbour = await openSession(gateway, await token({ ...NEIGHBOUR_CLAIMS }))
      const wanted = printReply(await neighbour.send(PROBE))
      for (const seed of seeds) {
        const steps = randomWalk(createRandom(seed), 12)
        const bytes = Buffer.concat(steps.map((step) => step.bytes))
        const [a, b] = await arena().fresh((wire) => speak(wire, bytes, false))
        const violations = judge([bytes], [a], [b])
        score.add('walks', `seed ${seed}`, outcomeOf([a]), violations.length)
        expect(violations, steps.map(({ text }) => text).join('\n')).toEqual([])
        expect(printReply(await neighbour.send(PROBE))).toBe(wanted)
      }
      neighbour.end()
    })
  })

  describe('start-up', () => {
    test.each([...STARTUPS, ...GENERATED_STARTUPS])('%s', async (name, parameters) => {
      const { gateways, ownToken } = arena()
      const [a = [], b = []] = await Promise.all(
        gateways.map(async (gateway) => {
          const wire = await openWire(gateway)
          try {
            const login = await logIn(wire, [['user', 'ann'], ['database', 'db'], ...parameters], ownToken)
            return login.end === 'ready' ? [withoutKey(login), await wire.send(PROBE)] : [withoutKey(login)]
          } finally {
            wire.end()
          }
        }),
      )
      const sent = [Buffer.from(parameters.flat().join(' '))]
      const violations = judge(sent, a, b).filter((one) => !one.startsWith('a parameter of the upstream'))
      score.add('start-up', name, outcomeOf(a), violations.length)
      expect(violations).toEqual([])
    })

    test.each([...FIRST_PACKETS, ...GENERATED_FIRST_PACKETS])('first packet: %s', async (name, bytes) => {
      const [a, b] = await Promise.all(arena().gateways.map((gateway) => exchange(gateway, bytes)))
      const same = a !== undefined && b !== undefined && a.closed === b.closed && a.bytes.equals(b.bytes)
      score.add('start-up', name, 'refused', same ? 0 : 1)
      expect(a).toEqual(b)
      expect(a?.bytes.includes('SECRET')).toBe(false)
    })
  })

  describe('of somebody else', () => {
    const withBoth = async (
      gateway: Gateway,
      work: (neighbour: Wire, attacker: Wire) => Promise<void>,
    ): Promise<void> => {
      const neighbour = await openSession(gateway, await token({ ...NEIGHBOUR_CLAIMS }))
      const attacker = await openSession(gateway, arena().ownToken)
      try {
        await work(neighbour, attacker)
      } finally {
        neighbour.end()
        attacker.end()
      }
    }
    const codes = (reply: Reply): readonly (string | undefined)[] =>
      reply.frames
        .filter((frame) => frame[0] === BACKEND.errorResponse)
        .map((frame) => decodeErrorFields(frame).get('C'))

    test('prepared statements cannot be used', async () => {
      await withBoth(arena().gateways[0], async (neighbour, attacker) => {
        await neighbour.send(queryFrame('PREPARE mine AS SELECT secret FROM "Orders"'))
        await neighbour.send(Buffer.concat([encodeParse('theirs', 'SELECT secret FROM "Orders"', []), SYNC]))
        for (const name of ['mine', 'theirs']) {
          expect(codes(await attacker.send(queryFrame(`EXECUTE ${name}`)))).toEqual(['26000'])
          const bound = encodeBind({
            portal: '',
            statement: name,
            parameterFormats: [],
            values: [],
            resultFormats: [],
          })
          const reply = await attacker.send(Buffer.concat([bound, encodeExecute('', 0), SYNC]))
          expect(codes(reply)).toEqual(['26000'])
        }
      })
    })

    test('held cursors cannot be read', async () => {
      await withBoth(arena().gateways[0], async (neighbour, attacker) => {
        await neighbour.send(
          queryFrame('BEGIN; DECLARE held CURSOR WITH HOLD FOR SELECT secret FROM "Orders"; COMMIT'),
        )
        for (const sql of [
          'FETCH ALL FROM held',
          'BEGIN; SELECT 1; FETCH ALL FROM held',
          'ROLLBACK; CLOSE held',
        ])
          expect(codes(await attacker.send(queryFrame(sql)))).toEqual(['34000'])
        expect(codes(await attacker.send(queryFrame('SELECT name FROM pg_cursors')))).toEqual([])
      })
    })

    test('sessions are not shown and cannot be ended', async () => {
      await withBoth(arena().gateways[0], async (neighbour, attacker) => {
        await neighbour.send(queryFrame(`SELECT 'something of the neighbour', secret FROM "Orders" LIMIT 1`))
        const pid = (await neighbour.send(queryFrame('SELECT pg_backend_pid()'))).frames
          .find((frame) => frame[0] === BACKEND.dataRow)
          ?.toString('latin1')
          .match(/\d+$/)?.[0]
        const shown = await attacker.send(queryFrame('SELECT * FROM pg_stat_activity'))
        expect(printReply(shown)).not.toContain('something of the neighbour')
        const count = await attacker.send(
          queryFrame(`SELECT count(*) FROM pg_stat_activity WHERE pid = ${pid}`),
        )
        expect(
          count.frames
            .find((frame) => frame[0] === BACKEND.dataRow)
            ?.toString('latin1')
            .at(-1),
        ).toBe('0')
        for (const verb of ['pg_terminate_backend', 'pg_cancel_backend'])
          await attacker.send(queryFrame(`SELECT ${verb}(${pid})`))
        expect(outcomeOf([await neighbour.send(queryFrame('SELECT count(*) FROM "Orders"'))])).toBe(
          'answered',
        )
      })
    })

    test('settings do not change how literals are read', async () => {
      await withBoth(arena().gateways[0], async (neighbour, attacker) => {
        const sql = `SELECT count(*) AS mine, date '01/02/2025' AS day, timestamptz '2025-01-01 00:00' AT TIME ZONE 'UTC' AS moment FROM "Users"`
        // More often than there are connections, so that each of them has seen the statement.
        for (let attempt = 0; attempt < 4; attempt += 1) {
          await attacker.send(queryFrame(`SET DateStyle = 'ISO, DMY'; SET TimeZone = 'Asia/Tokyo'; ${sql}`))
          const row = (await neighbour.send(queryFrame(sql))).frames.find(
            (frame) => frame[0] === BACKEND.dataRow,
          )
          expect(row?.toString('latin1')).toContain('2025-01-02')
          expect(row?.toString('latin1')).toContain('2025-01-01 00:00:00')
        }
      })
    })

    test('now is now, in each transaction', async () => {
      const ask = async (): Promise<readonly string[]> => {
        const [reply] = await arena().fresh((wire) =>
          wire.send(
            queryFrame(`SELECT timestamptz 'now' = now(), 'now'::timestamptz = now(), now() = 'now' AS also`),
          ),
        )
        return [printReply(reply)]
      }
      const first = await ask()
      expect(first[0]).toContain('DataRow "t" "t" "t"')
      for (let attempt = 0; attempt < 4; attempt += 1) expect(await ask()).toEqual(first)
    })

    test('statements cannot be cancelled without their key', async () => {
      const [gateway] = arena().gateways
      const neighbour = await openWire(gateway)
      const login = await logIn(
        neighbour,
        [
          ['user', 'ann'],
          ['database', 'db'],
        ],
        await token({ ...NEIGHBOUR_CLAIMS }),
      )
      const key = login.frames.find((frame) => frame[0] === BACKEND.backendKeyData)
      expect(key).toBeDefined()
      const answer = neighbour.send(
        queryFrame('SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 4) b'),
      )
      const processId = key?.readInt32BE(5) ?? 0
      const guesses = [
        Buffer.alloc(4),
        Buffer.alloc(4, 0xff),
        Buffer.alloc(32),
        key?.subarray(9, 12) ?? Buffer.alloc(4),
      ]
      for (const guess of guesses) {
        const padded = guess.length < 4 ? Buffer.concat([guess, Buffer.from([(key?.[12] ?? 0) ^ 1])]) : guess
        await exchange(gateway, encodeCancelRequest(processId, padded))
      }
      expect(outcomeOf([await answer])).toBe('answered')
      neighbour.end()
    })
  })
}
