/**
 * The statement tree: libpg-query's own JSON form of Postgres' parse nodes (a one-key object per node, its kind the key).
 * Fields at their default (false, 0, empty) are absent. Trees are never changed in place.
 */
export type {
  A_Const,
  A_Expr,
  Alias,
  ColumnRef,
  CommonTableExpr,
  CopyStmt,
  DeclareCursorStmt,
  FetchStmt,
  FuncCall,
  JoinExpr,
  Node,
  RangeFunction,
  RangeSubselect,
  RangeVar,
  ResTarget,
  SelectStmt,
  SortBy,
  SubLink,
  TransactionStmt,
  TypeCast,
  TypeName,
  VariableSetStmt,
  WindowDef,
  WithClause,
} from '@pgsql/types'
