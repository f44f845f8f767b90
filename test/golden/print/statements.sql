SELECT 1
SELECT -1, - 1, -1.5, - -1, 2147483648, -9223372036854775808, 1e10, .5, 0x1F, 1_000
SELECT 'a''b', E'a\nb', U&'\0041', $$x'y$$, $t$ $$ $t$, b'0101', x'1F', NULL, TRUE, FALSE
SELECT '\', '\u0027 UNION SELECT secret --'
SELECT a AS "x""y", b AS "select", c "ü€", "A b".c FROM t AS "A b"
SELECT * FROM t
SELECT t.*, u.* FROM t, u
TABLE t
SELECT DISTINCT a FROM t
SELECT DISTINCT ON (a, b) a, b, c FROM t ORDER BY a, b, c DESC NULLS LAST
SELECT a FROM t WHERE a = 1 AND b <> 2 OR NOT c AND (d OR e)
SELECT (a OR b) IS NULL, (a || b) AT TIME ZONE z, (ARRAY[1,2])[1]
SELECT a + b * c - d / e % f ^ g FROM t
SELECT a AND (b AND c) AND d OR (e OR f)
SELECT a IS NULL, b IS NOT NULL, c IS TRUE, d IS NOT FALSE, e IS UNKNOWN
SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM NULL
SELECT a IN (1, 2, 3), b NOT IN ('x'), c IN (SELECT 1), d NOT IN (SELECT 1)
SELECT a BETWEEN 1 AND 2, a NOT BETWEEN 1 AND 2, a BETWEEN SYMMETRIC 2 AND 1, a NOT BETWEEN SYMMETRIC 2 AND 1
SELECT a LIKE 'x%', a NOT LIKE 'x', a ILIKE 'x' ESCAPE '!', a NOT ILIKE 'y', a SIMILAR TO 'z', a NOT SIMILAR TO 'z' ESCAPE '#'
SELECT a = ANY (ARRAY[1,2]), a <> ALL ('{1,2}'::int[]), a = ANY (SELECT 1), a > ALL (SELECT 1), (a, b) = (1, 2), ROW(1, 2), ROW(), (a, b) IN ((1, 2), (3, 4))
SELECT CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END, CASE x WHEN 1 THEN 'a' END
SELECT COALESCE(a, b, 1), GREATEST(1, 2), LEAST(a, b), NULLIF(a, 0)
SELECT CAST(a AS int), b::numeric(10, 2), c::varchar(5)[], d::text[3], e::timestamp(3) with time zone, f::interval, g::interval day to second(3), h::char(3), i::bit varying(4), j::"char", k::double precision, l::time with time zone
SELECT date '2020-01-01', timestamp with time zone '2020-01-01 00:00+00', interval '1 day', interval '1' year, interval(3) '1 s', int4 '5', json '{"a": 1}'
SELECT a[1], a[1:2], a[:2], a[1:], a[1][2], (f(x))[1], (a.b)[2], (o).status, (o).*
SELECT ARRAY[1, 2], ARRAY[[1, 2], [3, 4]], ARRAY[]::int[], ARRAY(SELECT 1)
SELECT EXISTS (SELECT 1), NOT EXISTS (SELECT FROM t), (SELECT max(a) FROM t)
SELECT count(*), count(DISTINCT a), sum(a) FILTER (WHERE b > 0), string_agg(a, ',' ORDER BY b DESC), array_agg(DISTINCT a ORDER BY a), percentile_cont(0.5) WITHIN GROUP (ORDER BY a)
SELECT f(a, VARIADIC b), f(x => 1, "Y z" => 2), pg_catalog.lower('A'), f()
SELECT rank() OVER (PARTITION BY a ORDER BY b), sum(a) OVER w, sum(a) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), count(*) OVER () FROM t WINDOW w AS (ORDER BY b RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES), "v w" AS (PARTITION BY c)
SELECT sum(a) OVER (ORDER BY b ROWS 2 PRECEDING), sum(a) OVER (ORDER BY b GROUPS BETWEEN 1 FOLLOWING AND 2 FOLLOWING EXCLUDE CURRENT ROW), sum(a) OVER (ORDER BY b RANGE BETWEEN '1 day'::interval PRECEDING AND CURRENT ROW EXCLUDE GROUP)
SELECT sum(id) OVER "w, (SELECT string_agg(secret,',') FROM orders) AS s" FROM orders WINDOW "w, (SELECT string_agg(secret,',') FROM orders) AS s" AS (ORDER BY id)
SELECT a, count(*) FROM t GROUP BY a HAVING count(*) > 1 ORDER BY 2 DESC LIMIT 10 OFFSET 5
SELECT a, b, count(*) FROM t GROUP BY ROLLUP (a, b), CUBE (c, (d, e)), GROUPING SETS ((a), (), (a, b)), f
SELECT a, grouping(a, b) FROM t GROUP BY DISTINCT a, b
SELECT a FROM t ORDER BY a ASC NULLS FIRST, b USING <, c FETCH FIRST 3 ROWS WITH TIES
SELECT a FROM t LIMIT ALL OFFSET 3
SELECT a FROM t FETCH FIRST ROW ONLY
SELECT 1 UNION SELECT 2 UNION ALL SELECT 3 INTERSECT SELECT 4 EXCEPT ALL SELECT 5 ORDER BY 1 LIMIT 1
(SELECT 1 ORDER BY 1 LIMIT 1) UNION (SELECT 2 OFFSET 1)
VALUES (1, 'a'), (2, 'b') ORDER BY 1
SELECT * FROM (VALUES (1, 2), (3, 4)) AS v (a, b)
SELECT * FROM a JOIN b ON a.x = b.x LEFT JOIN c USING (y, z) RIGHT JOIN d ON true FULL JOIN e ON false CROSS JOIN f NATURAL JOIN g
SELECT * FROM (a JOIN b USING (x) AS j) LEFT JOIN (c CROSS JOIN d) AS k (p, q) ON true
SELECT * FROM a, LATERAL (SELECT a.x) s, LATERAL unnest(a.y) WITH ORDINALITY AS u (v, n)
SELECT * FROM generate_series(1, 3) g, ROWS FROM (generate_series(1, 2), unnest(ARRAY[1])) WITH ORDINALITY AS r (a, b, c)
SELECT * FROM json_to_record('{}') AS x (a int, b text), json_to_recordset('[]') AS (c numeric(3, 1))
WITH a AS (SELECT 1), b (x, y) AS MATERIALIZED (SELECT 1, 2), "c ""d" AS NOT MATERIALIZED (TABLE a) SELECT * FROM a, b, "c ""d"
WITH RECURSIVE t (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n) FROM t
WITH RECURSIVE t (n, m) AS (SELECT 1, 2 UNION ALL SELECT n + 1, m FROM t) SEARCH DEPTH FIRST BY n, m SET o CYCLE n SET c TO 'y' DEFAULT 'n' USING p SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n FROM t) SEARCH BREADTH FIRST BY n SET o CYCLE n SET c USING p SELECT * FROM t
SELECT (SELECT a FROM (SELECT b AS a FROM t) s WHERE EXISTS (SELECT 1 FROM u WHERE u.x = s.a))
SELECT EXTRACT(year FROM a), EXTRACT('epoch' FROM b), POSITION('a' IN b), SUBSTRING(a FROM 1 FOR 2), SUBSTRING(a FOR 2), SUBSTRING(a SIMILAR 'x' ESCAPE '#'), OVERLAY(a PLACING b FROM 1 FOR 2), OVERLAY(a PLACING b FROM 1)
SELECT TRIM(a), TRIM(BOTH 'x' FROM a), TRIM(LEADING FROM a), TRIM(TRAILING 'y' FROM a), NORMALIZE(a), NORMALIZE(a, NFKC), a IS NORMALIZED, a IS NFD NORMALIZED, COLLATION FOR (a)
SELECT a AT TIME ZONE 'UTC', a AT LOCAL, (a, b) OVERLAPS (c, d), a COLLATE "C", (a || b) COLLATE pg_catalog."default"
SELECT CURRENT_DATE, CURRENT_TIME(3), CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(0), LOCALTIME, LOCALTIMESTAMP(2)
SELECT a -> 'b' ->> 'c', a #> '{x}', a @> b, a ? 'k', a ?| ARRAY['x'], a ~ 'x', a !~* 'y', a || b, @ -5, a OPERATOR(pg_catalog.+) b, |/ 4
SELECT $1, $2::int + $3
SELECT a FROM t WHERE (a, b) > ROW (1, 2) AND a * -1 < 0 AND NOT (NOT b)
SELECT FROM t
SELECT
SELECT count(*) FROM t WHERE x = 'a' || 'b' AND y = - - - 1
SELECT "ORDER", "group", "a.b", "a""; DROP TABLE x; --" FROM "select" AS "from" ("where", "x""y")
SELECT '1' /* c /* nested */ */ , 2 -- end
DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT 1
DECLARE "a b" NO SCROLL CURSOR FOR SELECT a FROM t
FETCH 100 FROM c
FETCH FORWARD ALL FROM "a b"
FETCH BACKWARD 3 IN c
MOVE ABSOLUTE -1 IN c
FETCH LAST FROM c
CLOSE c
CLOSE ALL
COPY (SELECT 1) TO STDOUT
COPY (SELECT a FROM t) TO STDOUT WITH (FORMAT csv, HEADER true, DELIMITER ';', NULL 'n', FORCE_QUOTE (a, b))
