-- Types that name objects of the server, and casts in every spelling.
-- name an object type
-- each e: 'orders'::regclass | 'public.orders'::regclass | regclass 'backroom.payroll' | CAST('pg_class' AS regclass) | 'public.orders'::pg_catalog.regclass | '{public.orders}'::regclass[] | 'count_orders'::regproc | 'count_orders()'::regprocedure | '+'::regoper | '+(int,int)'::regoperator | 'int'::regtype | 'postgres'::regrole | 'backroom'::regnamespace | 'simple'::regdictionary | 'simple'::regconfig | 'C'::regcollation | 16384::regclass | 16384::oid::regclass::text | '1'::oid | '1'::xid | '1'::xid8 | '(0,1)'::tid | '1'::cid | '0/1'::pg_lsn | 'c'::refcursor | 'x'::name | 'x'::"char" | '{=r/postgres}'::aclitem[] | '<a/>'::xml | 'x'::cstring | '1'::pg_snapshot | 'x'::pg_node_tree | 'x'::pg_ndistinct | 'x'::unknown | NULL::record | NULL::anyelement | NULL::void | NULL::trigger | NULL::internal | NULL::pg_mcv_list | '1:2'::txid_snapshot | '(1)'::record | '$.a'::jsonpath | '1'::gtsvector
SELECT {e}
-- name a type of a schema
-- each t: public.int4 | public.text | backroom.people | evil_schema.text | pg_temp.text | pg_catalog.regclass | "pg_catalog"."regclass" | U&"regcl\0061ss" | public.shape_kind | shape_kind | shape_kind[] | "REGCLASS" | RegClass | "int4 " | pg_toast.x | a.b.c | db.pg_catalog.text
SELECT '1'::{t}
-- name typed parameters and casts of columns
-- each e: secret::regclass | id::regclass | CAST(secret AS oid) | secret::name | o::text | (o).id::text | o::orders | o::record | tags::regclass[] | meta::xml | secret::shape_kind | id::int::int8::numeric(20, 2)::text | secret::varchar(3) | secret::char(2) | amount::numeric(3, 1) | created_at::timestamptz(0) | id::bit(8) | amount::money | secret::bytea | secret::"char" | digits::int4range | secret::inet | secret::uuid | secret::jsonb | secret::timestamp | secret::interval | secret::bool | secret::float8 | amount::int2 * 1000 | big::int4 | ratio::numeric(1000, 900) | secret::point
SELECT {e} FROM Orders o ORDER BY id
-- name a modifier that is an expression
-- each t: numeric((SELECT count(*) FROM public.orders), 2) | varchar((SELECT 5)) | numeric(id, 2) | bit(o.id) | interval(1 + 1) | timestamp('x') | varchar('5') | numeric(secret) | varchar(count_orders()) | time(pg_sleep(1))
SELECT '1'::{t} FROM Orders o
-- name a column definition
-- each d: x regclass | x oid | x xml | x int COLLATE "C" | x int, y public.orders | x int[] | x numeric(1000, 1) | x evil_schema.t | x text COLLATE evil_schema.c | x "char" | x int DEFAULT count_orders() | x SETOF int | x int4 NOT NULL | x name | x varchar(3)
SELECT * FROM json_to_record('{"x": 1}') AS t ({d})
-- name a typed literal
-- each e: regclass 'orders' | oid '1' | name 'x' | public.orders '(1)' | point '1,2' | interval '1' year | interval(3) '1.23456' second | float8 '1e309' | int4 '2147483648' | int '0x1F' | int '1_000' | bool 'maybe' | date 'SECRET' | numeric 'NaN' | bit 'x' | B'12' | X'GG' | uuid 'x' | json '{' | time '25:00' | timestamptz 'now' = now() | date 'today' = current_date | date 'epoch'
SELECT {e}
-- name a collation
-- each c: "C" | "POSIX" | "default" | "de_DE" | "C.utf8" | public."C" | pg_catalog."C" | evil_schema.x | "und-x-icu" | "x, (SELECT 1)" | "en_US" | ucs_basic
SELECT secret COLLATE {c} FROM Orders ORDER BY id LIMIT 1
-- name values at the edges of their types
-- each e: 2147483647 + 1 | -2147483648 - 1 | 9223372036854775807 + 1 | 1e308::float8 * 10 | 0.1::float4::float8 | 'NaN'::numeric + 1 | 'infinity'::timestamp - 'infinity'::timestamp | (-2147483648) / (-1) | 1::int2 / 0::int2 | 5 % 0 | 2 ^ 1000000 | 0 ^ (-1) | sqrt(-1) | ln(0) | factorial(100000) | 1e131071 * 10 | '1'::numeric(1001) | date '4713-01-01 BC' - 1 | timestamp '294276-12-31' + interval '1 year' | chr(0) | chr(1114112) | repeat('x', 10001) | repeat('x', -1) | lpad('x', 2147483647) | substr('x', 1, -1) | 'x' || chr(55296) | array_fill(1, ARRAY[1000000000]) | ARRAY[1, 'x'] | '{1,2'::int[] | '{{1},{2,3}}'::int[] | '{"a": NaN}'::json | to_char(1, 'x' || repeat('9', 9999)) IS NULL | to_date('99999999', 'YYYYMMDD') | make_date(-5000, 1, 1) | width_bucket(1, 1, 1, 1) | string_to_array(NULL, NULL) | regexp_replace('a', '(', '') | 'a' ~ '[[:foo:]]' | encode('x', 'rot13') | decode('zz', 'hex') | to_number('x', '9') | set_bit('\x00'::bytea, 99, 1)
SELECT {e}
-- name a type that nobody has
-- each t: nosuch | public.nosuch | pg_catalog.nosuch | public.shape_kind[] | orders | "Orders" | backroom.payroll | public.all_orders | nowhere.int4 | _int4 | pg_catalog._text | "_regclass" | "int4[]" | int4[][3] | text COLLATE "C" | shape_kind[]
SELECT NULL::{t} FROM Orders
