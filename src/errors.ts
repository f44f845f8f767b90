/**
 * The one error class that may reach a client, and the SQLSTATE of each condition.
 * Names are those of the Postgres manual, appendix A "PostgreSQL Error Codes".
 */
const SQLSTATES = {
  successful_completion: '00000',
  warning: '01000',
  connection_exception: '08000',
  sqlclient_unable_to_establish_sqlconnection: '08001',
  connection_does_not_exist: '08003',
  connection_failure: '08006',
  protocol_violation: '08P01',
  feature_not_supported: '0A000',
  invalid_cursor_state: '24000',
  active_sql_transaction: '25001',
  read_only_sql_transaction: '25006',
  no_active_sql_transaction: '25P01',
  in_failed_sql_transaction: '25P02',
  invalid_sql_statement_name: '26000',
  invalid_authorization_specification: '28000',
  invalid_password: '28P01',
  invalid_catalog_name: '3D000',
  invalid_savepoint_specification: '3B001',
  invalid_cursor_name: '34000',
  invalid_schema_name: '3F000',
  character_not_in_repertoire: '22021',
  invalid_parameter_value: '22023',
  invalid_text_representation: '22P02',
  numeric_value_out_of_range: '22003',
  insufficient_privilege: '42501',
  syntax_error: '42601',
  grouping_error: '42803',
  invalid_name: '42602',
  undefined_column: '42703',
  undefined_function: '42883',
  undefined_table: '42P01',
  undefined_object: '42704',
  undefined_parameter: '42P02',
  undefined_cursor: '34000',
  duplicate_alias: '42712',
  ambiguous_column: '42702',
  ambiguous_alias: '42P09',
  duplicate_cursor: '42P03',
  duplicate_prepared_statement: '42P05',
  invalid_column_reference: '42P10',
  invalid_recursion: '42P19',
  wrong_object_type: '42809',
  object_not_in_prerequisite_state: '55000',
  cant_change_runtime_param: '55P02',
  too_many_connections: '53300',
  configuration_limit_exceeded: '53400',
  program_limit_exceeded: '54000',
  statement_too_complex: '54001',
  too_many_columns: '54011',
  query_canceled: '57014',
  admin_shutdown: '57P01',
  crash_shutdown: '57P02',
  cannot_connect_now: '57P03',
  idle_in_transaction_session_timeout: '25P03',
  idle_session_timeout: '57P05',
  io_error: '58030',
  internal_error: 'XX000',
} as const

/** A condition name of the manual's error code table. */
export type Condition = keyof typeof SQLSTATES

export interface PgErrorOptions {
  /** 1-based character position in the client's own text. */
  readonly position?: number | undefined
  readonly detail?: string | undefined
  /** What the person should do instead. */
  readonly hint?: string | undefined
  /** For the log only; never sent. */
  readonly cause?: unknown
}

/**
 * What a client may be told. Severity is not the thrower's business: it is FATAL during startup and
 * ERROR afterwards, decided where the error becomes bytes.
 */
export class PgError extends Error {
  override readonly name = 'PgError'
  readonly condition: Condition
  /** Five characters, as on the wire. */
  readonly code: string
  readonly position: number | undefined
  readonly detail: string | undefined
  readonly hint: string | undefined

  constructor(condition: Condition, message: string, options: PgErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.condition = condition
    this.code = SQLSTATES[condition]
    this.position = options.position
    this.detail = options.detail
    this.hint = options.hint
  }
}

/** One thing that a person edits their way out of, in a model or a configuration. */
export interface Diagnostic {
  /** Path as the person wrote it, or the name of an environment variable. */
  readonly file: string
  /** 1-based; 0 where there is no line (an environment variable). */
  readonly line: number
  /** 1-based; 0 where unknown. */
  readonly column: number
  readonly message: string
  /** What to write instead. */
  readonly fix: string
}

/** All problems of a person's input at once. */
export class DiagnosticsError extends Error {
  override readonly name = 'DiagnosticsError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(printDiagnostic).join('\n'))
    this.diagnostics = diagnostics
  }
}

/** `file:line:column: message` and, indented on a second line, the fix. */
function printDiagnostic(diagnostic: Diagnostic): string {
  const line =
    diagnostic.line > 0 ? `:${diagnostic.line}${diagnostic.column > 0 ? `:${diagnostic.column}` : ''}` : ''
  return `${diagnostic.file}${line}: ${diagnostic.message}\n    fix: ${diagnostic.fix}`
}

/** For our own bugs: ends the session, never the process. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`)
}

/** Makes an exhaustive switch fail to compile when a kind is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
