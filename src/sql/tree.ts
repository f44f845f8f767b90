/**
 * The statement tree: libpg-query's own JSON form of Postgres' parse nodes (a one-key object per node, its kind the key).
 * Fields at their default (false, 0, empty) are absent. Trees are never changed in place.
 */
export type { Node, SelectStmt, RangeVar, ResTarget, ColumnRef, FuncCall, JoinExpr, TypeName, WithClause } from '@pgsql/types'
