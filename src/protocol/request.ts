import type { FormatCode } from './message.js'
import { cstring, encodeMessage, int16, int32 } from './writer.js'

/** Encoders of the frontend messages that go to the upstream. */

export const SYNC = encodeMessage('S', [])
export const FLUSH = encodeMessage('H', [])
export const TERMINATE = encodeMessage('X', [])

export function encodeQuery(sql: string): Buffer {
  return encodeMessage('Q', [cstring(sql)])
}

export function encodeParse(name: string, sql: string, parameterOids: readonly number[]): Buffer {
  return encodeMessage('P', [
    cstring(name),
    cstring(sql),
    int16(parameterOids.length),
    ...parameterOids.map((oid) => int32(oid | 0)),
  ])
}

export interface Bind {
  readonly portal: string
  readonly statement: string
  readonly parameterFormats: readonly FormatCode[]
  readonly values: readonly (Buffer | null)[]
  readonly resultFormats: readonly FormatCode[]
}

export function encodeBind(bind: Bind): Buffer {
  const values = bind.values.flatMap((value) => (value === null ? [int32(-1)] : [int32(value.length), value]))
  return encodeMessage('B', [
    cstring(bind.portal),
    cstring(bind.statement),
    int16(bind.parameterFormats.length),
    ...bind.parameterFormats.map(int16),
    int16(bind.values.length),
    ...values,
    int16(bind.resultFormats.length),
    ...bind.resultFormats.map(int16),
  ])
}

export function encodeDescribe(target: 'statement' | 'portal', name: string): Buffer {
  return encodeMessage('D', [Buffer.from(target === 'statement' ? 'S' : 'P', 'latin1'), cstring(name)])
}

/** @param rowsMax 0 for all */
export function encodeExecute(portal: string, rowsMax: number): Buffer {
  return encodeMessage('E', [cstring(portal), int32(rowsMax)])
}

export function encodeClose(target: 'statement' | 'portal', name: string): Buffer {
  return encodeMessage('C', [Buffer.from(target === 'statement' ? 'S' : 'P', 'latin1'), cstring(name)])
}

/** The packet that asks for a cancel; it has no type byte and is the only one of its connection. */
export function encodeCancelRequest(processId: number, secretKey: Buffer): Buffer {
  return Buffer.concat([int32(12 + secretKey.length), int32(80_877_102), int32(processId), secretKey])
}
