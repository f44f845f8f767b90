-- Predicates and expressions that raise, or take time, on rows of others: rows of others must not be computed at all.
-- name a predicate in WHERE
-- each t: Orders | Listed | Casted | Regional | Joined
-- each p: 1 / (divisor) > 0 | digits::int > 0 | CAST(digits AS numeric) > 0 | secret LIKE pattern | 'own' ~ pattern | document::jsonb IS NOT NULL | sqrt(sign) > 0 | ln(sign::numeric) IS NOT NULL | secret::uuid IS NULL OR true | (CASE WHEN secret LIKE 'SECRET%' THEN 1 / (divisor - divisor) ELSE 1 END) > 0
SELECT id FROM {t} WHERE {p} ORDER BY id
-- name a predicate that only others satisfy
-- each t: Orders | Listed | Casted | Regional | Joined
-- each p: secret LIKE 'SECRET%' | NOT secret LIKE 'OWN%' | id > 1000 | divisor = 0 | sign < 0 | pattern LIKE '%\\' | digits !~ '^[0-9]+$' | document LIKE 'SECRET%'
SELECT count(*), min(secret) FROM {t} WHERE {p}
-- name a predicate on an id of somebody else
-- each p: CAST(secret AS int) > 0 | 1 / (user_id - 7) = 0 | 1 / (user_id - 5) < 9 | created_at > now() - interval '9999 years' | day + 1000000 > day | big + 1 > 0 | nums[1] / (nums[1] - nums[1]) > 0 | to_date(moment, 'YYYY-MM-DD') > '2000-01-01' | moment::timestamptz > '2000-01-01' | extract(epoch FROM created_at) > 0 | ratio * 1e300 * 1e300 > 0 | gap * 1e9 > gap | meta['SECRET-A-key-1'] IS NULL | small::int2 * 30000::int2 > 0 | octet_length(secret) > 9
SELECT id FROM Orders WHERE id = 1001 AND {p}
-- name a predicate with OFFSET 0 of one's own
SELECT id FROM (SELECT * FROM Orders OFFSET 0) o WHERE 1 / divisor > 0 ORDER BY id
-- name a predicate above a plain subquery
SELECT id FROM (SELECT * FROM Orders) o WHERE digits::int > 0 ORDER BY id
-- name a predicate above a CTE
WITH o AS (SELECT * FROM Orders) SELECT id FROM o WHERE digits::int > 0 ORDER BY id
-- name a predicate above DISTINCT
SELECT count(*) FROM (SELECT DISTINCT digits, divisor FROM Orders) o WHERE digits::int > 0 AND 1 / divisor > -1
-- name a predicate above GROUP BY
SELECT count(*) FROM (SELECT digits FROM Listed GROUP BY digits) o WHERE digits::int > 0
-- name a predicate above UNION ALL
SELECT count(*) FROM (SELECT digits FROM Listed UNION ALL SELECT digits FROM Casted) o WHERE digits::int > 0
-- name a predicate above a window
SELECT count(*) FROM (SELECT digits, row_number() OVER (PARTITION BY digits) FROM Joined) o WHERE digits::int > 0
-- name a predicate in JOIN ON
SELECT count(*) FROM Orders a JOIN Listed b ON 1 / a.divisor >= 0 AND b.digits::int = a.digits::int
-- name a predicate in LEFT JOIN ON
SELECT count(b.id) FROM Users a LEFT JOIN Listed b ON 1 / b.divisor >= 0 AND b.id = a.id
-- name a predicate in a semi join
SELECT id FROM Users u WHERE EXISTS (SELECT 1 FROM Casted o WHERE 1 / o.divisor >= 0 AND o.id = u.id) ORDER BY id
-- name a predicate in an anti join
SELECT id FROM Users u WHERE NOT EXISTS (SELECT 1 FROM Casted o WHERE o.digits::int = u.id) ORDER BY id
-- name a predicate in IN
SELECT id FROM Users u WHERE id IN (SELECT digits::int / 3 FROM Joined) ORDER BY id
-- name a predicate in HAVING
SELECT divisor FROM Listed GROUP BY divisor HAVING 1 / divisor > -1 ORDER BY 1
-- name a grouping expression
SELECT digits::int % 5 AS d, count(*) FROM Listed GROUP BY 1 ORDER BY 1
-- name a sort expression
SELECT id FROM Listed ORDER BY 100 / divisor, digits::int
-- name an aggregate's argument
SELECT sum(digits::int), max(1 / divisor), count(DISTINCT document::jsonb) FROM Casted
-- name an aggregate's filter
SELECT count(*) FILTER (WHERE 1 / divisor >= 0) FROM Casted
-- name a window's order
SELECT rank() OVER (ORDER BY digits::int) FROM Joined ORDER BY 1 LIMIT 3
-- name a select list
SELECT 1 / divisor, digits::int, document::jsonb, sqrt(sign) FROM Regional ORDER BY id
-- name a select list of a subquery that is not read
SELECT id FROM (SELECT id, 1 / divisor AS x FROM Regional) s ORDER BY id
-- name CASE does not shield planning
SELECT CASE WHEN secret = 'x' THEN 1 / 0 ELSE 0 END FROM Orders ORDER BY id LIMIT 3
-- name constants are folded the same way
SELECT CASE WHEN id > 0 THEN 1 ELSE 1 / 0 END FROM Orders ORDER BY id LIMIT 3
-- name a row comparison
SELECT count(*) FROM Listed WHERE (1 / divisor, digits::int) > (0, 0)
-- name LIKE with a trailing escape in the pattern column
SELECT count(*) FROM Regional WHERE 'own-text' LIKE pattern
-- name a regular expression of a column
SELECT count(*) FROM Regional WHERE 'own' ~ digits
-- name time as a channel
SELECT count(*) FROM Regional WHERE CASE WHEN secret LIKE 'SECRET%' THEN length(md5(repeat(secret, 9999))) > 0 ELSE true END
-- name members of another cube
SELECT count(*) FROM Items WHERE 1 / quantity > 5 AND order_id > 1000
-- name division in a filter of another cube
SELECT count(*) FROM Items WHERE quantity > 0 AND 10 / quantity >= 0
-- name events limited by queryRewrite, no member named
-- each q: SELECT count(*) FROM Events | SELECT 1 FROM Events LIMIT 1 OFFSET 300 | SELECT EXISTS (SELECT FROM Events OFFSET 12) | SELECT count(*) FROM Users u, Events e | SELECT MEASURE(count) FROM Events | SELECT count(e) FROM Events e | SELECT count(*) FILTER (WHERE true) FROM Events | SELECT count(*) FROM (SELECT FROM Events) e | SELECT (SELECT count(*) FROM Events) FROM Users ORDER BY 1 | COPY (SELECT count(*) FROM Events) TO STDOUT
{q}
-- name events limited by queryRewrite
SELECT count(*) FROM Events WHERE 1 / (id - 150) <= 1
-- name events limited by queryRewrite, as text
SELECT count(*), max(what) FROM Events WHERE what LIKE 'SECRET%' OR substr(what, 1, 3)::text <> 'own'
-- name an aggregate over others
-- each t: Orders | Listed | Casted | Regional | Joined
SELECT count(*), count(DISTINCT secret), min(id), max(id), sum(sign), bit_xor(id), string_agg(left(secret, 3), '' ORDER BY id) FROM {t}
-- name a parameter compared with others
-- values SECRET-A-u1
SELECT count(*) FROM Orders WHERE secret > $1
-- name a parameter that divides
-- values 0
SELECT count(*) FROM Listed WHERE id > 1000 AND 1 / $1::int > 0
-- name a parameter as a pattern
-- values SECRET%\
SELECT count(*) FROM Listed WHERE secret LIKE $1
-- name LIMIT by others
SELECT id FROM Orders ORDER BY id LIMIT (SELECT count(*) FROM Listed WHERE 1 / divisor >= 0)
-- name OFFSET by others
SELECT id FROM Orders ORDER BY id OFFSET (SELECT count(*) - 1 FROM Listed WHERE digits::int > 0)
