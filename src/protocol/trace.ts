import {
  BACKEND,
  decodeCommandComplete,
  decodeDataRow,
  decodeErrorFields,
  decodeParameterDescription,
  decodeParameterStatus,
  decodeReadyForQuery,
  decodeRowDescription,
} from './backend.js'
import { decodeFrontend, FRONTEND } from './frontend.js'

/** One line that a person can read for a whole frame of a client; a password is never shown. */
export function printFrontendFrame(frame: Buffer): string {
  const type = frame[0] ?? 0
  if (type === FRONTEND.password) return 'F Password (hidden)'
  const message = decodeFrontend(type, frame.subarray(5))
  const { type: name, ...fields } = message
  return `F ${name}${Object.entries(fields)
    .map(([key, value]) => ` ${key}=${printValue(value)}`)
    .join('')}`
}

function printValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printValue).join(', ')}]`
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString('utf8'))
  return value === null ? 'NULL' : JSON.stringify(value)
}

/** The same for a frame that a client receives. Process ids and secrets, which differ each time, are left out. */
export function printBackendFrame(frame: Buffer): string {
  switch (frame[0]) {
    case BACKEND.authentication:
      return `B Authentication ${frame.readInt32BE(5)}`
    case BACKEND.backendKeyData:
      return `B BackendKeyData with a secret of ${frame.length - 9} bytes`
    case BACKEND.parseComplete:
      return 'B ParseComplete'
    case BACKEND.bindComplete:
      return 'B BindComplete'
    case BACKEND.closeComplete:
      return 'B CloseComplete'
    case BACKEND.noData:
      return 'B NoData'
    case BACKEND.emptyQueryResponse:
      return 'B EmptyQueryResponse'
    case BACKEND.portalSuspended:
      return 'B PortalSuspended'
    case BACKEND.copyOutResponse:
      return 'B CopyOutResponse'
    case BACKEND.copyDone:
      return 'B CopyDone'
    case BACKEND.copyData:
      return `B CopyData ${JSON.stringify(frame.toString('utf8', 5))}`
    case BACKEND.commandComplete:
      return `B CommandComplete ${decodeCommandComplete(frame)}`
    case BACKEND.readyForQuery:
      return `B ReadyForQuery ${decodeReadyForQuery(frame)}`
    case BACKEND.parameterStatus: {
      const { name, value } = decodeParameterStatus(frame)
      return `B ParameterStatus ${name}=${value}`
    }
    case BACKEND.parameterDescription:
      return `B ParameterDescription [${decodeParameterDescription(frame).join(', ')}]`
    case BACKEND.rowDescription:
      return `B RowDescription ${decodeRowDescription(frame)
        .map((field) => `${field.name}:${field.typeOid}/${field.format}@${field.tableOid}`)
        .join(' ')}`
    case BACKEND.dataRow:
      return `B DataRow ${decodeDataRow(frame).map(printValue).join(' ')}`
    case BACKEND.errorResponse:
    case BACKEND.noticeResponse: {
      const fields = [...decodeErrorFields(frame)].filter(([field]) => field !== 'V')
      return `B ${frame[0] === BACKEND.errorResponse ? 'Error' : 'Notice'} ${fields.map(([field, text]) => `${field}=${text}`).join(' | ')}`
    }
    default:
      return `B message ${String.fromCharCode(frame[0] ?? 0)} of ${frame.length} bytes`
  }
}
