import { PgError } from '../errors.js'
import type { Node } from '../sql/tree.js'

const READ_ONLY_HINT = 'Rowgate only reads. Write to the upstream database directly.'

const WRITES: Readonly<Record<string, string>> = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
  TruncateStmt: 'TRUNCATE TABLE',
  CreateStmt: 'CREATE TABLE',
  CreateTableAsStmt: 'CREATE TABLE AS',
  ViewStmt: 'CREATE VIEW',
  IndexStmt: 'CREATE INDEX',
  DropStmt: 'DROP',
  AlterTableStmt: 'ALTER TABLE',
  CreateSchemaStmt: 'CREATE SCHEMA',
  CreateFunctionStmt: 'CREATE FUNCTION',
  RefreshMatViewStmt: 'REFRESH MATERIALIZED VIEW',
}

/** How people write what the parser names otherwise. */
const COMMANDS: Readonly<Record<string, string>> = {
  AlterRoleStmt: 'ALTER ROLE',
  CheckPointStmt: 'CHECKPOINT',
  ClusterStmt: 'CLUSTER',
  CommentStmt: 'COMMENT',
  CreateRoleStmt: 'CREATE ROLE',
  GrantRoleStmt: 'GRANT',
  GrantStmt: 'GRANT',
  ReindexStmt: 'REINDEX',
  SecLabelStmt: 'SECURITY LABEL',
  VacuumStmt: 'VACUUM or ANALYZE',
}

/** The error of a statement that may not run here: what Postgres would say to a reader, and what to do instead. */
export function refusal(node: Node): PgError {
  const kind = Object.keys(node)[0] ?? ''
  const write = WRITES[kind]
  if (write !== undefined) {
    return new PgError('read_only_sql_transaction', `cannot execute ${write} in a read-only transaction`, {
      hint: READ_ONLY_HINT,
    })
  }
  switch (kind) {
    case 'LockStmt':
      return new PgError(
        'read_only_sql_transaction',
        'cannot execute LOCK TABLE in a read-only transaction',
        { hint: READ_ONLY_HINT },
      )
    case 'ListenStmt':
    case 'NotifyStmt':
      return new PgError(
        'feature_not_supported',
        'LISTEN and NOTIFY are not available through this gateway',
        {
          hint: 'Listen on a direct connection to the upstream database.',
        },
      )
    case 'DoStmt':
    case 'CallStmt':
      return new PgError('insufficient_privilege', 'procedures cannot be run through this gateway', {
        hint: READ_ONLY_HINT,
      })
    case 'ExecuteStmt':
      return new PgError(
        'feature_not_supported',
        'EXECUTE of a statement about the catalog is available in simple queries only',
        {
          hint: 'Bind the prepared statement by its name in the protocol instead.',
        },
      )
    default:
      return new PgError(
        'insufficient_privilege',
        `this statement (${COMMANDS[kind] ?? kind.replace(/Stmt$/, '')}) is not available through this gateway`,
        {
          hint: 'Rowgate answers SELECT, VALUES, TABLE and WITH over cubes, cursors, COPY … TO STDOUT, transactions and settings.',
        },
      )
  }
}
