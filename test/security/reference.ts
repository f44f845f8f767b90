import { BACKEND, decodeErrorFields, decodeRowDescription } from '../../src/protocol/backend.js'
import { printReply } from './judge.js'
import type { Reply } from './wire.js'

const ROW_OID = 2249
const FIRST_OWN_OID = 16_384

/**
 * How an answer is other than what Postgres answers over views of the own rows: in columns, types, rows (in any order) or tag; for errors in
 * SQLSTATE and position. Undefined where both are the same.
 */
export function compareWithReference(answer: Reply | undefined, reference: Reply): string | undefined {
  if (answer === undefined) return 'no answer'
  const [got, wanted] = [answer, reference].map(essence)
  if (got === wanted) return undefined
  return `other than the reference\n  gateway:   ${printReply(answer)}\n  reference: ${printReply(reference)}`
}

function essence({ frames, end }: Reply): string {
  const error = frames.find((frame) => frame[0] === BACKEND.errorResponse)
  if (error !== undefined) {
    const fields = decodeErrorFields(error)
    return `error ${fields.get('C')} at ${fields.get('P') ?? 'no position'}`
  }
  const rows = frames
    .filter((frame) => frame[0] === BACKEND.dataRow)
    .map((frame) => frame.toString('latin1'))
    .sort()
  const others = frames
    .filter((frame) => frame[0] !== BACKEND.dataRow && frame[0] !== BACKEND.noticeResponse)
    .map((frame) => (frame[0] === BACKEND.rowDescription ? columnsOf(frame) : frame.toString('latin1')))
  return JSON.stringify([end, others, rows])
}

function columnsOf(frame: Buffer): string {
  const type = (oid: number): string | number => (oid === ROW_OID || oid >= FIRST_OWN_OID ? 'row' : oid)
  return decodeRowDescription(frame)
    .map((field) => [field.name, type(field.typeOid), field.typeModifier, field.format].join(' '))
    .join(', ')
}
