import { parseArgs } from 'node:util'
import { measurePlanning } from './planning.mjs'
import { residentMiB, rest, startLoad } from './process.mjs'
import { printReport } from './report.mjs'
import { runRounds } from './rounds.mjs'
import { STATEMENTS } from './statements.mjs'
import { startTargets } from './targets.mjs'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    // Folder for a processor profile of the gateway; profiling makes it slower.
    profile: { type: 'string' },
  },
})
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5))
const sliceMs = values.quick ? 100 : 350
const SESSIONS = 200

process.stderr.write('starting Postgres and what stands before it …\n')
const running = await startTargets({ profileDir: values.profile })
const load = startLoad()
try {
  const { gateway, targets, versions } = running
  /** Memory with so many sessions. @param {number} sessions */
  const memoryWith = async (sessions) => {
    await load.perform({ kind: 'open', address: gateway.address, sql: STATEMENTS.point.cube, sessions })
    await rest(gateway.pid)
    return residentMiB(gateway.pid)
  }
  const one = await memoryWith(1)
  const many = await memoryWith(SESSIONS - 1)
  await load.perform({ kind: 'close' })
  await rest(gateway.pid)

  const results = await runRounds({ targets, load, rounds, sliceMs })
  await rest(gateway.pid)
  const after = residentMiB(gateway.pid)
  process.stderr.write('planning …\n')
  const planning = await measurePlanning({ times: values.quick ? 5 : 30 })
  const names = targets.map(({ name }) => name)
  const memory = { one, many, after }
  process.stdout.write(`${printReport(results, names, { versions, rounds, memory, planning })}\n`)
} finally {
  load.stop()
  await running.stop()
}
