import type { SecurityContext } from '../auth/context.js'
import type { CatalogReply } from '../catalog/reply.js'
import type { Observe } from '../events.js'
import type { WrittenSetting } from '../plan/route.js'
import type { FormatCode } from '../protocol/message.js'
import type { Parsed, Statement } from '../sql/parse.js'
import type { Node } from '../sql/tree.js'
import type { Batch } from './batch.js'
import type { CatalogCursor } from './catalog-cursor.js'
import type { Lease } from './lease.js'
import type { Planner } from './planner.js'
import type { PlacedStatement, SessionCatalog } from './session-catalog.js'
import type { SettingValues } from './settings.js'
import type { Transaction } from './transaction.js'
import type { UpstreamStatement } from './upstream-statement.js'
import type { Writer } from './writer.js'

/** What a statement does when it is executed. */
export type Command =
  | { readonly kind: 'empty' }
  | { readonly kind: 'upstream'; readonly statement: UpstreamStatement }
  /** Runs FETCH, MOVE or CLOSE where the cursor lives. */
  | { readonly kind: 'cursor'; readonly statement: UpstreamStatement; readonly node: Node }
  /** Answered by the embedded catalog. `settings` are those that the statement sets by set_config. */
  | {
      readonly kind: 'catalog'
      readonly statement: PlacedStatement
      readonly settings: readonly WrittenSetting[]
    }
  /** A cursor over an answer of the catalog: DECLARE with its query; FETCH, MOVE or CLOSE without. */
  | {
      readonly kind: 'catalog-cursor'
      readonly node: Node
      readonly declared: PlacedStatement | undefined
    }
  /** Answered by the session itself. `columns` are those of its result, all text. */
  | {
      readonly kind: 'local'
      readonly node: Node
      readonly columns: readonly string[] | undefined
      readonly source: Source
    }

/** A statement's own text and the character (from 1) of the client's at which it begins. */
export type Source = Pick<Statement, 'text' | 'start'>

/** A statement of the client's, prepared under a name (or under none). */
export interface Prepared {
  readonly text: string
  readonly command: Command
  readonly declaredOids: readonly number[]
  /** What the catalog said of it, if the catalog answers it. */
  readonly described: CatalogReply | undefined
}

export interface Portal {
  readonly prepared: Prepared
  readonly values: readonly (Buffer | null)[]
  readonly formats: readonly FormatCode[]
  readonly resultFormats: readonly FormatCode[]
  /** Set once a local command ran: it gives nothing more. */
  done: boolean
  /** The catalog's answer, once it was asked, and how many of its rows were sent. */
  reply: CatalogReply | undefined
  sent: number
}

/** The lasting parts of one session, which its commands read and change. */
export interface SessionState {
  readonly id: number
  readonly context: SecurityContext
  readonly planner: Planner
  readonly catalog: SessionCatalog
  readonly observe: Observe
  readonly writer: Writer
  readonly lease: Lease
  readonly batch: Batch
  readonly parse: (sql: string) => Parsed
  readonly nowMs: () => number
  readonly limits: { readonly statementsMax: number; readonly portalsMax: number }
  /** Values of the upstream's settings where the session set none. */
  readonly upstreamDefaults: ReadonlyMap<string, string>
  transaction: Transaction
  settings: SettingValues
  /** Settings of the StartupMessage, to which RESET goes back. */
  readonly startupSettings: SettingValues
  /** Settings when the request began, or its last transaction ended: outside a block an error goes back to them. */
  settingsAtRequest: SettingValues
  /** Settings when the transaction block began, and at each savepoint. */
  settingsAtBegin: SettingValues | undefined
  savepoints: {
    readonly name: string
    readonly settings: SettingValues
    /** Portals that were open then. */
    readonly portals: readonly string[]
  }[]
  readonly statements: Map<string, Prepared>
  readonly portals: Map<string, Portal>
  /** Names of WITH HOLD cursors, which keep the connection after their transaction. */
  readonly heldCursors: Set<string>
  /** Cursors that were declared upstream. */
  readonly sqlCursors: Map<string, UpstreamStatement>
  readonly catalogCursors: Map<string, CatalogCursor>
}
