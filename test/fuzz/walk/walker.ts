import { BACKEND, decodeErrorFields, decodeRowDescription } from '../../../src/protocol/backend.js'
import { SYNC } from '../../../src/protocol/request.js'
import { printBackendFrame } from '../../../src/protocol/trace.js'
import { queryFrame, type Reply, TIMEOUT_MS, type Wire } from '../../security/wire.js'
import type { Step } from './steps.js'

/** Ends the answer to messages of which nobody can say how many ReadyForQuery they bring. */
const LAST_WORD = 'the last word of this walk'
const LAST = Buffer.concat([
  SYNC,
  queryFrame(`SELECT '${LAST_WORD}'`),
  queryFrame(`ROLLBACK`),
  queryFrame(`SELECT '${LAST_WORD}'`),
])

/** Sends all messages at once, in the given portions, and gathers what comes back. */
export async function walk(wire: Wire, steps: readonly Step[]): Promise<Reply> {
  wire.write(Buffer.concat([...steps.map(({ bytes }) => bytes), LAST]))
  let said = false
  return wire.gather((frame) => {
    if (frame[0] === BACKEND.dataRow && frame.includes(LAST_WORD)) said = true
    return said && frame[0] === BACKEND.readyForQuery && frame[5] === 0x49
  }, TIMEOUT_MS)
}

/** A walk's answer in lines that must be the same from Postgres and from the gateway. */
export function printWalk({ frames, end }: Reply): readonly string[] {
  const lines = [...frames.filter((frame) => frame[0] !== BACKEND.parameterStatus).map(printEssence), end]
  // An error may be found at an earlier message of the same statement; 01000 is about portals of a block that failed.
  const kept: string[] = []
  for (const line of lines) {
    if (line === 'Notice 01000') continue
    if (line.startsWith('Error'))
      while (/^(?:B (?:ParseComplete|BindComplete|NoData|ParameterD)|RowDescription)/.test(kept.at(-1) ?? ''))
        kept.pop()
    kept.push(line)
  }
  return kept
}

/** Table OIDs, wording and positions of errors are not compared: other tests do. */
function printEssence(frame: Buffer): string {
  switch (frame[0]) {
    case BACKEND.errorResponse:
    case BACKEND.noticeResponse: {
      const fields = decodeErrorFields(frame)
      return `${frame[0] === BACKEND.errorResponse ? 'Error' : 'Notice'} ${fields.get('C')}`
    }
    case BACKEND.rowDescription:
      return `RowDescription ${decodeRowDescription(frame)
        .map(({ name, typeOid, typeModifier, format }) => `${name}:${typeOid}(${typeModifier})/${format}`)
        .join(' ')}`
    default:
      return printBackendFrame(frame)
  }
}

/** Where the gateway answers other than Postgres, with the lines around it; undefined if it answers the same, or means to differ. */
export function firstDifference(got: readonly string[], wanted: readonly string[]): string | undefined {
  const index = got.findIndex((line, at) => line !== wanted[at])
  const at = index >= 0 ? index : got.length < wanted.length ? got.length : -1
  if (at < 0 || isMeant(got.slice(0, at + 1), wanted.slice(0, at + 3))) return undefined
  const around = (lines: readonly string[]): string => lines.slice(Math.max(0, at - 3), at + 4).join('\n    ')
  return `  gateway:\n    ${around(got)}\n  Postgres:\n    ${around(wanted)}`
}

/** Errors that the gateway finds at Parse or Bind where Postgres finds them later, or not at all. */
const FOUND_EARLIER = /^Error (?:0A000|34000|42P03|42P05|25001)$/

function isMeant(got: readonly string[], wanted: readonly string[]): boolean {
  const [line = '', other = ''] = [got.at(-1), wanted[got.length - 1]]
  if (got.some((earlier) => FOUND_EARLIER.test(earlier))) return true
  // A Query in an open pipeline ends it here, and leaves a block in Postgres that nothing but errors comes of.
  if (line === 'B ReadyForQuery I' && other === 'B ReadyForQuery T') return true
  return wanted.includes('Error XX000')
}

/** Leaves out steps as long as the walk still fails, so that a person can read what is left. */
export async function shrink(
  steps: readonly Step[],
  fails: (steps: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[]> {
  let kept = steps
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length; ) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)]
      if (fewer.length < kept.length && (await fails(fewer))) kept = fewer
      else at += size
    }
  }
  return kept
}
