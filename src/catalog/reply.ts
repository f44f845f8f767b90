import {
  BACKEND,
  decodeCommandComplete,
  decodeErrorFields,
  decodeParameterDescription,
  decodeReadyForQuery,
} from '../protocol/backend.js'
import type { ErrorFields } from '../protocol/message.js'
import { framesOf } from './script.js'
import { SIGNAL_CODE } from './setup.js'

/** A client's statement failed as it would on any Postgres. */
export class CatalogError extends Error {
  readonly fields: ErrorFields
  constructor(fields: ErrorFields) {
    super(fields.get('M') ?? 'error in the catalog')
    this.fields = fields
  }
}

/** What a client asked to be done to one of its own sessions. */
export interface Signal {
  readonly verb: 'cancel' | 'terminate'
  readonly processId: number
}

export interface CatalogReply {
  readonly parameterOids: readonly number[]
  /** Undefined for a statement without a result. */
  readonly rowDescription: Buffer | undefined
  /** DataRow frames; of COPY the CopyOutResponse, CopyData and CopyDone frames. */
  readonly rows: readonly Buffer[]
  /** Of CommandComplete; empty if the statement was only described. */
  readonly tag: string
  readonly signals: readonly Signal[]
  /** How much it holds. */
  readonly bytes: number
}

/** Which ReadyForQuery of an answer ends the client's part: the first is that of entering, the last that of leaving. */
const PARTS = 3

/**
 * Reads an answer to entering, a client's messages, and leaving.
 *
 * @throws CatalogError if the client's part failed; Error if another did
 */
export function readReply(bytes: Buffer): CatalogReply {
  let parameterOids: readonly number[] = []
  let rowDescription: Buffer | undefined
  let tag = ''
  let failure: ErrorFields | undefined
  const rows: Buffer[] = []
  const signals: Signal[] = []
  let part = 0
  for (const frame of framesOf(bytes)) {
    const type = frame[0]
    if (type === BACKEND.readyForQuery) {
      part += 1
      if (part === PARTS && decodeReadyForQuery(frame) !== 'I')
        throw new Error('the catalog is left in a transaction')
      continue
    }
    if (type === BACKEND.errorResponse) {
      const fields = decodeErrorFields(frame)
      if (part !== 1) throw new Error(`the catalog refused a script of its own: ${fields.get('M')}`)
      failure ??= fields
    }
    if (part !== 1) continue
    switch (type) {
      case BACKEND.parameterDescription:
        parameterOids = decodeParameterDescription(frame)
        break
      case BACKEND.rowDescription:
        rowDescription = frame
        break
      case BACKEND.dataRow:
      case BACKEND.copyOutResponse:
      case BACKEND.copyData:
      case BACKEND.copyDone:
        rows.push(frame)
        break
      case BACKEND.commandComplete:
        tag = decodeCommandComplete(frame)
        break
      case BACKEND.noticeResponse:
        signals.push(...signalsOf(decodeErrorFields(frame)))
        break
    }
  }
  if (part !== PARTS) throw new Error(`the catalog answered ${part} of ${PARTS} parts`)
  if (failure !== undefined) throw new CatalogError(failure)
  return { parameterOids, rowDescription, rows, tag, signals, bytes: bytes.byteLength }
}

function signalsOf(fields: ErrorFields): readonly Signal[] {
  const match = /^(cancel|terminate) (\d+)$/.exec(
    fields.get('C') === SIGNAL_CODE ? (fields.get('M') ?? '') : '',
  )
  if (match === null) return []
  return [{ verb: match[1] === 'cancel' ? 'cancel' : 'terminate', processId: Number(match[2]) }]
}
