#!/usr/bin/env bash
# psql: backslash commands, \gdesc, \copy, FETCH_COUNT, psql variables. The address and the token come from libpq's variables.
export PGCONNECT_TIMEOUT=10 PAGER=cat LC_ALL=C.UTF-8

run() { psql -X "$@" 2>&1; }
# Name, what is expected, what came.
same() {
  if [ "$2" = "$3" ]; then printf '%s\tok\n' "$1"; else printf '%s\texpected %q, got %q\n' "$1" "$2" "${3:0:600}"; fi
}
# Name, texts that must occur, then `--`, texts that must not.
within() {
  local name=$1 text=$2 wanted=1 missing=
  shift 2
  for part; do
    if [ "$part" = -- ]; then wanted=0
    elif [ $wanted = 1 ] && [[ "$text" != *"$part"* ]]; then missing+=" no '$part' in it;"
    elif [ $wanted = 0 ] && [[ "$text" == *"$part"* ]]; then missing+=" '$part' in it;"
    fi
  done
  if [ -z "$missing" ]; then printf '%s\tok\n' "$name"; else printf '%s\t%s got %q\n' "$name" "$missing" "${text:0:600}"; fi
}
FORBIDDEN=(-- ERROR FATAL Salaries salaries Internal email company shop.)

printf 'version\t%s\n' "$(psql --version | grep -o '[0-9][0-9.]*' | head -1)"
same login 'ann|db' "$(run -At -c 'SELECT current_user, current_database()')"
same tables $'public|Orders|table|postgres\npublic|Users|table|postgres' "$(run -At -c '\d')"
same '\dt+' $'Orders|Orders of the shop\nUsers|' "$(run -At -c '\dt+' | cut -d '|' -f 2,8)"
same columns 'Table "public.Orders"
Column|Type|Collation|Nullable|Default
id|integer||not null|
user_id|integer|||
status|text|||
amount|numeric(10,2)|||
note|character varying(40)|||
created_at|timestamp with time zone|||
day|date|||
flag|boolean|||
tags|text[]|||
uid|uuid|||
meta|jsonb|||
count|integer|||
total|numeric(10,2)|||
paid|boolean|||
Indexes:
    "Orders_pkey" PRIMARY KEY, btree (id)
Foreign-key constraints:
    "Orders_user_id_fkey" FOREIGN KEY (user_id) REFERENCES "Users"(id)' "$(run -A -c '\d "Orders"')"
within keys "$(run -c '\d "Users"')" '"Users_pkey" PRIMARY KEY, btree (id)' 'Referenced by:' 'FOREIGN KEY (user_id) REFERENCES "Users"(id)' "${FORBIDDEN[@]}"
within comments "$(run -c '\d+ "Orders"')" 'State of the order' 'Access method: heap' "${FORBIDDEN[@]}"
within 'hidden cube' "$(run -c '\d "Salaries"')" 'Did not find any relation named ""Salaries"".'
within '\dn+' "$(run -c '\dn+')" public '(1 row)' "${FORBIDDEN[@]}"
within '\df' "$(run -c '\df')" '(0 rows)' "${FORBIDDEN[@]}"
within '\df in pg_catalog' "$(run -c '\df+ pg_catalog.array_agg')" anyarray '(2 rows)'
within '\du' "$(run -c '\du')" ann postgres "${FORBIDDEN[@]}"
within '\dT' "$(run -c '\dT')" '(0 rows)' "${FORBIDDEN[@]}"
within '\dT in pg_catalog' "$(run -c '\dT+ uuid')" 'UUID'
within '\di+' "$(run -c '\di+')" Orders_pkey Users_pkey '(2 rows)' "${FORBIDDEN[@]}"
within '\dv' "$(run -c '\dv')" 'Did not find any relations.'
within '\dx' "$(run -c '\dx')" plpgsql "${FORBIDDEN[@]}"
within '\dp' "$(run -c '\dp')" Orders Users '(2 rows)' "${FORBIDDEN[@]}"
# Every other command of the family. On a real Postgres 18, \l and \dO of psql 15 fail too, and so do \db+ and \dRs+ of an ordinary user.
others=$(for command in da dA dAc dAf dAo dAp db dc dconfig dC dd dD ddp dE des det deu dew dF dFd dFp dFt dl dL dm do dP drds dRp ds dS dRs dX dy; do
  printf '\\%s\n\\%s+\n' $command $command
done | grep -v -e 'db+' -e 'dRs+' -e 'dconfig+' | run)
within 'other \d commands' "$others" -- ERROR FATAL Salaries salaries shop.
same '\gdesc' $'status|text\ncount|bigint\ntotal|numeric' \
  "$(echo 'SELECT status, MEASURE(count), MEASURE(total) FROM "Orders" GROUP BY 1 \gdesc' | run -At)"
same 'unquoted names' 20000 "$(run -At -c 'SELECT MEASURE(count) FROM orders')"
same grouped $'new|5000\npaid|5000\nreturned|5000\nshipped|5000' \
  "$(run -At -c 'SELECT status, MEASURE(count) FROM "Orders" GROUP BY 1 ORDER BY 1')"
same parameters 20 "$(echo 'SELECT count(*) FROM "Orders" WHERE status = :'"'s'"' AND id <= :n;' | run -At -v s=paid -v n=120)"
same 'large result' 20000 "$(run -At -c 'SELECT * FROM "Orders"' | wc -l)"
same 'FETCH_COUNT' 20000 "$(run -At -v FETCH_COUNT=700 -c 'SELECT id, note FROM "Orders"' | sort -u | wc -l)"
same '\copy' 20001 "$(run -c '\copy "Orders" to stdout with csv header' | wc -l)"
same '\copy of a query' $'new\t5000\npaid\t5000\nreturned\t5000\nshipped\t5000' \
  "$(run -c '\copy (SELECT status, MEASURE(count) FROM "Orders" GROUP BY 1 ORDER BY 1) to stdout')"
within error "$(echo 'SELECT nosuch FROM "Orders";' | run -v VERBOSITY=verbose)" '42703: column "nosuch" does not exist' 'LINE 1:' '       ^'
same 'error in a transaction' $'ERROR:  column "nosuch" does not exist|ERROR:  current transaction is aborted, commands ignored until end of transaction block|ROLLBACK' \
  "$(printf 'BEGIN;\nSELECT nosuch FROM "Orders";\nSELECT 1;\nCOMMIT;\n' | run -At | grep -v -e BEGIN -e LINE -e '\^' | paste -sd '|' | sed 's/COMMIT/ROLLBACK/')"
same '\crosstabview' 4 "$(echo 'SELECT status, flag, MEASURE(count) FROM "Orders" GROUP BY 1, 2 \crosstabview' | run -At | wc -l)"
within '\gset' "$(printf 'SELECT MEASURE(count) AS n FROM "Orders" \\gset\n\\echo n is :n\n' | run)" 'n is 20000'
within conninfo "$(run -c '\conninfo')" 'connected to database "db" as user "ann"' 'SSL connection'
