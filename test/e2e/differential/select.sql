SELECT * FROM "Orders" ORDER BY id
SELECT o.* FROM "Orders" o ORDER BY o.id LIMIT 3
SELECT "Orders".* FROM "Orders" ORDER BY 1 LIMIT 3
TABLE "Users"
SELECT id, status AS s, amount "A" FROM "Orders" WHERE status = 'paid' ORDER BY id
SELECT "Users".id FROM "Users" ORDER BY 1
SELECT id FROM "Orders" WHERE amount > 50 AND NOT flag ORDER BY id
SELECT id FROM "Orders" WHERE amount IS NULL OR flag IS NULL ORDER BY id
SELECT id FROM "Orders" WHERE flag IS TRUE ORDER BY id
SELECT id FROM "Orders" WHERE flag IS NOT FALSE ORDER BY id
SELECT id FROM "Orders" WHERE status IN ('new', 'paid') AND id NOT IN (1, 9) ORDER BY id
SELECT id FROM "Orders" WHERE id BETWEEN 10 AND 100 ORDER BY id DESC
SELECT id FROM "Orders" WHERE id NOT BETWEEN SYMMETRIC 300 AND 20 ORDER BY id
SELECT id, note FROM "Orders" WHERE note LIKE 'note ''1%' ORDER BY id
SELECT id FROM "Orders" WHERE note ILIKE 'NOTE%\\' ORDER BY id
SELECT id FROM "Orders" WHERE status SIMILAR TO '(new|paid)' ORDER BY id
SELECT id FROM "Orders" WHERE note NOT LIKE '%5%' ESCAPE '!' ORDER BY id
SELECT id FROM "Orders" WHERE status ~ '^p' AND status !~* 'X' ORDER BY id
SELECT id FROM "Orders" WHERE note IS DISTINCT FROM 'x' AND note IS NOT DISTINCT FROM note ORDER BY id LIMIT 3
SELECT count(*), count(note), count(DISTINCT status), sum(id), avg(amount), min(amount), max(created_at) FROM "Orders"
SELECT status, count(*) FROM "Orders" GROUP BY status ORDER BY status
SELECT status s, count(*) c FROM "Orders" GROUP BY 1 HAVING count(*) > 5 ORDER BY c DESC, s
SELECT status AS st, sum(amount) FROM "Orders" GROUP BY st ORDER BY st
SELECT upper(status) AS status, count(*) FROM "Orders" GROUP BY status ORDER BY 1
SELECT date_trunc('month', created_at) AS m, count(*) FROM "Orders" GROUP BY 1 ORDER BY 1
SELECT extract(dow FROM created_at), count(*) FROM "Orders" GROUP BY 1 ORDER BY 1
SELECT status, flag, count(*) FROM "Orders" GROUP BY ROLLUP (status, flag) ORDER BY 1, 2, 3
SELECT status, flag, grouping(status, flag), count(*) FROM "Orders" GROUP BY CUBE (status, flag) ORDER BY 3, 1, 2
SELECT status, flag, sum(id) FROM "Orders" GROUP BY GROUPING SETS ((status), (flag), ()) ORDER BY 1, 2, 3
SELECT status, count(*) FROM "Orders" GROUP BY DISTINCT ROLLUP (status), status ORDER BY 1
SELECT count(*) FILTER (WHERE flag), sum(amount) FILTER (WHERE status = 'new') FROM "Orders"
SELECT string_agg(status, ',' ORDER BY id DESC), array_agg(id ORDER BY id) FROM "Orders" WHERE id < 60
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount), mode() WITHIN GROUP (ORDER BY status) FROM "Orders"
SELECT stddev(amount), variance(amount), corr(id, ratio) FROM "Orders" WHERE ratio < 100
SELECT bool_and(flag), bool_or(flag), every(id > 0), bit_or(small) FROM "Orders"
SELECT DISTINCT status FROM "Orders" ORDER BY status
SELECT DISTINCT ON (status) status, id FROM "Orders" ORDER BY status, id DESC
SELECT id FROM "Orders" ORDER BY amount DESC NULLS LAST, id ASC NULLS FIRST LIMIT 5 OFFSET 2
SELECT id FROM "Orders" ORDER BY id FETCH FIRST 3 ROWS ONLY
SELECT status FROM "Orders" ORDER BY status FETCH FIRST 1 ROW WITH TIES
SELECT id FROM "Orders" ORDER BY id LIMIT ALL OFFSET 45
SELECT id + 1, -id, id * 2.5, id / 3, id % 7, id ^ 2, @ (-id), ~id, id # 3, id << 1 FROM "Orders" ORDER BY id LIMIT 3
SELECT status || '-' || id, note || NULL FROM "Orders" ORDER BY id LIMIT 3
SELECT CASE WHEN amount > 50 THEN 'high' WHEN amount IS NULL THEN 'none' ELSE 'low' END, CASE status WHEN 'paid' THEN 1 ELSE 0 END FROM "Orders" ORDER BY id
SELECT coalesce(note, 'none'), nullif(status, 'new'), greatest(id, 50), least(amount, 10) FROM "Orders" ORDER BY id LIMIT 20
SELECT CAST(id AS text), amount::int, '5'::int8, id::float4, created_at::date, day::timestamp, flag::text, status::varchar(2), uid::text FROM "Orders" ORDER BY id LIMIT 5
SELECT date '2025-01-02', timestamp '2025-01-02 03:04:05', interval '1 day 2 hours', time '10:11', timestamptz '2025-01-02 03:04:05+02'
SELECT tags, tags[1], tags[1:2], array_length(tags, 1), ARRAY[id, 2], cardinality(tags) FROM "Orders" ORDER BY id LIMIT 3
SELECT id FROM "Orders" WHERE 'a1' = ANY (tags) AND id <> ALL (ARRAY[1, 2]) ORDER BY id
SELECT id FROM "Orders" WHERE tags @> ARRAY['a2'] ORDER BY id
SELECT meta -> 'n', meta ->> 'n', meta #> '{deep,0}', meta #>> '{deep,1}', meta ? 'n', meta @> '{"n": 1}' FROM "Orders" ORDER BY id LIMIT 4
SELECT meta['n'], jsonb_array_length(meta -> 'deep'), jsonb_typeof(meta) FROM "Orders" ORDER BY id LIMIT 4
SELECT jsonb_build_object('id', id, 'status', status), to_json(status), json_build_array(id, note) FROM "Orders" ORDER BY id LIMIT 4
SELECT json_agg(id ORDER BY id), jsonb_object_agg(id, status) FROM "Orders" WHERE id < 40
SELECT e.key, e.value FROM "Orders" o, jsonb_each(o.meta) e WHERE o.id < 20 ORDER BY o.id, e.key
SELECT o.id, x FROM "Orders" o CROSS JOIN LATERAL jsonb_array_elements_text(o.meta -> 'deep') AS x WHERE o.id < 20 ORDER BY 1, 2
SELECT id, t, n FROM "Orders", unnest(tags) WITH ORDINALITY AS u (t, n) WHERE id < 20 ORDER BY id, n
SELECT r.a, r.b FROM "Orders" o, jsonb_to_record('{"a": 1, "b": "x"}') AS r (a int, b text) WHERE o.id < 10 ORDER BY 1
SELECT * FROM generate_series(1, 3) AS g ORDER BY g
SELECT g, count(o.id) FROM generate_series(1, 4) g LEFT JOIN "Orders" o ON o.small = g GROUP BY g ORDER BY g
SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(5, 7)) AS r (a, b) ORDER BY b
SELECT d::date FROM generate_series(date '2025-01-01', date '2025-01-03', interval '1 day') d ORDER BY 1
SELECT rank() OVER (ORDER BY amount DESC NULLS LAST), row_number() OVER w, id FROM "Orders" WINDOW w AS (PARTITION BY status ORDER BY id) ORDER BY id
SELECT id, sum(amount) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), lag(id, 2, -1) OVER (ORDER BY id) FROM "Orders" ORDER BY id
SELECT id, avg(small) OVER (PARTITION BY status ORDER BY id RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING EXCLUDE CURRENT ROW) FROM "Orders" ORDER BY id
SELECT id, first_value(id) OVER w, nth_value(id, 2) OVER w, ntile(4) OVER w, percent_rank() OVER w FROM "Orders" WINDOW w AS (ORDER BY id) ORDER BY id
SELECT status, sum(sum(amount)) OVER (ORDER BY status) FROM "Orders" GROUP BY status ORDER BY status
SELECT id, count(*) FILTER (WHERE flag) OVER (ORDER BY id) FROM "Orders" ORDER BY id LIMIT 9
SELECT * FROM "Users" u JOIN "Orders" o ON o.user_id = u.id ORDER BY o.id LIMIT 3
SELECT u.name, o.id FROM "Users" u LEFT JOIN "Orders" o ON o.user_id = u.id AND o.status = 'paid' ORDER BY u.id, o.id
SELECT u.name, count(o.id) FROM "Orders" o RIGHT JOIN "Users" u ON o.user_id = u.id GROUP BY u.name ORDER BY 1
SELECT u.id, o.id FROM "Users" u FULL JOIN "Orders" o ON o.id = u.id ORDER BY 1, 2
SELECT count(*) FROM "Users" a CROSS JOIN "Users" b
SELECT count(*) FROM "Users", "Orders"
SELECT a.id, b.id FROM "Users" a JOIN "Users" b USING (company_id) WHERE a.id < b.id ORDER BY 1, 2
SELECT company_id, count(*) FROM "Users" a JOIN "Users" b USING (company_id) GROUP BY company_id
SELECT * FROM "Users" a JOIN "Users" b USING (id) ORDER BY id
SELECT * FROM "Users" a NATURAL JOIN "Users" b ORDER BY id
SELECT j.id FROM ("Users" a JOIN "Users" b USING (id)) AS j ORDER BY 1
SELECT x.id FROM "Users" a JOIN "Users" b USING (id) AS x ORDER BY 1
SELECT o.id, (SELECT name FROM "Users" u WHERE u.id = o.user_id) FROM "Orders" o ORDER BY o.id LIMIT 4
SELECT id FROM "Orders" o WHERE EXISTS (SELECT 1 FROM "Users" u WHERE u.id = o.small) ORDER BY id
SELECT id FROM "Orders" WHERE user_id IN (SELECT id FROM "Users") ORDER BY id LIMIT 5
SELECT id FROM "Orders" WHERE (status, flag) IN (SELECT 'paid', true) ORDER BY id
SELECT id FROM "Orders" WHERE amount > ALL (SELECT amount FROM "Orders" WHERE amount < 20) ORDER BY id
SELECT id FROM "Orders" WHERE small = ANY (SELECT id FROM "Users") ORDER BY id
SELECT ARRAY(SELECT id FROM "Users" ORDER BY id), (SELECT max(id) FROM "Orders")
SELECT s.status, s.n FROM (SELECT status, count(*) AS n FROM "Orders" GROUP BY status) s WHERE s.n > 3 ORDER BY 1
SELECT t.id, l.m FROM "Users" t, LATERAL (SELECT max(o.amount) AS m FROM "Orders" o WHERE o.user_id = t.id) l ORDER BY 1
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (n, t) ORDER BY n
VALUES (1, 'x'), (2, NULL)
SELECT v.t, count(o.id) FROM (VALUES ('new'), ('gone')) v (t) LEFT JOIN "Orders" o ON o.status = v.t GROUP BY 1 ORDER BY 1
SELECT status FROM "Orders" UNION SELECT name FROM "Users" ORDER BY 1
SELECT id FROM "Orders" UNION ALL SELECT id FROM "Users" ORDER BY id LIMIT 10
SELECT id FROM "Users" INTERSECT SELECT user_id FROM "Orders" ORDER BY 1
SELECT id FROM "Users" EXCEPT SELECT user_id FROM "Orders" ORDER BY 1
(SELECT id FROM "Orders" ORDER BY id LIMIT 2) UNION ALL (SELECT id FROM "Orders" ORDER BY id DESC LIMIT 2) ORDER BY 1
WITH o AS (SELECT * FROM "Orders" WHERE status = 'new') SELECT count(*), max(id) FROM o
WITH "Orders" AS (SELECT id FROM "Users") SELECT count(*) FROM "Orders"
WITH a AS (SELECT id FROM "Orders"), "Orders" AS (SELECT 1 AS id) SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM "Orders")
WITH "Orders" AS (SELECT * FROM "Orders") SELECT count(*) FROM "Orders"
SELECT (SELECT count(*) FROM x) FROM (WITH x AS (SELECT 1) SELECT * FROM x) y
WITH a (p, q) AS MATERIALIZED (SELECT id, status FROM "Orders") SELECT p, q FROM a ORDER BY p LIMIT 2
WITH RECURSIVE t (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n), count(*) FROM t
WITH RECURSIVE t (id, depth) AS (SELECT min(id), 1 FROM "Orders" UNION ALL SELECT t.id + 8, depth + 1 FROM t JOIN "Orders" o ON o.id = t.id + 8) SELECT max(depth) FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 4) SEARCH BREADTH FIRST BY n SET o SELECT n FROM t ORDER BY o
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM t) CYCLE n SET c USING p SELECT n, c FROM t ORDER BY n, c
SELECT o FROM "Users" o ORDER BY o.id LIMIT 1
SELECT row_to_json(u) FROM "Users" u ORDER BY u.id
SELECT to_jsonb(u) FROM "Users" u ORDER BY u.id
SELECT count(u) FROM "Users" u
SELECT (u).name FROM "Users" u ORDER BY 1
SELECT ROW(id, name) FROM "Users" ORDER BY id
SELECT id FROM "Orders" WHERE (id, status) > (20, 'a') ORDER BY id LIMIT 3
SELECT a, b FROM "Users" AS u (a, b) ORDER BY a
SELECT u.c FROM "Users" AS u (a, b, c) ORDER BY 1
SELECT 1, 'two', NULL, true, 1.5, 1e3, E'a\tb', $$dollar$$, U&'\0041', b'101', x'1F'
SELECT 1 AS "?column?", 2 "a ""quoted"" name", 3 AS "SELECT"
SELECT current_date = current_date, localtimestamp IS NOT NULL, now() = current_timestamp
SELECT position('a' IN 'banana'), substring('banana' FROM 2 FOR 3), trim(BOTH 'x' FROM 'xax'), overlay('abc' PLACING 'Z' FROM 2), upper('ä')
SELECT trim(leading FROM '  a'), rtrim('axx', 'x'), lpad('7', 3, '0'), repeat('ab', 2), split_part('a,b', ',', 2), strpos('abc', 'c')
SELECT created_at AT TIME ZONE 'Europe/Berlin', placed AT TIME ZONE 'UTC' FROM "Orders" ORDER BY id LIMIT 2
SELECT (created_at, interval '1 day') OVERLAPS (timestamptz '2025-01-01', timestamptz '2025-01-10') FROM "Orders" ORDER BY id LIMIT 3
SELECT status COLLATE "C" FROM "Orders" ORDER BY status COLLATE "C", id LIMIT 3
SELECT to_char(created_at, 'YYYY-MM'), to_char(amount, '999.99'), to_date('2025-01-02', 'YYYY-MM-DD'), age(placed, timestamp '2025-01-01') FROM "Orders" ORDER BY id LIMIT 3
SELECT created_at + interval '1 day', day + 1, day - date '2025-01-01', placed - interval '2 hours', gap * 2 FROM "Orders" ORDER BY id LIMIT 3
SELECT round(amount), ceil(ratio), floor(ratio), abs(-5), mod(7, 3), power(2, 3), sqrt(16), sign(-2), trunc(1.55, 1) FROM "Orders" WHERE ratio < 1000 ORDER BY id LIMIT 3
SELECT md5(status), length(note), reverse(status), initcap(status), left(status, 2), right(status, 2), concat(id, '-', status), concat_ws(',', id, NULL, 'x') FROM "Orders" ORDER BY id LIMIT 4
SELECT regexp_replace(status, 'a', 'b'), regexp_matches(status, '(.)a'), string_to_array('a,b', ',') FROM "Orders" WHERE status = 'paid' ORDER BY id LIMIT 2
SELECT uid, code, kind, big, small, ratio, gap FROM "Orders" ORDER BY id LIMIT 6
SELECT kind, count(*) FROM "Orders" GROUP BY kind ORDER BY kind
SELECT id FROM "Orders" WHERE 1 = 0
SELECT * FROM "Orders" LIMIT 0
SELECT FROM "Orders"
SELECT count(*) FROM "Orders" WHERE FALSE
SELECT
SELECT id FROM "Orders" ORDER BY lower(status), id LIMIT 3
SELECT status, id FROM "Orders" ORDER BY 1, 2 DESC LIMIT 4
SELECT sum(1), count(1), max('x') FROM "Orders"
SELECT id AS count FROM "Orders" ORDER BY count LIMIT 2
SELECT o1.id FROM "Orders" o1 WHERE o1.amount = (SELECT max(o2.amount) FROM "Orders" o2 WHERE o2.status = o1.status) ORDER BY 1
SELECT a.id FROM "Orders" a WHERE NOT EXISTS (SELECT FROM "Orders" b WHERE b.id > a.id)
SELECT x.y FROM (SELECT z.id AS y FROM (SELECT id FROM "Users") z) x ORDER BY 1
SELECT (SELECT count(*) FROM "Orders" i WHERE i.status = o.status AND i.id <= o.id) FROM "Orders" o ORDER BY o.id LIMIT 5
SELECT max(s) FROM (SELECT status s FROM "Orders" UNION ALL SELECT 'zzz') u
SELECT paid, count(*) FROM "Orders" GROUP BY paid ORDER BY 1
SELECT count, total, paid_count, paid_share FROM "Orders" ORDER BY id LIMIT 5
SELECT "Orders"."count" FROM "Orders" LIMIT 2000
SELECT amount::float8, amount::text, created_at::text, meta::text FROM "Orders" ORDER BY id LIMIT 2
SELECT NULL::int, NULL::text[], '{}'::int[], '{1,2}'::int8[], '[]'::jsonb, 'infinity'::timestamp
SELECT '{"a": {"b": [1, 2]}}'::jsonb #> '{a,b}', jsonb_path_query_first('{"a": 1}', '$.a')
SELECT width_bucket(small, 0, 300, 5), count(*) FROM "Orders" GROUP BY 1 ORDER BY 1
SELECT date_part('year', created_at), make_date(2025, 1, 2), date_bin('15 minutes', placed, timestamp '2025-01-01') FROM "Orders" ORDER BY id LIMIT 2
SELECT any_value(user_id) FROM "Orders"
SELECT nosuch FROM "Orders"
SELECT o.nosuch FROM "Orders" o
SELECT x.id FROM "Orders" o
SELECT * FROM nosuch
SELECT * FROM other."Orders"
SELECT id FROM "Orders" o, "Users" u
SELECT id FROM "Orders" a, "Orders" a
SELECT status FROM "Orders" GROUP BY id HAVING status = 'x' ORDER BY nosuch
SELECT id, count(*) FROM "Users"
SELECT 1 / 0
SELECT status::int FROM "Orders"
SELECT 'x'::date
SELECT id FROM "Orders" WHERE amount = 'abc'
SELECT id + 'a' FROM "Orders"
SELECT id + status FROM "Orders"
SELECT sum(status) FROM "Orders"
SELECT lower(id) FROM "Orders"
SELECT id FROM "Orders" WHERE id
SELECT id FROM "Orders" UNION SELECT status FROM "Orders"
SELECT id FROM "Orders" UNION SELECT 1, 2
SELECT (SELECT id FROM "Users")
SELECT id FROM "Orders" ORDER BY 5
SELECT id FROM "Orders" LIMIT -1
SELECT id FROM "Orders" LIMIT id
SELECT * FROM "Users" a JOIN "Users" b USING (nosuch)
SELECT * FROM "Users" a JOIN "Users" b ON a.id = c.id
SELECT rank() FROM "Orders"
SELECT sum(sum(id)) FROM "Orders"
SELECT id FROM "Orders" WHERE sum(id) > 1
SELECT nosuch.* FROM "Orders"
SELECT * FROM (SELECT id FROM "Orders") s WHERE s.status = 'x'
SELECT generate_series(1, 3), id FROM "Users" ORDER BY 2, 1
SELECT FROM
SELECT 1 +
SELECT 'unterminated
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT 1
WITH RECURSIVE t AS (SELECT * FROM t) SELECT * FROM t
