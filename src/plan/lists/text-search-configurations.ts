// Written by `npm run lists` from pg_catalog of PostgreSQL 15 to 18; see scripts/lists.

/** Text search configurations that every version has. */
export const TEXT_SEARCH_CONFIGURATIONS_TEXT = `
arabic armenian basque catalan danish dutch english finnish french german greek hindi hungarian indonesian irish italian lithuanian nepali
  norwegian portuguese romanian russian serbian simple spanish swedish tamil turkish yiddish
`
