import {
  encodeCommandComplete,
  encodeDataRow,
  encodeRowDescription,
  PORTAL_SUSPENDED,
} from '../protocol/backend.js'

const TEXT_OID = 25

/** RowDescription of text columns. */
export function textColumns(names: readonly string[]): Buffer {
  return encodeRowDescription(
    names.map((name) => ({
      name,
      tableOid: 0,
      columnNumber: 0,
      typeOid: TEXT_OID,
      typeSize: -1,
      typeModifier: -1,
      format: 0,
    })),
  )
}

/** What a command that the session answers itself gives. */
export interface LocalAnswer {
  readonly rows: readonly (readonly string[])[]
  readonly tag: string
}

export function answer(tag: string, rows: readonly (readonly string[])[] = []): LocalAnswer {
  return { tag, rows }
}

/** DataRows and CommandComplete. A text is the same bytes in both formats. */
export function answerFrames({ rows, tag }: LocalAnswer): readonly Buffer[] {
  return [...rows.map(encodeDataRow), encodeCommandComplete(tag)]
}

/** The rows from `sent` on, at most `rowsMax` (0 for all), and whether there may be more. */
export function portionFrames(
  { rows, tag }: LocalAnswer,
  { sent, rowsMax }: { readonly sent: number; readonly rowsMax: number },
): readonly Buffer[] {
  const rest = rows.slice(sent)
  if (rowsMax === 0 || rest.length < rowsMax) return answerFrames({ rows: rest, tag })
  return [...rest.slice(0, rowsMax).map(encodeDataRow), PORTAL_SUSPENDED]
}
