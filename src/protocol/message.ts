/**
 * Messages of the frontend/backend protocol, version 3, named as in the manual's chapter "Message Formats".
 * A Frame is a message's bytes with type and length; a Message is decoded. Buffers in messages are views of the frame, not copies.
 */

/** The first packet of a connection; it alone has no type byte. */
export type StartupPacket =
  | { readonly type: 'ssl-request' }
  | { readonly type: 'gssenc-request' }
  | { readonly type: 'cancel-request'; readonly processId: number; readonly secretKey: Buffer }
  | {
      readonly type: 'startup'
      readonly protocolMajor: number
      readonly protocolMinor: number
      /** In order, names as sent; a later duplicate replaced an earlier one. */
      readonly parameters: ReadonlyMap<string, string>
    }

export type FormatCode = 0 | 1

export type FrontendMessage =
  | { readonly type: 'query'; readonly sql: string }
  | {
      readonly type: 'parse'
      readonly name: string
      readonly sql: string
      readonly parameterOids: readonly number[]
    }
  | {
      readonly type: 'bind'
      readonly portal: string
      readonly statement: string
      readonly parameterFormats: readonly FormatCode[]
      readonly values: readonly (Buffer | null)[]
      readonly resultFormats: readonly FormatCode[]
    }
  | { readonly type: 'describe'; readonly target: 'statement' | 'portal'; readonly name: string }
  | { readonly type: 'execute'; readonly portal: string; readonly rowsMax: number }
  | { readonly type: 'close'; readonly target: 'statement' | 'portal'; readonly name: string }
  | { readonly type: 'flush' }
  | { readonly type: 'sync' }
  | { readonly type: 'terminate' }
  | { readonly type: 'password'; readonly password: string }
  | { readonly type: 'copy-data' }
  | { readonly type: 'copy-done' }
  | { readonly type: 'copy-fail' }
  | { readonly type: 'function-call' }

/** The status byte of ReadyForQuery: idle, in a transaction block, in a failed transaction block. */
export type TransactionStatus = 'I' | 'T' | 'E'

/** One column of a RowDescription. */
export interface FieldDescription {
  readonly name: string
  readonly tableOid: number
  readonly columnNumber: number
  readonly typeOid: number
  /** Bytes; -1 for variable length. */
  readonly typeSize: number
  readonly typeModifier: number
  readonly format: FormatCode
}

/** Fields of an ErrorResponse or NoticeResponse by their one-letter code (manual, "Error and Notice Message Fields"). */
export type ErrorFields = ReadonlyMap<string, string>
