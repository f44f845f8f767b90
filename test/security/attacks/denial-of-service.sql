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
-- name a large number that is written small
-- each n: '1'::bit(31)::int | (-1)::bit(31)::int | '1111'::bytea::int | B'1111111111111111111111111111111'::int | X'7fffffff'::int | '1e9'::float8::int | 2147483647::text::int | - (-2147483647) | ~ (-2147483647) | (1 << 30) | CAST('9' || '99999999' AS int) | (SELECT 1000000000) | length(repeat('x', 10000)) * 100000
-- each f: repeat('x', {n}) | lpad('x', {n}) | rpad('x', {n}, 'y') | array_fill('x'::text, ARRAY[{n}]) | pg_catalog.bpchar('x', {n}, true)
SELECT length({f}::text) FROM Users LIMIT 1
-- name a series that is longer than it looks
-- each s: generate_series(1, 1.00000000000000000001, 1e-300) | generate_series(1e300, 1.0000000000000000001e300) | generate_series('4713-01-01 BC'::timestamp, '4713-01-01', '1 hour') | generate_series('2020-01-01'::timestamp, now(), '1 second') | generate_series(date_trunc('millennium', now()), now(), '1 second') | generate_series(date '2026-01-01' + '86400', date '2026-01-01' + 86400, '1 second') | generate_series('-infinity'::timestamp, 'infinity', '1 day') | generate_series(1, '1'::bit(31)::int) | generate_series(stop => 1, start => 2) | generate_series(date '2026-01-01', date '2027-01-01', interval '1 day' year)
SELECT count(*) FROM {s} AS s
-- name texts that grow inside one another
-- each e: replace(repeat('a', 10000), 'a', repeat('b', 10000)) | regexp_replace(repeat('a', 10000), 'a', repeat('b', 10000), 'g') | repeat(replace(repeat('a', 1000), 'a', repeat('b', 1000)), 1000) | 'x'::char(10485760) | 'x'::bit(83886080) | array_to_string(array_fill('x'::text, ARRAY[10000]), repeat('y', 10000)) | concat_ws(repeat('y', 10000), VARIADIC array_fill('x'::text, ARRAY[10000])) | array_to_string(string_to_array(repeat('a,', 5000), ','), repeat('y', 10000))
SELECT length({e}::text) FROM Users LIMIT 1
