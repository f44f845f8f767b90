-- What costs much. What the parser must not see is refused before it; what runs long is ended; most of these cost nothing.
-- name a series without bounds
-- each s: generate_series(1, 1000000000) | generate_series(1, 1e12::bigint) | generate_series(1, id) | generate_series(1, NULL) | generate_series(1, 10, 0) | generate_series('2000-01-01'::date, '9999-01-01'::date, '1 microsecond') | generate_series(now(), now() + interval '100 years', interval '1 second') | generate_series(1, '1000000000') | generate_series(-9223372036854775808, 9223372036854775807) | generate_series(1, 2, 1e-9) | generate_series(1.0, 2.0, 0.0000000001) | generate_series(timestamp '2000-01-01', '2000-01-02', '0 days') | generate_series(1, (SELECT 1000000000)) | generate_series(1, 1000001)
SELECT count(*) FROM {s}
-- name texts without bounds
-- each e: repeat('x', 1000000000) | repeat('x', id) | lpad('x', 1000000000) | rpad('x', 999999999, 'y') | repeat('x', '1000000000') | repeat(repeat(repeat('x', 10000), 10000), 10000) | array_fill(1, ARRAY[1000000000]) | array_fill(1, ARRAY[10, 10, 10, 10, 10, 10]) | format('%1000000000s', 'x') | to_char(1, repeat('9', 10000)) = '' | factorial(1000000) | 10 ^ 131071.0 > 1 | power(10.0, 100000) > 1 | sha512(repeat('x', 10000)::bytea) = '' | repeat('ab', -5) | rpad('x', 2147483648) | repeat('x', 10000::bigint)
SELECT length({e}::text) FROM Users LIMIT 1
-- name a pattern that explodes
-- each p: ~ '(a+)+$' | ~ '(x+x+)+y' | ~ '((((((((((a*)*)*)*)*)*)*)*)*)*b' | SIMILAR TO '(a|a)*b' | ~ 'a{1,255}{1,255}' | LIKE '%a%a%a%a%a%a%a%a%a%a%b' | ~ '(.*)(.*)(.*)(.*)(.*)x\1\2\3\4'
SELECT repeat('a', 30) {p}
-- name deep parentheses
SELECT ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
-- name deep subqueries
SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT count(*) FROM Orders)))))))))))))))
-- name many cubes
SELECT count(*) FROM Users a, Users b, Users c, Users d, Users e
-- name JSON paths
SELECT jsonb_path_query('[1,2,3]', '$.** ? (@ > 1)')
-- name deep JSON
SELECT ('[' || repeat('[', 9999))::jsonb
-- name wide values
SELECT count(DISTINCT md5(a.secret || b.secret)) FROM Orders a, Orders b
-- name what only its time ends
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t
-- name limits that are set by oneself
SET statement_timeout = 0
-- then
SHOW statement_timeout
-- then
SET statement_timeout = '10 days'
-- then
SHOW statement_timeout
