-- WITH queries, their order, their scope, and names that only look like them.
-- name a CTE of a quoted cube name beside the folded one
WITH "Orders" AS (SELECT 1 AS id) SELECT count(*) FROM orders
-- name a CTE of the folded name beside the quoted cube
WITH orders AS (SELECT 1 AS id) SELECT count(*) FROM "Orders"
-- name a CTE that reads the cube of its own name
WITH orders AS (SELECT * FROM orders) SELECT count(*), min(secret) FROM orders
-- name a recursive CTE that reads itself
WITH RECURSIVE orders AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM orders WHERE id < 5) SELECT count(*) FROM orders
-- name a recursive CTE named as the cube, without recursion
WITH RECURSIVE orders AS (SELECT * FROM orders) SELECT * FROM orders
-- name an earlier sibling does not see a later one
WITH a AS (SELECT id FROM orders), orders AS (SELECT 1 AS id) SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM orders)
-- name an earlier sibling of a recursive list
WITH RECURSIVE a AS (SELECT id FROM orders), orders AS (SELECT 1 AS id) SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM orders)
-- name the scope ends with its query
SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b) FROM (WITH orders AS (SELECT 1 AS id) SELECT * FROM orders) a, (SELECT count(*) FROM orders) b
-- name a scope in one arm of a set operation
(WITH orders AS (SELECT 'x' AS secret) SELECT secret FROM orders) UNION ALL SELECT secret FROM orders
-- name a scope of the first arm only
(WITH orders AS (SELECT 1 AS id) SELECT id FROM orders) UNION ALL (SELECT id FROM orders)
-- name a scope in a scalar subquery
SELECT (WITH orders AS (SELECT 7 AS id) SELECT max(id) FROM orders), (SELECT max(id) FROM orders)
-- name a CTE with a schema before it
WITH orders AS (SELECT 1 AS id) SELECT count(*) FROM public.orders
-- name a CTE of an upstream name
-- each t: payroll | people | pg_class | "backroom.payroll" | all_orders | pg_stats
WITH {t} AS (SELECT 1 AS id) SELECT count(*) FROM {t}
-- name a CTE of an upstream name, asked with its schema
-- each t: backroom.payroll | pg_catalog.pg_class | public.all_orders | information_schema.tables
WITH payroll AS (SELECT 1 AS id), pg_class AS (SELECT 1), all_orders AS (SELECT 1), tables AS (SELECT 1) SELECT count(*) FROM {t}
-- name a CTE that is not referred to
WITH unused AS (SELECT * FROM backroom.payroll) SELECT 1
-- name a CTE that is not referred to, of a cube
WITH unused AS (SELECT 1 / divisor FROM Orders) SELECT 1
-- name a CTE inside a CTE
WITH a AS (WITH b AS (SELECT id FROM orders) SELECT * FROM b) SELECT count(*) FROM a
-- name an inner CTE seen from outside
WITH a AS (WITH orders AS (SELECT 1 AS id) SELECT * FROM orders) SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM orders)
-- name an inner CTE name seen from outside, upstream
WITH a AS (WITH payroll AS (SELECT 1 AS id) SELECT * FROM payroll) SELECT count(*) FROM payroll
-- name a CTE name used twice
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a
-- name CTE materialization
-- each m: MATERIALIZED | NOT MATERIALIZED
WITH o AS {m} (SELECT * FROM orders) SELECT count(*) FROM o WHERE 1 / divisor > 0 AND digits::int > 0
-- name CTE column names with quotes
WITH o ("a"" FROM public.orders --", "b, (SELECT 1)") AS (SELECT id, secret FROM orders) SELECT * FROM o ORDER BY 1
-- name CTE name with quotes
WITH "o"" AS (SELECT secret FROM public.orders) SELECT * FROM x; --" AS (SELECT id FROM orders) SELECT count(*) FROM "o"" AS (SELECT secret FROM public.orders) SELECT * FROM x; --"
-- name CTE name of two words
WITH "w AS (SELECT 1) SELECT * FROM public.orders --" AS (SELECT id FROM orders) SELECT count(*) FROM "w AS (SELECT 1) SELECT * FROM public.orders --"
-- name SEARCH with odd names
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SEARCH DEPTH FIRST BY n SET "s, (SELECT secret FROM public.orders)" SELECT * FROM t
-- name CYCLE with odd names
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM t) CYCLE n SET "c"" --" TO 'y' DEFAULT 'n' USING "p, x" SELECT * FROM t
-- name CYCLE values that are queries
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM t) CYCLE n SET c TO (SELECT 1) DEFAULT 0 USING p SELECT * FROM t
-- name a cube in the recursive part
WITH RECURSIVE t (id) AS (SELECT min(id) FROM orders UNION ALL SELECT o.id FROM t JOIN orders o ON o.id = t.id + 1) SELECT count(*), max(id) FROM t
-- name a base table in the recursive part
WITH RECURSIVE t (id) AS (SELECT 1 UNION ALL SELECT p.id FROM t JOIN backroom.payroll p ON p.id = t.id + 1) SELECT count(*) FROM t
-- name mutual recursion
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM a
-- name writing in WITH
-- each d: DELETE FROM orders RETURNING secret | UPDATE orders SET note = 'x' RETURNING secret | INSERT INTO orders (id) VALUES (1) RETURNING secret | MERGE INTO orders o USING users u ON true WHEN MATCHED THEN DELETE | DELETE FROM public.orders RETURNING * | INSERT INTO backroom.payroll VALUES (1, 'x') RETURNING *
WITH d AS ({d}) SELECT * FROM d
-- name writing in WITH that nobody reads
WITH d AS (DELETE FROM public.orders) SELECT 1
-- name a correlated subquery that reads outer columns of another cube
SELECT u.id, (SELECT count(*) FROM orders o WHERE o.company_id = u.company_id) FROM users u ORDER BY 1
-- name the outer row in a subquery
SELECT (SELECT max(o2.id) FROM orders o2 WHERE o2.status = o.status) FROM orders o ORDER BY o.id
-- name the outer name is hidden by an inner alias
SELECT (SELECT orders.name FROM users orders LIMIT 1) FROM orders
-- name an alias that hides a column's table
SELECT orders.id FROM users orders, orders users ORDER BY 1 LIMIT 2
-- name an outer row, whole, in a subquery
SELECT (SELECT to_jsonb(o)) FROM orders o ORDER BY o.id LIMIT 2
-- name LATERAL sees what is left of it
SELECT l.n FROM orders o, LATERAL (SELECT count(*) AS n FROM items i WHERE i.order_id = o.id) l ORDER BY o.id LIMIT 3
-- name without LATERAL it does not
SELECT l.n FROM orders o, (SELECT count(*) AS n FROM items i WHERE i.order_id = o.id) l
-- name join aliases hide their sides
SELECT o.id FROM (orders o JOIN users u ON true) j
-- name a USING alias that holds SQL
SELECT x.id FROM orders a JOIN listed b USING (id) AS "x, (SELECT secret FROM public.orders)"
-- name a join alias that holds SQL
SELECT count(*) FROM (orders a JOIN listed b USING (id)) AS "j"" ON true, public.orders --"
-- name a window name that holds SQL
SELECT sum(id) OVER "w, (SELECT string_agg(secret,',') FROM public.orders) AS s" FROM orders WINDOW "w, (SELECT string_agg(secret,',') FROM public.orders) AS s" AS (ORDER BY id)
-- name a window name beside a clause that defines another
SELECT sum(id) OVER "w, (SELECT string_agg(secret,',') FROM public.orders) AS s" FROM orders WINDOW w AS (ORDER BY id)
-- name an outer join keeps its meaning
SELECT u.id, o.id FROM users u LEFT JOIN orders o ON o.id = u.id + 1000 ORDER BY 1, 2
-- name a full join shows no foreign rows
SELECT count(*), count(o.id), count(i.id) FROM orders o FULL JOIN items i ON i.order_id = o.id + 1000
-- name a join on true
SELECT count(*) FROM orders o LEFT JOIN items i ON true
-- name an anti join against the rest
SELECT count(*) FROM items i WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = i.order_id)
-- name OR true
-- each t: orders | listed | casted | regional | joined | users | items | events | ledger
SELECT count(*) FROM {t} WHERE id = 0 OR true
-- name user_id of others
SELECT count(*), min(user_id), max(user_id) FROM orders WHERE user_id <> 3 OR user_id = 7 OR true
-- name EXCEPT own rows
SELECT id FROM orders EXCEPT SELECT id FROM listed
-- name several scopes of one name at three levels
WITH orders AS (SELECT id FROM orders WHERE id < 9) SELECT (WITH orders AS (SELECT id FROM orders WHERE id < 5) SELECT count(*) FROM orders), (SELECT count(*) FROM orders)
-- name a CTE named as a relation of the catalog
-- each s: WITH pg_class AS (SELECT 1 AS id) SELECT count(*) FROM pg_class, Orders | WITH pg_class AS (SELECT id FROM Orders) SELECT count(*) FROM pg_class | SELECT (WITH pg_class AS (SELECT 1 AS id) SELECT id FROM pg_class), count(*) FROM pg_class | SELECT (WITH pg_class AS (SELECT 1 AS id) SELECT id FROM pg_class), (SELECT count(*) FROM pg_class), count(*) FROM Orders | WITH w AS (SELECT count(*) FROM pg_class), pg_class AS (SELECT 1) SELECT * FROM w | WITH w AS (SELECT count(*) FROM pg_class), pg_class AS (SELECT 1) SELECT count(*) FROM w, Orders | WITH RECURSIVE w AS (SELECT count(*) FROM pg_class), pg_class AS (SELECT 1) SELECT count(*) FROM w, Orders | WITH RECURSIVE pg_class AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM pg_class WHERE id < 3) SELECT count(*) FROM pg_class, Users | WITH RECURSIVE pg_class AS (SELECT (SELECT count(*) FROM pg_class) AS id) SELECT count(*) FROM pg_class, Users | WITH pg_class AS (SELECT * FROM pg_class) SELECT count(*) FROM pg_class, Users | WITH pg_stats AS (SELECT 1 AS id) SELECT count(*) FROM public.pg_stats, Users | WITH t AS (SELECT 1 AS pg_class) SELECT pg_class.* FROM t pg_class, Users | (WITH pg_user AS (SELECT 1) TABLE pg_user) UNION ALL SELECT count(*) FROM Users | (WITH pg_user AS (SELECT 1) TABLE pg_user) UNION ALL (TABLE pg_user) UNION ALL SELECT count(*) FROM Users | SELECT count(*) FROM Users, LATERAL (WITH pg_user AS (SELECT Users.id) SELECT * FROM pg_user, LATERAL (TABLE pg_user) y) x | VALUES ((WITH pg_user AS (SELECT 1) TABLE pg_user)), ((SELECT count(*) FROM pg_user)) | WITH pg_user AS (SELECT 1 AS id) VALUES ((SELECT id FROM pg_user)), ((SELECT max(id) FROM Users)) | WITH pg_user AS (SELECT 1 AS id) SELECT id FROM Users ORDER BY (SELECT count(*) FROM pg_user), id LIMIT (SELECT id FROM pg_user) | WITH pg_user AS (SELECT 1 AS id) (SELECT id FROM Users UNION SELECT id FROM pg_user) ORDER BY 1 | WITH a AS (SELECT 1 AS id) (WITH a AS (SELECT 2 AS id) SELECT id FROM a) UNION ALL SELECT id FROM a, Users
{s}
