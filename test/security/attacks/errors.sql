-- What errors tell: names, values, positions, hints.
-- name a column that nearly exists
-- each c: secre | hidden_cos | hidden_pi | unliste | o.hidden_cos | o.secre | userid | shap | emai | o.unlisted
SELECT {c} FROM Orders o
-- name a table that nearly exists
-- each t: order | orderz | payrol | backroo.payroll | user | people | all_order | tenant_7.ledge | public.order | tenant_9.ledger
SELECT * FROM {t} t
-- name a function that nearly exists
-- each f: count_order() | lowerr('x') | pg_slep(1) | sum() | lower() | lower(1, 2, 3) | substr('x') | nosuch(secret) | max(id, 2) | round('x') | sqrt('x') | to_char(1)
SELECT {f} FROM Orders
-- name values in messages
-- each e: secret::int | digits::date | document::int[] | secret::jsonb | created_at::int | 1 / (divisor - divisor) | secret::numeric | (secret || 'x')::uuid | to_date(secret, 'YYYY') | to_timestamp(secret, 'YYYY') | secret::inet::text | ('{' || secret)::int[] | secret::timestamptz | secret::bool | secret::interval | substr(secret, 1, -5) | repeat(secret, 9)::int | array_fill(id, tags) | (array[1])[secret::int] | jsonb_path_query(meta, secret::jsonpath) | regexp_replace(secret, secret || '(', '') | make_date(id, id, id) | ln(-id) | chr(-id) | split_part(secret, '', 0) | convert_from(secret::bytea, 'x') | format(secret, 1) | format('%' || secret) | lpad(secret, 5, NULL)::int
SELECT {e} FROM Orders ORDER BY id
-- name values in messages, each cube
-- each t: Orders | Listed | Casted | Regional | Joined
-- each e: secret::int | digits::date | 1 / (divisor - divisor) | document::int
SELECT {e} FROM {t} ORDER BY id
-- name hidden values by an error
-- each e: (SELECT email FROM Users LIMIT 1)::int | (SELECT max(entry) FROM Ledger)::int | (SELECT max(name) FROM Users)::int | (SELECT what FROM Events ORDER BY id DESC LIMIT 1)::int | (SELECT product FROM Items ORDER BY id DESC LIMIT 1)::int | (SELECT string_agg(secret, ',') FROM Listed)::date
SELECT {e}
-- name types that do not fit
-- each e: id + secret | secret + 1 | flag = 1 | created_at > 1 | tags = 'x' | nums || secret | meta > 1 | id LIKE 'x' | NOT id | id AND true | CASE WHEN id THEN 1 END | secret IN (1, 2) | id IN ('x') | coalesce(id, secret) | greatest(id, secret) | array[id, secret] | id::jsonb | sum(secret) | avg(flag) | id BETWEEN 'a' AND 'b' | (id, secret) = (secret, id) | kind | o + 1 | o < o | - secret | @ secret
SELECT {e} FROM Orders o
-- name places that do not fit
-- each q: SELECT id, count(*) FROM Orders | SELECT id FROM Orders GROUP BY secret | SELECT id FROM Orders HAVING id > 1 | SELECT sum(sum(id)) FROM Orders | SELECT id FROM Orders WHERE count(*) > 1 | SELECT rank() OVER () FROM Orders WHERE rank() OVER () > 1 | SELECT id FROM Orders ORDER BY 99 | SELECT id FROM Orders GROUP BY 99 | SELECT DISTINCT id FROM Orders ORDER BY secret | SELECT DISTINCT ON (id) id FROM Orders ORDER BY secret | SELECT id FROM Orders LIMIT 'x' | SELECT id FROM Orders LIMIT -1 | SELECT id FROM Orders LIMIT id | SELECT id FROM Orders OFFSET -1 | SELECT id FROM Orders FETCH FIRST -1 ROWS ONLY | SELECT id FROM Orders UNION SELECT secret FROM Orders | SELECT id FROM Orders UNION SELECT id, id FROM Orders | SELECT (SELECT id FROM Orders) | SELECT (SELECT id, secret FROM Orders LIMIT 1) | SELECT id IN (SELECT id, secret FROM Orders) FROM Orders | SELECT 1 FROM Orders, Orders | SELECT id FROM Orders a, Orders b | SELECT b.* FROM Orders a | SELECT a.id FROM Orders a JOIN Users b ON c.id = 1 | SELECT generate_series(1, 2) FROM Orders WHERE generate_series(1, 2) > 1 | SELECT * | SELECT *, * FROM Users ORDER BY 1 | SELECT count(DISTINCT *) FROM Orders | SELECT sum(id) OVER nosuch FROM Orders | SELECT max(id) FILTER (WHERE id) FROM Orders | SELECT grouping(id) FROM Orders | SELECT VALUES (1) | VALUES (1), (1, 2) | SELECT DEFAULT | SELECT * FROM generate_series(1, 2) WITH ORDINALITY AS g (a, b, c) | SELECT * FROM Orders AS o (a, a) | WITH a (x, y) AS (SELECT 1) SELECT * FROM a | SELECT * FROM (VALUES (1)) | SELECT x.* FROM (SELECT 1) x (a, b) | SELECT 1 FROM Users u JOIN Users v USING (nosuch) | SELECT ARRAY[] | SELECT ROW(1, 2).f1 | SELECT (1, 2).f1 | SELECT NULL.x | SELECT $1 | SELECT 1 WHERE 1 | SELECT CASE END | SELECT a FROM (SELECT 1 AS a, 2 AS a) s
{q}
-- name measures in wrong places
-- each q: SELECT MEASURE(count) FROM Users u JOIN Orders o ON true | SELECT MEASURE(id) FROM Orders | SELECT MEASURE(nosuch) FROM Orders | SELECT MEASURE(count, 1) FROM Orders | SELECT MEASURE() FROM Orders | SELECT MEASURE(*) FROM Orders | SELECT MEASURE(count) | SELECT id, MEASURE(count) FROM Orders | SELECT AVG(count) FROM Orders | SELECT MEASURE(count) FROM Orders WHERE MEASURE(count) > 1 | SELECT MEASURE(MEASURE(count)) FROM Orders | SELECT MEASURE(total) OVER () FROM Orders | SELECT MEASURE(total) FILTER (WHERE id < 5) FROM Orders | SELECT AGGREGATE(share) FROM Orders | SELECT MEASURE(DISTINCT count) FROM Orders | SELECT pg_catalog.measure(count) FROM Orders | SELECT (SELECT MEASURE(o.count)) FROM Orders o | SELECT MEASURE(pieces) FROM Items | SELECT i.order_id, MEASURE(i.pieces) FROM Items i GROUP BY 1 ORDER BY 1 LIMIT 2 | SELECT MEASURE(count) FROM Events | SELECT status, MEASURE(total) FROM Orders GROUP BY 1 ORDER BY 1 | SELECT MEASURE(o.total) FROM (SELECT * FROM Orders) o
{q}
