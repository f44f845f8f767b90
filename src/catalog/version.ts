/**
 * The Postgres version whose catalog answers introspection, and so the one that clients are told: tools choose their catalog queries by it.
 * It is the version inside the PGlite release that package-lock.json pins; the engine warns if it is another one.
 */
export const CATALOG_VERSION = '18.6'
