import { BACKEND, decodeDataRow, decodeErrorFields } from '../protocol/backend.js'

/** The frames of an answer, in order. */
export function* framesOf(bytes: Buffer): Generator<Buffer> {
  for (let offset = 0; offset + 5 <= bytes.length; ) {
    const end = offset + 1 + bytes.readInt32BE(offset + 1)
    yield bytes.subarray(offset, end)
    offset = end
  }
}

/** The rows that scripts of the engine's own gave. @throws Error if one failed: that is a defect */
export function readRows(bytes: Buffer): readonly (readonly (string | null)[])[] {
  const rows: (readonly (string | null)[])[] = []
  for (const frame of framesOf(bytes)) {
    if (frame[0] === BACKEND.errorResponse)
      throw new Error(`the catalog refused a script of its own: ${decodeErrorFields(frame).get('M')}`)
    if (frame[0] === BACKEND.dataRow)
      rows.push(decodeDataRow(frame).map((value) => value?.toString('utf8') ?? null))
  }
  return rows
}
