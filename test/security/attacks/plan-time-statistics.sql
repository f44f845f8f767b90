-- While planning, Postgres runs operators over sampled values of everybody: nothing of that may be felt.
-- name a pattern that ends in its escape
-- each t: Orders | Listed | Casted | Regional | Joined
-- each p: SECRET-A-u%\ | SECRET-B-u%\ | SECRET-A-u1-%\ | OWN-%\ | %\
SELECT 1 FROM {t} WHERE secret LIKE '{p}'
-- name a pattern of another kind
-- each p: ILIKE 'secret-a-%\' | NOT LIKE 'SECRET-A-%\' | NOT ILIKE 'SECRET-B-%\' | LIKE 'SECRET-A-!%!' ESCAPE '!' | LIKE 'SECRET-B-%!' ESCAPE '!' | LIKE ('SECRET-A-' || '%\') | LIKE concat('SECRET-A-', '%\') | ~~ 'SECRET-A-%\' | !~~ 'SECRET-A-%\' | ~~* 'secret-b-%\' | SIMILAR TO 'SECRET-A-%\' | ~ '^SECRET-A-(' | ~ '^SECRET-B-\' | !~ '^SECRET-A-(' | ~* 'secret-a-[' | = ANY (ARRAY['SECRET-A-u1', 'SECRET-B-u1']) | LIKE ANY (ARRAY['SECRET-A-%\', 'SECRET-B-%\']) | LIKE ALL (ARRAY['SECRET-A-%\']) | BETWEEN 'SECRET-A' AND 'SECRET-B' | ^@ 'SECRET-A'
SELECT 1 FROM Orders WHERE secret {p}
-- name over columns with common values
-- each p: status LIKE 'secret-a%\' | status LIKE 'secret-b%\' | note LIKE 'SECRET-A%\' | document LIKE 'SECRET-A%\' | pattern LIKE 'SECRET-A%\' | digits LIKE 'SECRET-A-digits-%\' | moment LIKE 'SECRET-A%\' | code LIKE 'A%\' | region LIKE 'sou%\' | region ILIKE 'EAS%\' | tags::text LIKE '%SECRET-A%\' | status::int > 0 | 1 / divisor > 0 | moment::date > '2000-01-01' | sqrt(sign) > 0 | big + 1 > 5 | ratio / 0 > 1
SELECT 1 FROM Orders WHERE {p} AND false
-- name in a statement that reads no row
-- each p: secret LIKE 'SECRET-A-%\' | secret LIKE 'SECRET-B-%\' | status LIKE 'secret-a\' | digits::int > 0 | 1 / divisor > 0
SELECT 1 FROM Orders WHERE {p} LIMIT 0
-- name explained
-- each p: secret LIKE 'SECRET-A-%\' | secret LIKE 'SECRET-B-%\' | status LIKE 'secret-a%\' | 1 / divisor > 0
EXPLAIN SELECT 1 FROM Orders WHERE {p}
-- name as a parameter
-- each p: SECRET-A-u%\ | SECRET-B-u%\ | OWN-%\
-- values {p}
SELECT 1 FROM Orders WHERE secret LIKE $1
-- name as a parameter for status
-- each p: secret-a%\ | secret-b%\ | new%\
-- values {p}
SELECT 1 FROM Orders WHERE status LIKE $1
-- name above a subquery
-- each s: (SELECT secret FROM Orders) | (SELECT secret FROM Orders OFFSET 0) | (SELECT DISTINCT secret FROM Orders) | (SELECT secret FROM Orders ORDER BY secret) | (SELECT max(secret) AS secret FROM Orders GROUP BY id) | (SELECT secret FROM Orders UNION ALL SELECT secret FROM Listed) | (SELECT secret, row_number() OVER () FROM Orders) | (SELECT (SELECT o.secret) AS secret FROM Orders o) | (SELECT lower(secret) AS secret FROM Orders) | (SELECT coalesce(secret, '') AS secret FROM Orders)
SELECT 1 FROM {s} s WHERE secret LIKE 'SECRET-A-%\'
-- name above a CTE
-- each m: MATERIALIZED | NOT MATERIALIZED
WITH s AS {m} (SELECT secret, status FROM Orders) SELECT 1 FROM s WHERE secret LIKE 'SECRET-A-%\' OR status LIKE 'secret-b%\'
-- name in a join
-- each j: JOIN Listed b ON a.secret = b.secret AND a.secret LIKE 'SECRET-A-%\' | LEFT JOIN Listed b ON b.secret LIKE 'SECRET-B-%\' | JOIN Users u ON u.name LIKE 'SECRET-A-person-%\' | FULL JOIN Listed b ON a.id = b.id AND a.secret LIKE 'SECRET-A-%\'
SELECT 1 FROM Orders a {j}
-- name in a semi join
SELECT 1 FROM Users u WHERE EXISTS (SELECT 1 FROM Orders o WHERE o.secret LIKE 'SECRET-A-%\')
-- name in other cubes
-- each q: Users WHERE name LIKE 'SECRET-A-person-%\' | Users WHERE name LIKE 'SECRET-B-person-%\' | Items WHERE product LIKE 'SECRET-A-product-%\' | Items WHERE product LIKE 'SECRET-B-product-%\' | Events WHERE what LIKE 'SECRET-A-event-%\' | Events WHERE what LIKE 'SECRET-B-event-%\' | Ledger WHERE entry LIKE 'LEDGER-A-%\' | Ledger WHERE entry LIKE 'own entry%\'
SELECT 1 FROM {q}
-- name in HAVING
SELECT status FROM Orders GROUP BY status HAVING status LIKE 'secret-a%\'
-- name in FILTER
SELECT count(*) FILTER (WHERE status LIKE 'secret-a%\') FROM Orders WHERE false
-- name in a sort
SELECT id FROM Orders ORDER BY status LIKE 'secret-a%\', id LIMIT 1
-- name with DISTINCT estimates
SELECT count(*) FROM (SELECT DISTINCT status, region, secret FROM Orders) s
-- name with an index on the column
SELECT 1 FROM Orders WHERE user_id IN (SELECT 1 / 0 FROM Users WHERE false)
-- name operators on ranges of others
-- each p: nums && ARRAY[1000] | nums @> ARRAY[1, 2] | tags @> ARRAY['SECRET-A-tag-1'] | tags && ARRAY['SECRET-B-tag-1'] | meta ? 'SECRET-A-key-1' | meta @> '{"SECRET-B-key-1": 1}' | 'SECRET-A-tag-1' = ANY (tags) | nums[1] > 0 | array_length(nums, 1) = 1 | meta @? '$.*' | meta @@ '$.n > 1'
SELECT count(*) FROM Orders WHERE {p}
-- name constants that fold to an error
-- each p: 1 / 0 = 1 | 'x'::int = 1 | 'a' LIKE 'a\' | false AND 1 / 0 = 1 | NOT (true OR 1 / 0 = 1)
SELECT count(*) FROM Orders WHERE {p}
