import type { ErrorFields, FieldDescription, TransactionStatus } from './message.js'
import { createBodyReader } from './reader.js'
import { cstring, encodeMessage, int16, int32 } from './writer.js'

const code = (letter: string): number => letter.charCodeAt(0)

/** Type bytes of backend messages (manual, "Message Formats"). */
export const BACKEND = {
  authentication: code('R'),
  backendKeyData: code('K'),
  bindComplete: code('2'),
  closeComplete: code('3'),
  commandComplete: code('C'),
  copyData: code('d'),
  copyDone: code('c'),
  copyInResponse: code('G'),
  copyOutResponse: code('H'),
  dataRow: code('D'),
  emptyQueryResponse: code('I'),
  errorResponse: code('E'),
  noData: code('n'),
  noticeResponse: code('N'),
  notificationResponse: code('A'),
  parameterDescription: code('t'),
  parameterStatus: code('S'),
  parseComplete: code('1'),
  portalSuspended: code('s'),
  readyForQuery: code('Z'),
  rowDescription: code('T'),
} as const

export const AUTHENTICATION_OK = encodeMessage('R', [int32(0)])
export const AUTHENTICATION_CLEARTEXT_PASSWORD = encodeMessage('R', [int32(3)])
export const PARSE_COMPLETE = encodeMessage('1', [])
export const BIND_COMPLETE = encodeMessage('2', [])
export const CLOSE_COMPLETE = encodeMessage('3', [])
export const NO_DATA = encodeMessage('n', [])
export const EMPTY_QUERY_RESPONSE = encodeMessage('I', [])
export const PORTAL_SUSPENDED = encodeMessage('s', [])

export function encodeParameterStatus(name: string, value: string): Buffer {
  return encodeMessage('S', [cstring(name), cstring(value)])
}

/** @param secretKey 4 bytes for protocol 3.0, up to 256 for 3.2 */
export function encodeBackendKeyData(processId: number, secretKey: Buffer): Buffer {
  return encodeMessage('K', [int32(processId), secretKey])
}

export function encodeReadyForQuery(status: TransactionStatus): Buffer {
  return encodeMessage('Z', [Buffer.from(status, 'latin1')])
}

export interface Report {
  readonly severity: 'ERROR' | 'FATAL' | 'WARNING' | 'NOTICE'
  readonly code: string
  readonly message: string
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  /** 1-based character position in the client's text. */
  readonly position?: number | undefined
}

export function encodeErrorResponse(report: Report): Buffer {
  return encodeMessage('E', reportParts(report))
}

export function encodeNoticeResponse(report: Report): Buffer {
  return encodeMessage('N', reportParts(report))
}

function reportParts(report: Report): readonly Buffer[] {
  const fields: [string, string | undefined][] = [
    ['S', report.severity],
    ['V', report.severity],
    ['C', report.code],
    ['M', report.message],
    ['D', report.detail],
    ['H', report.hint],
    ['P', report.position?.toString()],
  ]
  const parts = fields.flatMap(([field, value]) =>
    value === undefined ? [] : [cstring(field + value.replaceAll('\0', ''))],
  )
  return [...parts, Buffer.from([0])]
}

export function encodeRowDescription(fields: readonly FieldDescription[]): Buffer {
  const parts = fields.flatMap((field) => [
    cstring(field.name),
    int32(field.tableOid),
    int16(field.columnNumber),
    int32(field.typeOid),
    int16(field.typeSize & 0xffff),
    int32(field.typeModifier),
    int16(field.format),
  ])
  return encodeMessage('T', [int16(fields.length), ...parts])
}

export function encodeDataRow(values: readonly (Buffer | string | null)[]): Buffer {
  const parts = values.flatMap((value) => {
    if (value === null) return [int32(-1)]
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
    return [int32(bytes.length), bytes]
  })
  return encodeMessage('D', [int16(values.length), ...parts])
}

export function encodeCommandComplete(tag: string): Buffer {
  return encodeMessage('C', [cstring(tag)])
}

export function encodeParameterDescription(oids: readonly number[]): Buffer {
  return encodeMessage('t', [int16(oids.length), ...oids.map((oid) => int32(oid | 0))])
}

/** @param unknown names of the `_pq_.` options that were not understood */
export function encodeNegotiateProtocolVersion(newestMinor: number, unknown: readonly string[]): Buffer {
  return encodeMessage('v', [int32((3 << 16) | newestMinor), int32(unknown.length), ...unknown.map(cstring)])
}

/** Fields of an ErrorResponse or NoticeResponse frame; a hostile or odd one gives what can be read of it. */
export function decodeErrorFields(frame: Buffer): ErrorFields {
  const reader = createBodyReader(frame.subarray(5))
  const fields = new Map<string, string>()
  while (reader.remaining() > 1) {
    const field = reader.byte()
    if (field === 0) break
    fields.set(String.fromCharCode(field), reader.text())
  }
  return fields
}

export function decodeRowDescription(frame: Buffer): readonly FieldDescription[] {
  const reader = createBodyReader(frame.subarray(5))
  return Array.from({ length: reader.count(19) }, () => ({
    name: reader.text(),
    tableOid: reader.int32() >>> 0,
    columnNumber: reader.int16(),
    typeOid: reader.int32() >>> 0,
    typeSize: reader.int16(),
    typeModifier: reader.int32(),
    format: reader.int16() === 1 ? 1 : 0,
  }))
}

export function decodeParameterDescription(frame: Buffer): readonly number[] {
  const reader = createBodyReader(frame.subarray(5))
  return Array.from({ length: reader.count(4) }, () => reader.int32() >>> 0)
}

export function decodeParameterStatus(frame: Buffer): { readonly name: string; readonly value: string } {
  const reader = createBodyReader(frame.subarray(5))
  return { name: reader.text(), value: reader.text() }
}

export function decodeDataRow(frame: Buffer): readonly (Buffer | null)[] {
  const reader = createBodyReader(frame.subarray(5))
  return Array.from({ length: reader.count(4) }, () => {
    const length = reader.int32()
    return length < 0 ? null : reader.bytes(length)
  })
}

export function decodeReadyForQuery(frame: Buffer): TransactionStatus {
  const status = createBodyReader(frame.subarray(5)).byte()
  if (status === code('I')) return 'I'
  if (status === code('T')) return 'T'
  return 'E'
}

export function decodeCommandComplete(frame: Buffer): string {
  return createBodyReader(frame.subarray(5)).text()
}

/**
 * A copy of a RowDescription frame in which no column leads to a table of the upstream.
 *
 * @param tableOf what is said instead of the column at an index (from 0); undefined: that it belongs to no table
 */
export function withTables(
  frame: Buffer,
  tableOf: (index: number) => { readonly tableOid: number; readonly columnNumber: number } | undefined,
): Buffer {
  const copy = Buffer.from(frame)
  const count = copy.readUInt16BE(5)
  let offset = 7
  for (let index = 0; index < count; index += 1) {
    offset = copy.indexOf(0, offset) + 1
    const { tableOid, columnNumber } = tableOf(index) ?? { tableOid: 0, columnNumber: 0 }
    copy.writeUInt32BE(tableOid, offset)
    copy.writeInt16BE(columnNumber, offset + 4)
    offset += 18
  }
  return copy
}
