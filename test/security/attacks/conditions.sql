-- What raises or tells on rows of others, at every place of a statement at which Postgres might compute it early.
-- name a predicate at every place, Listed
-- each s: SELECT count(*), min(o.id) FROM Listed o WHERE {p} | SELECT count(*) FROM Listed o JOIN Users u ON {p} AND u.id = 1 | SELECT count(*), count(u.id) FROM Listed o LEFT JOIN Users u ON {p} | SELECT count(*), count(o.id) FROM Users u LEFT JOIN Listed o ON o.id = u.id AND {p} | SELECT count(*), count(o.id) FROM Users u FULL JOIN Listed o ON o.id = u.id WHERE {p} | SELECT count(*) FROM Users u RIGHT JOIN Listed o ON o.id = u.id AND u.name = o.secret WHERE {p} | SELECT count(*) FROM (SELECT * FROM Listed ORDER BY id LIMIT 1000) o WHERE {p} | WITH o AS NOT MATERIALIZED (SELECT * FROM Listed) SELECT count(*) FROM o WHERE {p} | SELECT count(*) FROM Users u WHERE EXISTS (SELECT 1 FROM Listed o WHERE o.id = u.id AND {p}) | SELECT count(*) FROM Users u WHERE NOT EXISTS (SELECT 1 FROM Listed o WHERE o.id = u.id + 1400 AND {p}) | SELECT count(*) FROM Users u, LATERAL (SELECT o.id FROM Listed o WHERE o.id > u.id AND {p} LIMIT 3) l | SELECT (SELECT count(*) FROM Listed o WHERE o.id > u.id AND {p}) FROM Users u ORDER BY u.id | SELECT o.sign, count(*) FROM Listed o GROUP BY o.sign HAVING bool_and({p}) ORDER BY 1 | SELECT count(*) FILTER (WHERE {p}) FROM Listed o | SELECT count(*) FROM (SELECT o.id, rank() OVER (PARTITION BY ({p}) ORDER BY o.id) r FROM Listed o) x WHERE r < 5 | SELECT DISTINCT ({p}) FROM Listed o ORDER BY 1 | SELECT o.id FROM Listed o ORDER BY ({p}), o.id LIMIT 2 | SELECT count(*) FROM (SELECT * FROM Listed UNION SELECT * FROM Listed) o WHERE {p} | SELECT count(*) FROM Listed o WHERE o.id IN (SELECT o.id FROM Listed o WHERE {p}) | SELECT min(x) FROM (SELECT DISTINCT ON (o.sign) ({p})::int AS x FROM Listed o ORDER BY o.sign, o.id) q
-- each p: o.digits::int > 0 | 1 / o.divisor >= 0 | o.secret LIKE 'SECRET-A-u%\' | o.secret LIKE 'SECRET-B-u%\' | sqrt(o.sign) > 0 | o.document::jsonb IS NOT NULL | 'x' LIKE o.pattern | o.id = 1450 AND o.digits::int > 0 | o.id BETWEEN 1400 AND 1500 AND 1 / (o.divisor - 3) > 0 | (o.id = 1450 OR o.digits::int > 0) | o.secret >= 'SECRET' AND o.secret::int > 0 | o.secret ~ 'SECRET-B(' IS NULL | NOT o.digits::int <= 0 | (o.digits::int > 0) IS NOT FALSE | o.id IN (1, 1450, 1001) AND o.secret::uuid IS NULL | CASE WHEN o.id > 1000 THEN o.secret::int > 0 ELSE true END | COALESCE(o.digits::int, 0) > 0 | o.digits::int BETWEEN 0 AND 1000 | o.digits::int = ANY (ARRAY[3,6,9]) | (o.id, o.digits::int) > (0, 0) | o.digits::int IS DISTINCT FROM 3 | o.digits = 3::text | length(o.secret) / o.divisor > 0 | o.secret SIMILAR TO o.pattern | o.secret NOT ILIKE 'secret-b-u%\' | starts_with(o.secret, 'SECRET') AND o.secret::int > 1 | o.secret ^@ 'SECRET' AND 1/(o.divisor-o.divisor) > 1
{s}
-- name a predicate at every place, Joined
-- each s: SELECT count(*), min(o.id) FROM Joined o WHERE {p} | SELECT count(*) FROM Joined o JOIN Users u ON {p} AND u.id = 1 | SELECT count(*), count(u.id) FROM Joined o LEFT JOIN Users u ON {p} | SELECT count(*), count(o.id) FROM Users u LEFT JOIN Joined o ON o.id = u.id AND {p} | SELECT count(*), count(o.id) FROM Users u FULL JOIN Joined o ON o.id = u.id WHERE {p} | SELECT count(*) FROM Users u RIGHT JOIN Joined o ON o.id = u.id AND u.name = o.secret WHERE {p} | SELECT count(*) FROM (SELECT * FROM Joined ORDER BY id LIMIT 1000) o WHERE {p} | WITH o AS NOT MATERIALIZED (SELECT * FROM Joined) SELECT count(*) FROM o WHERE {p} | SELECT count(*) FROM Users u WHERE EXISTS (SELECT 1 FROM Joined o WHERE o.id = u.id AND {p}) | SELECT count(*) FROM Users u WHERE NOT EXISTS (SELECT 1 FROM Joined o WHERE o.id = u.id + 1400 AND {p}) | SELECT count(*) FROM Users u, LATERAL (SELECT o.id FROM Joined o WHERE o.id > u.id AND {p} LIMIT 3) l | SELECT (SELECT count(*) FROM Joined o WHERE o.id > u.id AND {p}) FROM Users u ORDER BY u.id | SELECT o.sign, count(*) FROM Joined o GROUP BY o.sign HAVING bool_and({p}) ORDER BY 1 | SELECT count(*) FILTER (WHERE {p}) FROM Joined o | SELECT count(*) FROM (SELECT o.id, rank() OVER (PARTITION BY ({p}) ORDER BY o.id) r FROM Joined o) x WHERE r < 5 | SELECT DISTINCT ({p}) FROM Joined o ORDER BY 1 | SELECT o.id FROM Joined o ORDER BY ({p}), o.id LIMIT 2 | SELECT count(*) FROM (SELECT * FROM Joined UNION SELECT * FROM Joined) o WHERE {p} | SELECT count(*) FROM Joined o WHERE o.id IN (SELECT o.id FROM Joined o WHERE {p}) | SELECT min(x) FROM (SELECT DISTINCT ON (o.sign) ({p})::int AS x FROM Joined o ORDER BY o.sign, o.id) q
-- each p: o.digits::int > 0 | 1 / o.divisor >= 0 | o.secret LIKE 'SECRET-A-u%\' | o.secret LIKE 'SECRET-B-u%\' | sqrt(o.sign) > 0 | o.document::jsonb IS NOT NULL | 'x' LIKE o.pattern | o.id = 1450 AND o.digits::int > 0 | o.id BETWEEN 1400 AND 1500 AND 1 / (o.divisor - 3) > 0
{s}
-- name a predicate at every place, Orders
-- each s: SELECT count(*), min(o.id) FROM Orders o WHERE {p} | SELECT count(*) FROM Orders o JOIN Users u ON {p} AND u.id = 1 | SELECT count(*), count(u.id) FROM Orders o LEFT JOIN Users u ON {p} | SELECT count(*), count(o.id) FROM Users u LEFT JOIN Orders o ON o.id = u.id AND {p} | SELECT count(*), count(o.id) FROM Users u FULL JOIN Orders o ON o.id = u.id WHERE {p} | SELECT count(*) FROM Users u RIGHT JOIN Orders o ON o.id = u.id AND u.name = o.secret WHERE {p} | SELECT count(*) FROM (SELECT * FROM Orders ORDER BY id LIMIT 1000) o WHERE {p} | WITH o AS NOT MATERIALIZED (SELECT * FROM Orders) SELECT count(*) FROM o WHERE {p} | SELECT count(*) FROM Users u WHERE EXISTS (SELECT 1 FROM Orders o WHERE o.id = u.id AND {p}) | SELECT count(*) FROM Users u WHERE NOT EXISTS (SELECT 1 FROM Orders o WHERE o.id = u.id + 1400 AND {p}) | SELECT count(*) FROM Users u, LATERAL (SELECT o.id FROM Orders o WHERE o.id > u.id AND {p} LIMIT 3) l | SELECT (SELECT count(*) FROM Orders o WHERE o.id > u.id AND {p}) FROM Users u ORDER BY u.id | SELECT o.sign, count(*) FROM Orders o GROUP BY o.sign HAVING bool_and({p}) ORDER BY 1 | SELECT count(*) FILTER (WHERE {p}) FROM Orders o | SELECT count(*) FROM (SELECT o.id, rank() OVER (PARTITION BY ({p}) ORDER BY o.id) r FROM Orders o) x WHERE r < 5 | SELECT DISTINCT ({p}) FROM Orders o ORDER BY 1 | SELECT o.id FROM Orders o ORDER BY ({p}), o.id LIMIT 2 | SELECT count(*) FROM (SELECT * FROM Orders UNION SELECT * FROM Orders) o WHERE {p} | SELECT count(*) FROM Orders o WHERE o.id IN (SELECT o.id FROM Orders o WHERE {p}) | SELECT min(x) FROM (SELECT DISTINCT ON (o.sign) ({p})::int AS x FROM Orders o ORDER BY o.sign, o.id) q
-- each p: o.digits::int > 0 | 1 / o.divisor >= 0 | o.secret LIKE 'SECRET-A-u%\' | o.secret LIKE 'SECRET-B-u%\' | sqrt(o.sign) > 0 | o.document::jsonb IS NOT NULL | 'x' LIKE o.pattern | o.id = 1450 AND o.digits::int > 0 | o.id BETWEEN 1400 AND 1500 AND 1 / (o.divisor - 3) > 0
{s}
-- name one that may fail among those that may not
-- each s: SELECT count(*) FROM Orders o WHERE o.id = 1450 AND ({l}) IS NOT NULL | SELECT count(*) FROM Orders o JOIN Orders b ON o.id = b.id AND b.id > 1000 WHERE ({l}) IS NOT NULL | SELECT max({l}::text) FROM Orders o WHERE o.id > 1000 | SELECT min(o.id) FROM Orders o GROUP BY {l} | SELECT o.id FROM Orders o WHERE o.id > 1000 ORDER BY {l} LIMIT 1 | SELECT DISTINCT {l} FROM Orders o WHERE o.id >= 1400 | SELECT (SELECT {l} FROM Orders o WHERE o.id = 1450) | SELECT count(*) FROM Users u WHERE u.id = (SELECT length(({l})::text) FROM Orders o WHERE o.id = 1450) | SELECT count(*) FROM Orders o WHERE o.id = 1450 OR ({l}) IS NULL | SELECT count(*) FROM (SELECT {l} AS x, o.id FROM Orders o) q WHERE q.id = 1450 AND q.x IS NULL | WITH q AS (SELECT {l} AS x, o.id FROM Orders o) SELECT count(*) FROM q a JOIN q b ON a.x = b.x AND a.id = b.id AND b.id > 1000 | SELECT count(*) FROM Orders o WHERE CASE WHEN o.id = 1450 THEN ({l}) IS NULL ELSE false END | SELECT lag({l}) OVER (ORDER BY o.id) FROM Orders o WHERE o.id > 1000 | SELECT count(*) FILTER (WHERE ({l}) IS NULL) FROM Orders o WHERE o.id > 1000 | SELECT o.id FROM Orders o WHERE o.id > 1000 AND EXISTS (SELECT 1 FROM Users u WHERE u.name = ({l})::text) | SELECT count(*) FROM Users u LEFT JOIN Orders o ON o.id = u.id + 1449 AND ({l}) IS NOT NULL | SELECT count(*) FROM Orders o WHERE o.id BETWEEN 1401 AND 1523 AND o.user_id <> 3 AND ({l}) IS NOT NULL | SELECT count(*) FROM Orders o, LATERAL (SELECT {l} AS x) q WHERE o.id = 1450 AND q.x IS NULL | SELECT count(*) FROM Orders o WHERE (o.id, ({l})::text) = (1450, 'x') | SELECT 1 FROM Orders o HAVING max(({l})::text) IS NULL AND min(o.id) > 1000
-- each l: 1 / o.divisor | o.digits::int | o.document::jsonb IS NULL | sqrt(o.sign) | o.secret::date | to_date(o.moment, 'YYYY-MM-DD') | o.secret LIKE o.pattern | o.divisor % (o.divisor - 3)
{s}
-- name extremes
-- each a: min(o.secret) | max(o.secret) | min(o.id) | max(o.created_at) | max(o.amount) | min(o.digits::int) | max(o.pattern) | string_agg(o.secret, ',') | min(o.big) | max(o.ratio)
-- each w: o.id > 1000 | o.secret LIKE 'SECRET%' | o.user_id <> 3 | o.id = 1450 | o.secret > 'P' | true
SELECT {a} FROM Orders o WHERE {w}
-- name a constant that fails, beside the id of somebody else
-- each s: SELECT count(*) FROM Listed WHERE id = 1450 AND 1/(SELECT 0) = 1 | SELECT count(*) FROM Listed WHERE id = 1450 AND (SELECT 1/0) = 1 | SELECT count(*) FROM Listed WHERE id = 1450 AND random() / 0 > 1 | SELECT count(*) FROM Listed WHERE id = 1450 AND now() - 'x'::text::timestamptz > interval '1 day' | SELECT count(*) FROM Listed WHERE id = 1450 AND digits > ('x'::text)::date::text AND now() > 'x'::text::timestamptz | SELECT count(*) FROM Orders WHERE id = 1450 AND created_at > ('x' || 'y')::timestamptz | SELECT count(*) FROM Orders WHERE id = 1450 AND created_at > CAST('2025-01-01' AS timestamptz) AND day > CAST('x' || id AS date) | SELECT count(*) FROM Orders WHERE id = 1450 AND day > CAST(CAST('x' AS text) AS date) | SELECT count(*) FROM Orders WHERE id = 1450 AND flag = CAST('maybe' || '' AS bool) | SELECT count(*) FROM Orders WHERE id = 1450 AND id = CAST(99999999999 AS int4) | SELECT count(*) FROM Orders WHERE id = 1450 AND id <> CAST(1e300 AS int4) | SELECT count(*) FROM Orders WHERE id = 1450 AND id <> CAST(99999 AS int2) | SELECT count(*) FROM Orders WHERE id = 1999999 AND id <> CAST(99999 AS int2) | SELECT count(*) FROM Orders WHERE id = 1450 AND small <> 99999999999999999999 | SELECT count(*) FROM Orders WHERE id = 1450 AND ratio <> 1e400 | SELECT count(*) FROM Orders WHERE id = 1450 AND ratio <> CAST(1e400 AS float8) | SELECT count(*) FROM Orders WHERE id = 1450 AND secret <> CAST(1 / 0 AS text) | SELECT count(*) FROM Orders WHERE id = 1450 AND secret < repeat('x', 10000) | SELECT count(*) FROM Orders WHERE id = 1450 AND secret = ANY (ARRAY['x', 1/0::text]) | SELECT count(*) FROM Orders WHERE (id, divisor) = (1450, 1/0) | SELECT count(*) FROM Orders WHERE id = 1450 AND uuid_extract_version('x') = 1
{s}
-- name a prepared plan that is kept, EXECUTE p('x')
-- each s: PREPARE p (text) AS SELECT count(*) FROM Listed WHERE id = 1450 AND sign <> CAST($1 AS int4) | PREPARE p AS SELECT count(*) FROM Listed WHERE id = 1450 AND sign <> CAST($1 AS int4) AND secret <> $1::text | PREPARE p (text) AS SELECT count(*) FROM Listed WHERE id = 1450 AND sign <> (SELECT CAST($1 AS int4)) | PREPARE p (text) AS SELECT (SELECT count(*) FROM Listed WHERE id = 1450 AND secret >= $1), CAST($1 AS int4) FROM Listed WHERE id = 1450
{s}
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p('x')
-- name a prepared plan that is kept, EXECUTE p(99999)
-- each s: PREPARE p (int8) AS SELECT count(*) FROM Listed WHERE id = 1450 AND sign <> CAST($1 AS int2)
{s}
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p('1')
-- then
EXECUTE p(99999)
-- name a prepared plan that is kept, EXECUTE p(0)
-- each s: PREPARE p (int) AS SELECT count(*) FROM Listed WHERE id = 1450 AND 1/$1 = 1 | PREPARE p (int) AS SELECT count(*) FROM Listed a JOIN Listed b ON a.id = b.id AND 1/$1 = 1 WHERE a.id = 1450 | PREPARE p (int) AS SELECT count(*) FROM Users u LEFT JOIN Listed b ON b.id = 1450 AND 1/$1 = u.id | PREPARE p (int) AS SELECT (SELECT 1/$1 FROM Listed WHERE id = 1450) | PREPARE p (int) AS SELECT CASE WHEN EXISTS (SELECT 1 FROM Listed WHERE id = 1450) THEN 1/$1 END
{s}
-- then
EXECUTE p(1)
-- then
EXECUTE p(1)
-- then
EXECUTE p(1)
-- then
EXECUTE p(1)
-- then
EXECUTE p(1)
-- then
EXECUTE p(1)
-- then
EXECUTE p(1)
-- then
EXECUTE p(0)
-- name a prepared plan that is kept, EXECUTE p('SECRET-B-u%\')
-- each s: PREPARE p (text) AS SELECT count(*) FROM Listed WHERE secret LIKE $1
{s}
-- then
EXECUTE p('a')
-- then
EXECUTE p('a')
-- then
EXECUTE p('a')
-- then
EXECUTE p('a')
-- then
EXECUTE p('a')
-- then
EXECUTE p('a')
-- then
EXECUTE p('a')
-- then
EXECUTE p('SECRET-B-u%\')
