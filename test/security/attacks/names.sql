-- Every way to say a relation's name that is not the cube's own: what the gateway does not find must not be found upstream.
-- name a base table by its schema
-- each t: public.orders | public.users | backroom.people | backroom.items | backroom.events | backroom.payroll | evil_schema.orders | tenant_2.ledger | tenant_7.ledger | public.all_orders | public.order_numbers
SELECT * FROM {t}
-- name a base table, counted
-- each t: backroom.people | backroom.payroll | evil_schema.orders | tenant_7.ledger | public.all_orders
SELECT count(*) FROM {t} t
-- name a bare name that only the upstream knows
-- each t: people | items_ | payroll | ledger_7 | all_orders | order_numbers | order_rows | shape_kind | "orders " | " orders" | "orders"".secret"
SELECT * FROM {t}
-- name a cube that this context does not see
-- each t: GuardedAudit | "GuardedAudit" | guardedaudit | public.guardedaudit | Concealed | "Concealed" | public."Concealed" | db.public.guardedaudit
SELECT * FROM {t}
-- name TABLE
-- each t: orders | "Orders" | ORDERS | public.orders | backroom.payroll | ONLY orders | orders * | pg_class
TABLE {t}
-- name ONLY
-- each t: ONLY orders | ONLY (orders) | ONLY (public.orders) | ONLY "Orders" | ONLY backroom.payroll | orders * | public.orders *
SELECT count(*), min(secret) FROM {t}
-- name spelt with Unicode escapes
-- each t: U&"\006frders" | U&"!006frders" UESCAPE '!' | U&"\+00006frders" | u&"pay\0072oll" | U&"backroom".U&"pay\0072oll" | U&"\0050g_class"
SELECT count(*) FROM {t}
-- name spelt in other cases and letters
-- each t: oRdErS | "ORDERS" | "oRDERS" | "orderſ" | orderſ | ｏｒｄｅｒｓ | "Orders\" | "Orders;" | "Orders--" | "ORDERS " | "Órders" | "or\u0064ers"
SELECT count(*) FROM {t}
-- name of a database before it
-- each t: db.public.orders | "db".public."Orders" | upstream_alpha.public.orders | upstream_beta.public.orders | postgres.public.orders | db.backroom.payroll | db.pg_catalog.pg_class | a.b.c.orders
SELECT count(*) FROM {t}
-- name schemas of sessions
-- each t: pg_temp.orders | pg_temp_3.orders | pg_toast.pg_toast_1262 | "$user".orders | "".orders | pg_toast_temp_1.x | information_schema.tables | "public,backroom".payroll
SELECT count(*) FROM {t}
-- name hidden columns
-- each c: cost | guarded_pin | guarded_pins | hidden_cost | hidden_pin | unlisted | "hidden_cost" | o.cost | o.guarded_pin | o.hidden_cost | o.unlisted | orders.hidden_pin | public.orders.hidden_pin | "Orders".cost | o.shape | mean | share | o.mean | o.share
SELECT {c} FROM Orders o
-- name hidden columns of another cube
-- each c: email | wage | u.email | u.wage | wages | u.wages | u."email" | u.company_id, u.email | MEASURE(wages) | MEASURE(u.wages) | SUM(wages)
SELECT {c} FROM Users u
-- name hidden columns outside the select list
-- each w: WHERE cost > 'a' | WHERE o.guarded_pin > 1 | ORDER BY hidden_cost | ORDER BY guarded_pin | GROUP BY cost | GROUP BY o.guarded_pin | HAVING max(cost) > 'a' | WHERE (o).cost = 'x' | WHERE hidden_pin IS NULL
SELECT count(*) FROM Orders o {w}
-- name hidden measures
-- each m: guarded_pins | mean | share | o.guarded_pins | "guarded_pins" | cost | guarded_pin | Orders.guarded_pins
SELECT MEASURE({m}) FROM Orders o
-- name a hidden measure by its aggregate
-- each m: SUM(guarded_pins) | AVG(mean) | MAX(share) | SUM(guarded_pin) | COUNT(DISTINCT cost) | SUM(o.guarded_pins) | AVG(amount) FILTER (WHERE guarded_pin > 1)
SELECT {m} FROM Orders o
-- name system columns
-- each c: ctid | xmin | xmax | cmin | cmax | tableoid | oid | o.ctid | o.xmin | o.tableoid | "Orders".ctid | tableoid::int | o."ctid" | ctid::text
SELECT {c} FROM Orders o
-- name system columns through a subquery
SELECT s.ctid FROM (SELECT * FROM Orders) s
-- name system columns through a CTE
WITH s AS (SELECT * FROM Orders) SELECT s.tableoid FROM s
-- name the whole row
-- each e: o | o.* | (o).* | (o.*) | ROW(o.*) | to_jsonb(o) | to_json(o) | row_to_json(o) | md5(o::text) | o::text | (o)::text | count(o) | count(DISTINCT o) | max(o::text) | hash_record(o) | array_agg(o) | json_agg(o) | jsonb_agg(o) | string_agg(o::text, ';') | num_nulls(o.*) | json_build_array(o) | format('%s', o) | concat(o) | (o).secret | (o).cost | (o).hidden_cost | to_jsonb(o) ->> 'hidden_cost' | to_jsonb(o) ->> 'unlisted' | jsonb_object_keys(to_jsonb(o)) | (SELECT o) | (SELECT o.*) | ARRAY[o] | COALESCE(o) | o = o | o IS NULL | o IS DISTINCT FROM o | quote_literal(o::text)
SELECT {e} FROM Orders o
-- name the whole row of a join
SELECT j FROM (Orders o JOIN Users u ON u.id = o.company_id) j
-- name the whole row of a join as JSON
SELECT to_jsonb(j) FROM (Orders o JOIN Users u ON u.id = o.company_id) j
-- name the whole row of a join, one by one
SELECT o, u FROM Orders o JOIN Users u ON u.id = o.company_id
-- name the whole row of a subquery
SELECT to_jsonb(s) FROM (SELECT * FROM Orders) s
-- name the whole row through a CTE
WITH s AS (SELECT o FROM Orders o) SELECT to_jsonb(s) FROM s
-- name a function in attribute notation
-- each f: secret | lower | to_jsonb | md5 | count_orders | text | pg_typeof | name | row_to_json | xmin | ctid | hidden_cost | cost
SELECT o.{f}, (o).{f} FROM Orders o
-- name a row type
-- each e: (NULL::public.orders).* | NULL::orders | (NULL::orders).hidden_cost | NULL::"Orders" | ROW(1)::orders | jsonb_populate_record(NULL::orders, '{}') | jsonb_populate_recordset(NULL::public.orders, '[{}]') | json_populate_record(NULL::backroom.payroll, '{}') | ('{1,2}'::orders[])[1] | NULL::orders[] | NULL::public.shape_kind | 'round'::shape_kind | enum_range(NULL::shape_kind) | NULL::backroom.people%TYPE
SELECT {e}
-- name a row type in a column definition
-- each d: x orders | x public.orders | x public.orders[] | x shape_kind | x "Orders" | x backroom.people | x record | x public.orders.secret%TYPE
SELECT * FROM jsonb_to_record('{"x": {"secret": 1}}') AS t ({d})
-- name an alias that swaps names
-- each f: Users AS orders | Users AS "Orders" | Users orders, Orders users | Orders users JOIN Users orders ON users.company_id = orders.id | Orders AS payroll | Users AS "backroom.payroll" | Orders AS "public.orders"
SELECT * FROM {f}
-- name renamed columns
-- each f: Orders AS o (user_id, id) | Orders AS o (hidden_cost) | Orders AS o (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah, ai, aj) | Orders o ("$1") | Orders o ("a"" FROM public.orders --")
SELECT * FROM {f}
-- name a renamed column in the filter
SELECT o.user_id FROM Orders AS o (user_id, id, company_id) WHERE o.id <> 3
-- name an old name after renaming
SELECT o.secret FROM Orders AS o (a, b, c, d, e, f, g, h, i, j, k, l, m, n, p, q, r, s, t, u) WHERE o.secret IS NULL
-- name identifiers of 63 bytes and more
-- each t: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | "ordersaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" | ääääääääääääääääääääääääääääääääääääääääääää
SELECT count(*) AS {t} FROM Orders {t}
-- name two aliases that are one when cut
SELECT a.id FROM Orders aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1, Orders aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2
-- name joins by names of hidden columns
-- each j: JOIN Orders b USING (hidden_cost) | JOIN Orders b USING (cost) | JOIN Orders b USING (user_id) | NATURAL JOIN Orders b | NATURAL LEFT JOIN Orders b | JOIN Orders b USING (guarded_pin) | JOIN Orders b USING (shape)
SELECT count(*) FROM Orders a {j}
-- name NATURAL JOIN with a cube whose hidden columns have the same names
SELECT count(*) FROM Listed NATURAL JOIN Casted
-- name NATURAL JOIN, whole
SELECT * FROM Users NATURAL JOIN Items
-- name a table function of a cube's name
-- each f: orders() | orders(1) | "Orders"() | public.orders() | count_orders() | public.count_orders() | ROWS FROM (orders()) | ROWS FROM (count_orders()) | LATERAL count_orders()
SELECT * FROM {f}
-- name a column that carries a part of a measure
-- each c: "part0" | "part28" | "part-1" | o."part29" | "\ue000part29" | U&"\E000part29"
SELECT {c}, MEASURE(total) OVER () FROM Orders o
-- name a join by a column that carries a part of a measure
-- each j: JOIN (SELECT 1 AS "part29") b USING ("part29") | NATURAL JOIN (SELECT 1 AS "part29") b | JOIN (SELECT 1 AS "part28", 2 AS "part29") b ON true
SELECT count(*), MEASURE(o.total) FROM Orders o {j}
-- name four-part and longer names
-- each c: x.public.orders.secret | db.public.orders.secret | a.b.public.orders.secret | orders.secret.x | public.orders.hidden_cost | db.public.orders.hidden_cost | (orders).hidden_cost | public.orders.* | db.public.orders.* | x.y.z.orders.*
SELECT {c} FROM public.Orders
-- name a function in attribute notation of an allowed name
-- each f: length | upper | md5 | to_json | sum | count | max | quote_literal | row_to_json | num_nulls | format | concat | jsonb_pretty | abs | text | varchar
SELECT o.{f}, (o).{f}, {f}(o) FROM Listed o
-- name a measure with clauses that are not its own
-- each m: SUM(total ORDER BY cost) | SUM(total ORDER BY (SELECT max(person) FROM backroom.payroll)) | SUM(VARIADIC total) | evil_schema.sum(total) | public.sum(total) | a.b.c.sum(total) | sum(total) WITHIN GROUP (ORDER BY guarded_pin) | MEASURE(VARIADIC total) | MEASURE(total ORDER BY cost) | SUM(total) FILTER (WHERE guarded_pin > 1) | SUM(total) OVER (PARTITION BY cost) | evil_schema.measure(total) | public.aggregate(total) | pg_catalog.measure(total) | COUNT(count ORDER BY cost) | MEASURE(DISTINCT total)
SELECT {m} FROM Orders
-- name a fact of the session with clauses that are not its own
-- each f: version() FILTER (WHERE (SELECT true FROM backroom.payroll)) | current_database() OVER (PARTITION BY hidden_cost) | pg_backend_pid() OVER () | version(VARIADIC ARRAY[]::text[]) | evil_schema.version() | current_schema() OVER w | pg_is_in_recovery() FILTER (WHERE cost = 'x') | version(*) | version(DISTINCT secret) | version(ORDER BY cost)
SELECT {f} FROM Orders LIMIT 1
-- name a value of CYCLE
-- each v: regclass 'backroom.payroll' | regclass 'pg_class' | public.shape_kind 'round' | oid '1' | name 'x' | xml 'x' | int '1' | interval '1' day | 'x' | NULL | B'1'
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM t) CYCLE n SET c TO {v} DEFAULT {v} USING p SELECT count(*) FROM t, Users
