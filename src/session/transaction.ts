import type { TransactionStatus } from '../protocol/message.js'

/** How a block was begun; what the upstream is told at first need. */
export interface TransactionOptions {
  readonly isolation: string | undefined
  readonly deferrable: boolean | undefined
}

/**
 * The session's transaction, as the client knows it. The upstream hears of a block only when a statement needs it (`begun`), so a
 * client that says BEGIN and then thinks holds no connection.
 */
export interface Transaction {
  readonly status: TransactionStatus
  /** Whether the upstream connection is inside the block too. */
  readonly begun: boolean
  readonly options: TransactionOptions
}

export const DEFAULT_OPTIONS: TransactionOptions = { isolation: undefined, deferrable: undefined }

export const IDLE: Transaction = { status: 'I', begun: false, options: DEFAULT_OPTIONS }

/** The statement that opens the block upstream: always read-only, whatever the client said. */
export function beginSql(options: TransactionOptions): string {
  return `BEGIN READ ONLY${transactionModes(options)}`
}

export function transactionModes({ isolation, deferrable }: TransactionOptions): string {
  const modes = [
    ...(isolation === undefined ? [] : [` ISOLATION LEVEL ${isolation.toUpperCase()}`]),
    ...(deferrable === undefined ? [] : [deferrable ? ' DEFERRABLE' : ' NOT DEFERRABLE']),
  ]
  return modes.join('')
}

/** A statement failed: an open block fails with it. */
export function failed(transaction: Transaction): Transaction {
  return transaction.status === 'I' ? transaction : { ...transaction, status: 'E' }
}
