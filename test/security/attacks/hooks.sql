-- What queryRewrite of cube.js limits, however the client's own conditions look like the hook's.
-- name the rows that the hook leaves
-- each t: Hooked | Segmented | Unless
SELECT count(*), min(what), max(what), min(actor), max(actor) FROM {t}
-- name the hook's own filter, written beside another place of the cube
-- each t: Hooked | Segmented | Unless
-- each v: '3' | 3 | '4' | 4
SELECT count(*), min(b.what), max(b.what) FROM {t} a, {t} b WHERE a.actor = {v}
-- name the hook's own filter, in other spellings
-- each t: Hooked | Unless
-- each w: a.actor IN ('3') | a.actor IN (3) | a.actor = 3.0 | a.actor = '3' AND a.actor = '3' | a.actor IN ('3', '4') | a.actor >= '3' | '3' = a.actor | a.actor <> '4' | (a.actor = '3') | a.actor = 3 OR true | NOT a.actor <> '3' | a.actor = '3'::int | a.actor = '003'
SELECT count(*), min(b.what), max(b.what) FROM {t} a CROSS JOIN {t} b WHERE {w}
-- name the hook's own filter, and the cube in a subquery
-- each t: Hooked | Segmented | Unless
-- each e: (SELECT max(b.what) FROM {t} b) | (SELECT min(b.what) FROM {t} b) | (SELECT count(*) FROM {t}) | ARRAY(SELECT what FROM {t} ORDER BY id) | EXISTS (SELECT 1 FROM {t} b WHERE b.actor <> 3)
SELECT {e} FROM {t} a WHERE a.actor = '3' LIMIT 1
-- name the hook's own filter, and the cube in WITH
-- each t: Hooked | Segmented | Unless
WITH w AS (SELECT * FROM {t}) SELECT count(*), min(w.what) FROM {t} a, w WHERE a.actor = '3'
-- name the hook's own filter on the optional side of a join
-- each t: Hooked | Segmented | Unless
-- each j: LEFT JOIN | RIGHT JOIN | FULL JOIN
SELECT count(*), min(b.what), max(a.what) FROM {t} a {j} {t} b ON a.id = b.id + 1000 WHERE a.actor = '3'
-- name the hook's own filter in one arm
-- each t: Hooked | Segmented | Unless
-- each o: UNION ALL | EXCEPT | INTERSECT
SELECT what FROM {t} WHERE actor = '3' {o} SELECT what FROM {t}
-- name the hook's own filter on a table of the client's
-- each t: Hooked | Segmented | Unless
SELECT count(*), min(b.what) FROM (SELECT 3 AS actor) a, {t} b WHERE a.actor = '3'
-- name the hook's own filter on a subquery of the cube
-- each t: Hooked | Segmented | Unless
SELECT count(*), min(b.what) FROM (SELECT actor FROM {t}) a, {t} b WHERE a.actor = '3'
-- name the hook's own segment, read
-- each t: Hooked | Segmented | Unless
-- each e: count(own), min(what) | own, what | bool_or(own), max(what) | count(*) FILTER (WHERE own), count(*) FILTER (WHERE NOT own) | max(what) FILTER (WHERE own IS NOT TRUE)
SELECT {e} FROM {t} GROUP BY {t}.id, {t}.what, own ORDER BY {t}.id
-- name the hook's own segment as a condition
-- each t: Hooked | Segmented | Unless
-- each w: own | own = true | own IS TRUE | NOT own | own OR true | own IS NOT NULL | own AND own | "any" | NOT "any" | own AND "any" | own = "any"
SELECT count(*), min(what), max(what) FROM {t} WHERE {w}
-- name the hook's own segment, on another place of the cube
-- each t: Hooked | Segmented | Unless
-- each w: a.own | a.own AND a."any" | NOT a.own | a.own = b.own | a."any"
SELECT count(*), min(b.what), max(b.what) FROM {t} a, {t} b WHERE {w}
-- name a segment alone
-- each t: Hooked | Segmented | Unless
-- each s: SELECT count("any") FROM {t} | SELECT 1 FROM {t} WHERE "any" | SELECT 1 FROM {t} ORDER BY "any" | SELECT count(*) FROM {t} GROUP BY own | SELECT bool_and("any") OVER (PARTITION BY own) FROM {t} | SELECT DISTINCT "any" FROM {t} | SELECT 1 FROM {t} a JOIN {t} b USING ("any") | SELECT 1 FROM {t} HAVING bool_or("any")
{s}
-- name no column at all
-- each t: Hooked | Segmented | Unless
-- each s: SELECT count(*) FROM {t} | SELECT 1 FROM {t} | SELECT FROM {t} | SELECT EXISTS (SELECT FROM {t} OFFSET 12) | SELECT count(*) FROM {t} a, {t} b | SELECT 1 WHERE EXISTS (SELECT 1 FROM {t} OFFSET 12) | SELECT count(t) FROM {t} t | SELECT sum(count) FROM {t}
{s}
-- name whole rows
-- each t: Hooked | Segmented | Unless
-- each s: SELECT * FROM {t} ORDER BY id | TABLE {t} | SELECT t FROM {t} t ORDER BY t.id | SELECT a.* FROM {t} a NATURAL JOIN {t} b ORDER BY a.id | SELECT t.x2 FROM {t} t (x1, x2, x3) ORDER BY 1
{s}
-- name a filter of the hook's in another cube's words
-- each w: u.id = 3 | u.company_id = '3' | u.name = '3'
SELECT count(*) FROM Users u WHERE {w}
