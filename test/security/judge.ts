import { BACKEND, decodeErrorFields, decodeParameterStatus } from '../../src/protocol/backend.js'
import { printBackendFrame } from '../../src/protocol/trace.js'
import { FOREIGN_MARKER, UPSTREAM_NAME } from './databases.js'
import type { Reply } from './wire.js'

/** Fields of an error that a client may read: severity, code, message, detail, hint, position. */
const ERROR_FIELDS = new Set(['S', 'V', 'C', 'M', 'D', 'H', 'P'])
const PARAMETERS = new Set(['application_name', 'DateStyle', 'IntervalStyle', 'TimeZone'])

export type Outcome = 'answered' | 'refused'

export function outcomeOf(replies: readonly Reply[]): Outcome {
  const refused = replies.some(
    ({ frames, end }) => end !== 'ready' || frames.some((frame) => frame[0] === BACKEND.errorResponse),
  )
  return refused ? 'refused' : 'answered'
}

/** Everything that is wrong with what two sides answered to the same bytes; nothing, if all is well. */
export function judge(sent: readonly Buffer[], a: readonly Reply[], b: readonly Reply[]): readonly string[] {
  return [
    ...differences(a, b),
    ...[...new Set([a, b].flatMap((replies) => replies.flatMap((reply) => faults(sent, reply))))],
  ]
}

function differences(a: readonly Reply[], b: readonly Reply[]): readonly string[] {
  const [left, right] = [a, b].map((replies) => replies.map(printReply))
  const index = (left ?? []).findIndex((text, at) => text !== right?.[at])
  if (index < 0 && a.length === b.length && sameBytes(a, b)) return []
  return [`A and B differ\n  A: ${left?.[index] ?? left}\n  B: ${right?.[index] ?? right}`]
}

function sameBytes(a: readonly Reply[], b: readonly Reply[]): boolean {
  return a.every(({ frames, end }, index) => {
    const other = b[index]
    return (
      other !== undefined && end === other.end && Buffer.concat(frames).equals(Buffer.concat(other.frames))
    )
  })
}

const PRINTED_CHARACTERS_MAX = 600

export function printReply({ frames, end }: Reply): string {
  const text = frames.map(printBackendFrame).join(' ; ')
  return `${end}: ${text.length > PRINTED_CHARACTERS_MAX ? `${text.slice(0, PRINTED_CHARACTERS_MAX)}… (${frames.length} frames)` : text}`
}

/** What no reply may hold, whatever was asked. */
function faults(sent: readonly Buffer[], { frames, end }: Reply): readonly string[] {
  const asked = Buffer.concat([...sent])
    .toString('latin1')
    .toLowerCase()
    .replace(/[\\!](?:\+00)?00([2-7][0-9a-f])/g, (_escape, code) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
  const bytes = Buffer.concat([...frames]).toString('latin1')
  const named = (pattern: RegExp): readonly string[] =>
    (bytes.match(pattern) ?? []).filter((match) => !asked.includes(match.toLowerCase()))
  const found: string[] = []
  const [marker] = named(FOREIGN_MARKER)
  if (marker !== undefined) found.push(`a foreign value: ${marker}`)
  const [name] = named(UPSTREAM_NAME)
  if (name !== undefined) found.push(`a name of the upstream: ${name} in ${printReply({ frames, end })}`)
  if (end === 'silent') found.push(`no end of the answer: ${printReply({ frames, end })}`)
  return [...found, ...frames.flatMap(frameFaults)]
}

function frameFaults(frame: Buffer): readonly string[] {
  switch (frame[0]) {
    case BACKEND.errorResponse:
    case BACKEND.noticeResponse: {
      const fields = decodeErrorFields(frame)
      const beyond = [...fields.keys()].filter((field) => !ERROR_FIELDS.has(field))
      return [
        ...(fields.get('M') === 'internal error' ? [`an internal error: ${printBackendFrame(frame)}`] : []),
        ...(beyond.length > 0 ? [`error fields ${beyond.join(', ')}: ${printBackendFrame(frame)}`] : []),
      ]
    }
    case BACKEND.parameterStatus:
      return PARAMETERS.has(decodeParameterStatus(frame).name)
        ? []
        : [`a parameter of the upstream: ${printBackendFrame(frame)}`]
    case BACKEND.notificationResponse:
    case BACKEND.copyInResponse:
      return [`a message that nobody asked for: ${printBackendFrame(frame)}`]
    default:
      return []
  }
}
