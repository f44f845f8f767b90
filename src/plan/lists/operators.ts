// Written by `npm run lists` from pg_catalog of PostgreSQL 15 to 18; see scripts/lists.

/** Operators: those that may be used, and after a line of "refused" those that exist. */
export const OPERATORS_TEXT = `
!! !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < <-> << <<= <<| <= <> <@ <^ = > >= >> >>= >^ ?
  ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/ |>> || ||/ ~ ~* ~<=~ ~<~ ~= ~>=~ ~>~ ~~ ~~*
refused
`
