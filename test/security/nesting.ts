import type { Attack } from './attack-file.js'

/** Constructs with a place for a scalar subquery (`@`), each a scalar expression itself that reads rows of a cube. */
const SCALARS: readonly (readonly [string, string])[] = [
  ['scalar subquery', '(SELECT max(s.id) FROM "Orders" s WHERE s.id < 1000 + @)'],
  ['scalar in the select list', '(SELECT @ + max(id) FROM "Listed")'],
  ['FROM subquery', '(SELECT max(q.x) FROM (SELECT @ AS x FROM "Casted") q)'],
  ['JOIN ON', '(SELECT count(*)::int FROM "Users" a JOIN "Users" b ON a.id = b.id AND a.id < @ + 9)'],
  ['LEFT JOIN ON', '(SELECT count(b.id)::int FROM "Users" a LEFT JOIN "Items" b ON b.id = a.id AND @ > 0)'],
  [
    'LATERAL',
    '(SELECT max(l.x)::int FROM "Users" u, LATERAL (SELECT u.id + @ AS x FROM "Joined" j LIMIT 1) l)',
  ],
  ['EXISTS', '(CASE WHEN EXISTS (SELECT 1 FROM "Regional" r WHERE r.id <> @) THEN 1 ELSE 0 END)'],
  [
    'NOT EXISTS',
    '(SELECT count(*)::int FROM "Users" u WHERE NOT EXISTS (SELECT 1 FROM "Items" i WHERE i.id = u.id + @))',
  ],
  ['IN', '(SELECT count(*)::int FROM "Users" WHERE id IN (SELECT id + @ - @ FROM "Orders"))'],
  ['NOT IN', '(SELECT count(*)::int FROM "Users" WHERE id NOT IN (SELECT o.id + @ FROM "Orders" o))'],
  ['ANY', '(SELECT count(*)::int FROM "Users" WHERE id < ANY (SELECT i.id + @ FROM "Items" i))'],
  ['ALL', '(SELECT count(*)::int FROM "Users" WHERE id <= ALL (SELECT i.id + @ FROM "Items" i))'],
  ['HAVING', '(SELECT count(*)::int FROM "Items" HAVING count(*) < 1000 + @)'],
  ['GROUP BY', '(SELECT max(n)::int FROM (SELECT count(*) AS n FROM "Orders" GROUP BY status, @) g)'],
  [
    'GROUPING SETS',
    '(SELECT count(*)::int FROM (SELECT divisor FROM "Listed" GROUP BY GROUPING SETS ((divisor), (divisor, sign), ()) HAVING count(*) > @ - @) g)',
  ],
  ['ROLLUP', '(SELECT count(*)::int FROM (SELECT sign + @ FROM "Listed" GROUP BY ROLLUP (sign, divisor)) g)'],
  ['ORDER BY', '(SELECT id FROM "Orders" ORDER BY id - @, id LIMIT 1)'],
  ['ORDER BY and LIMIT', '(SELECT id FROM "Orders" ORDER BY id DESC LIMIT (SELECT 1 + @ - @))'],
  ['OFFSET', '(SELECT max(id) FROM (SELECT id FROM "Orders" ORDER BY id OFFSET (SELECT @ - @ + 2)) o)'],
  [
    'FETCH WITH TIES',
    '(SELECT count(*)::int FROM (SELECT status FROM "Orders" ORDER BY status FETCH FIRST (SELECT @ - @ + 1) ROWS WITH TIES) o)',
  ],
  ['VALUES', '(SELECT max(v.n) FROM (VALUES (@), (1)) v (n), "Users")'],
  ['CTE', '(WITH w AS (SELECT id + @ AS x FROM "Orders") SELECT max(x) FROM w)'],
  [
    'CTE MATERIALIZED',
    '(WITH w AS MATERIALIZED (SELECT id + @ AS x FROM "Listed") SELECT max(x) FROM w, "Users")',
  ],
  [
    'CTE named as a cube',
    '(WITH "Orders" AS (SELECT id FROM "Orders" WHERE id < 9 + @) SELECT max(id) FROM "Orders")',
  ],
  [
    'recursive CTE',
    '(WITH RECURSIVE t (n) AS (SELECT min(id) FROM "Orders" UNION ALL SELECT n + 1 FROM t, "Users" u WHERE u.id = 1 AND n < 3 + @ - @) SELECT max(n) FROM t)',
  ],
  ['UNION', '(SELECT max(x) FROM (SELECT id AS x FROM "Orders" UNION SELECT @ FROM "Users") u)'],
  ['UNION ALL', '(SELECT count(*)::int FROM (SELECT id FROM "Orders" UNION ALL SELECT @) u)'],
  [
    'INTERSECT',
    '(SELECT count(*)::int FROM (SELECT id FROM "Orders" INTERSECT SELECT id + @ - @ FROM "Users") u)',
  ],
  ['EXCEPT', '(SELECT count(*)::int FROM (SELECT id FROM "Orders" EXCEPT SELECT @) u)'],
  ['CASE arms', '(SELECT max(CASE WHEN id > @ THEN @ ELSE id END) FROM "Casted")'],
  ['simple CASE', '(SELECT max(CASE id WHEN @ THEN 1 ELSE 2 END) FROM "Casted")'],
  ['function argument', '(SELECT max(length(concat(secret, @))) FROM "Orders")'],
  ['named argument', '(SELECT max(extract(day FROM make_interval(days => @)))::int FROM "Users")'],
  ['VARIADIC', '(SELECT max(length(concat(VARIADIC ARRAY[secret, @::text]))) FROM "Orders")'],
  ['COALESCE', '(SELECT max(coalesce(nullif(id, @), @)) FROM "Orders")'],
  ['GREATEST', '(SELECT max(greatest(id, least(@, 5))) FROM "Orders")'],
  ['aggregate argument', '(SELECT sum(@ - @ + id)::int FROM "Orders")'],
  ['aggregate FILTER', '(SELECT count(*) FILTER (WHERE o.id > @ - @)::int FROM "Orders" o)'],
  ['aggregate ORDER BY', `(SELECT length(string_agg(secret, ',' ORDER BY id - @)) FROM "Orders")`],
  ['aggregate DISTINCT', '(SELECT count(DISTINCT id % (3 + @ - @))::int FROM "Orders")'],
  ['WITHIN GROUP', '(SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY id + @) FROM "Orders")'],
  [
    'window PARTITION',
    '(SELECT max(c)::int FROM (SELECT count(*) OVER (PARTITION BY status, @) AS c FROM "Orders") w)',
  ],
  ['window ORDER', '(SELECT max(r)::int FROM (SELECT rank() OVER (ORDER BY id - @) AS r FROM "Orders") w)'],
  [
    'window frame',
    '(SELECT max(r)::int FROM (SELECT sum(id) OVER (ORDER BY id ROWS BETWEEN (SELECT @ - @ + 1) PRECEDING AND CURRENT ROW) AS r FROM "Orders") w)',
  ],
  [
    'named window',
    '(SELECT max(r)::int FROM (SELECT sum(id) OVER w AS r FROM "Orders" WINDOW w AS (PARTITION BY status ORDER BY id + @)) x)',
  ],
  ['ARRAY subquery', '(cardinality(ARRAY(SELECT id + @ FROM "Orders")))'],
  ['ARRAY elements', '(SELECT max((ARRAY[id, @])[1]) FROM "Orders")'],
  ['subscript', '(SELECT max(nums[1 + @ - @]) FROM "Orders")'],
  ['slice', '(SELECT max(cardinality(nums[1:@])) FROM "Orders")'],
  ['row constructor', '(SELECT count(*)::int FROM "Orders" WHERE (id, sign) > (@, 0))'],
  ['row IN', '(SELECT count(*)::int FROM "Orders" WHERE (id, @) IN (SELECT u.id, @ FROM "Users" u))'],
  ['DISTINCT', '(SELECT count(*)::int FROM (SELECT DISTINCT status, @ FROM "Orders") d)'],
  [
    'DISTINCT ON',
    '(SELECT max(id) FROM (SELECT DISTINCT ON (status, @) id FROM "Orders" ORDER BY status, @, id) d)',
  ],
  ['table function', '(SELECT count(*)::int FROM "Users" u, unnest(ARRAY[u.id, @]) x)'],
  [
    'ROWS FROM',
    '(SELECT count(*)::int FROM ROWS FROM (unnest(ARRAY(SELECT id + @ FROM "Users")), generate_series(1, 3)) AS r (a, b))',
  ],
  ['BETWEEN', '(SELECT count(*)::int FROM "Orders" WHERE id BETWEEN @ AND 10 + @)'],
  ['IS DISTINCT FROM', '(SELECT count(*)::int FROM "Orders" WHERE id IS DISTINCT FROM @)'],
  ['LIKE', `(SELECT count(*)::int FROM "Orders" WHERE secret LIKE 'OWN-' || @ || '%')`],
  ['cast', '(SELECT max((id::text || @::text)::numeric(20, 0)) FROM "Orders" WHERE id < 5)::int8'],
  ['JSON', `(SELECT max((jsonb_build_object('a', id, 'b', @) ->> 'b')::int) FROM "Orders")`],
  ['COLLATE', '(SELECT max(length((secret || @) COLLATE "C")) FROM "Orders")'],
  [
    'correlated',
    '(SELECT max((SELECT count(*) FROM "Items" i WHERE i.order_id = o.id + @ - @))::int FROM "Orders" o)',
  ],
  ['USING', '(SELECT count(*)::int FROM "Orders" a JOIN "Listed" b USING (id) WHERE id > @ - @)'],
  [
    'NATURAL JOIN',
    '(SELECT count(*)::int FROM (SELECT id FROM "Orders" WHERE id > @ - @) a NATURAL JOIN "Listed" b)',
  ],
  ['FULL JOIN', '(SELECT count(*)::int FROM "Users" a FULL JOIN "Items" b ON a.id = b.id + @)'],
  ['NULLIF', '(SELECT max(nullif(id, 1 + @)) FROM "Orders")'],
  ['IS TRUE', '(SELECT count(*)::int FROM "Orders" WHERE (id > @ - @) IS NOT FALSE)'],
  ['IS NULL', '(SELECT count(*)::int FROM "Orders" WHERE (id + @) IS NOT NULL)'],
  ['BETWEEN SYMMETRIC', '(SELECT count(*)::int FROM "Orders" WHERE id NOT BETWEEN SYMMETRIC 9 AND @)'],
  ['ILIKE ESCAPE', `(SELECT count(*)::int FROM "Orders" WHERE secret ILIKE 'own-' || @ || '!%' ESCAPE '!')`],
  ['SIMILAR TO', `(SELECT count(*)::int FROM "Orders" WHERE secret SIMILAR TO 'OWN-(' || @ || '|1)')`],
  [
    'AT TIME ZONE',
    '(SELECT max(extract(hour FROM created_at AT TIME ZONE make_interval(hours => @ - @)))::int FROM "Orders")',
  ],
  ['EXTRACT', '(SELECT max(extract(day FROM day + @))::int FROM "Orders")'],
  ['OVERLAY', `(SELECT max(length(overlay(secret PLACING 'x' FROM 1 FOR @ - @ + 1))) FROM "Orders")`],
  ['SUBSTRING', '(SELECT max(length(substring(secret FROM @ - @ + 2 FOR 3))) FROM "Orders")'],
  ['TRIM', `(SELECT max(length(trim(BOTH @::text FROM secret))) FROM "Orders")`],
  ['POSITION', '(SELECT max(position(@::text IN secret)) FROM "Orders")'],
  ['OVERLAPS', '(SELECT count(*)::int FROM "Orders" WHERE (day, day + @) OVERLAPS (day, day + 1))'],
  ['NORMALIZE', '(SELECT max(length(normalize(secret || @, NFC))) FROM "Orders")'],
  ['array ANY', '(SELECT count(*)::int FROM "Orders" WHERE id = ANY (ARRAY[1, @]))'],
  ['array ALL', '(SELECT count(*)::int FROM "Orders" WHERE id <> ALL (ARRAY[1, @]))'],
  [
    'row and subquery',
    '(SELECT count(*)::int FROM "Orders" o WHERE (o.id, o.sign) = (SELECT u.id, @ - @ + o.sign FROM "Users" u WHERE u.id = 1))',
  ],
  ['slice with both bounds', '(SELECT max(cardinality(nums[@ - @ : @])) FROM "Orders")'],
  ['JSON subscript', `(SELECT max((meta['deep'][@ - @])::int) FROM "Orders")`],
  [
    'GROUPING',
    '(SELECT max(g)::int FROM (SELECT GROUPING(sign) + @ AS g FROM "Listed" GROUP BY CUBE (sign, divisor)) c)',
  ],
  ['direct argument', '(SELECT (rank(@) WITHIN GROUP (ORDER BY id))::int FROM "Orders")'],
  [
    'window FILTER',
    '(SELECT max(c)::int FROM (SELECT count(*) FILTER (WHERE id > @ - @) OVER (PARTITION BY status) AS c FROM "Orders") w)',
  ],
  [
    'window EXCLUDE',
    '(SELECT max(c)::int FROM (SELECT sum(id) OVER (ORDER BY id GROUPS BETWEEN @ - @ + 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS c FROM "Orders") w)',
  ],
  [
    'window RANGE',
    '(SELECT max(c)::int FROM (SELECT sum(id) OVER (ORDER BY id RANGE BETWEEN CURRENT ROW AND 2 + @ - @ FOLLOWING EXCLUDE CURRENT ROW) AS c FROM "Orders") w)',
  ],
  ['window in ORDER BY', '(SELECT id FROM "Orders" ORDER BY rank() OVER (ORDER BY id - @), id LIMIT 1)'],
  ['ORDER BY USING', '(SELECT id FROM "Orders" ORDER BY id + @ USING > NULLS LAST LIMIT 1)'],
  [
    'RIGHT JOIN',
    '(SELECT count(a.id)::int FROM "Users" a RIGHT JOIN "Items" b ON a.id = b.id AND b.id > @ - @)',
  ],
  [
    'USING alias',
    '(SELECT count(j.id)::int FROM "Orders" a JOIN "Listed" b USING (id) AS j WHERE j.id > @ - @)',
  ],
  ['join alias', '(SELECT max(j.x)::int FROM ("Users" a CROSS JOIN (SELECT @ AS y) b) AS j (x))'],
  [
    'LEFT JOIN LATERAL',
    '(SELECT count(l.y)::int FROM "Users" u LEFT JOIN LATERAL (SELECT u.id + @ AS y FROM "Items" i WHERE i.id = u.id) l ON true)',
  ],
  [
    'WITH in WITH',
    '(WITH a AS (WITH b AS (SELECT id + @ AS x FROM "Users") SELECT x FROM b) SELECT max(x)::int FROM a)',
  ],
  [
    'CTE NOT MATERIALIZED',
    '(WITH w AS NOT MATERIALIZED (SELECT id + @ AS x FROM "Joined") SELECT max(a.x)::int FROM w a, w b WHERE a.x = b.x)',
  ],
  ['CTE of VALUES', '(WITH w (x) AS (VALUES (@), (2)) SELECT max(x + id)::int FROM w, "Users")'],
  [
    'SEARCH',
    '(WITH RECURSIVE t (n) AS (SELECT id FROM "Users" UNION ALL SELECT n + 1 FROM t WHERE n < 3 + @ - @) SEARCH DEPTH FIRST BY n SET o SELECT count(o)::int FROM t)',
  ],
  [
    'CYCLE',
    '(WITH RECURSIVE t (n) AS (SELECT min(id) FROM "Users" UNION ALL SELECT n % 3 + 1 + @ - @ FROM t) CYCLE n SET c USING p SELECT count(p)::int FROM t)',
  ],
  ['EXCEPT ALL', '(SELECT count(*)::int FROM (SELECT sign FROM "Listed" EXCEPT ALL SELECT @) u)'],
  [
    'INTERSECT ALL',
    '(SELECT count(*)::int FROM (SELECT sign FROM "Listed" INTERSECT ALL SELECT sign + @ - @ FROM "Casted") u)',
  ],
  [
    'ORDER BY of a set operation',
    '(SELECT x FROM (SELECT id AS x FROM "Orders" UNION SELECT @ ORDER BY x DESC LIMIT 1) u)',
  ],
  [
    'unnest of two',
    '(SELECT count(*)::int FROM "Users" u, unnest(ARRAY[u.id, @], ARRAY[1]) WITH ORDINALITY AS x (a, b, c))',
  ],
  [
    'column definitions',
    `(SELECT max(x)::int FROM "Users" u, jsonb_to_record(jsonb_build_object('x', u.id + @)) AS r (x int))`,
  ],
  ['function in the select list', '(SELECT count(*)::int FROM (SELECT unnest(ARRAY[id, @]) FROM "Users") s)'],
  [
    'aggregate of an outer row',
    '(SELECT max((SELECT max(u.id + i.id + @) FROM "Items" i))::int FROM "Users" u)',
  ],
  [
    'HAVING of a subquery',
    '(SELECT count(*)::int FROM (SELECT sign FROM "Listed" GROUP BY sign HAVING max(id) > (SELECT @ - @)) h)',
  ],
  [
    'whole row of a subquery',
    '(SELECT max(length(to_jsonb(s)::text)) FROM (SELECT id, @ AS n FROM "Users") s)',
  ],
  ['row IS NULL', '(SELECT count(*)::int FROM "Users" u WHERE ROW(u.id, @) IS NOT NULL)'],
  ['whole row', '(SELECT max(length(to_jsonb(u)::text)) + @ FROM "Users" u)'],
]

/** The innermost expressions: over a cube of each kind of rule. */
const CORES = [
  '(SELECT count(*)::int FROM "Orders")',
  '(SELECT max(digits::int)::int % 7 FROM "Listed")',
  '(SELECT sum(1 / divisor)::int FROM "Joined")',
]

export interface NestedAttacks {
  readonly once: readonly Attack[]
  readonly twice: readonly Attack[]
}

/** A cube in each construct, and each construct in each of the others. */
export function nestedAttacks(): NestedAttacks {
  const attack = (name: string, expression: string): Attack => ({
    name,
    texts: [`SELECT ${expression} AS x`],
    values: [],
  })
  const fill = (template: string, inner: string): string => template.replaceAll('@', inner)
  const once = SCALARS.flatMap(([name, template]) =>
    CORES.map((core, index) => attack(`${name} over ${index + 1}`, fill(template, core))),
  )
  const twice = SCALARS.flatMap(([name, template], outerIndex) =>
    SCALARS.flatMap(([innerName, innerTemplate], innerIndex) => {
      // A seventh of the pairs, in which every construct stands outside and inside.
      if ((outerIndex + innerIndex) % 7 !== 0) return []
      const core = CORES[(outerIndex + innerIndex) % CORES.length] ?? '1'
      return [attack(`${name} of ${innerName}`, fill(template, fill(innerTemplate, core)))]
    }),
  )
  return { once, twice }
}
