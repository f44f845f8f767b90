// Written by `npm run lists` from pg_catalog of PostgreSQL 15 to 18; see scripts/lists.

/** Symbols of operators of which some is over values alone; operands that would make another one of it cannot be written. */
export const OPERATORS_TEXT = `
!! !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < <-> << <<= <<| <= <> <@ <^ = > >= >> >>= >^ ?
  ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/ |>> || ||/ ~ ~* ~<=~ ~<~ ~= ~>=~ ~>~ ~~ ~~*
`
