/** A most common value of somebody else's, so that the statistics hold it. */
export const SECRET = 'TOPSECRET-of-user-2'

/** What somebody else's rows hold makes each bomb fail; what one's own (owner 1) hold does not. */
export const NOTES_SQL = `
CREATE TABLE public.notes (id int4 PRIMARY KEY, owner int4, body text, word varchar(40), n numeric, ratio float8, big int8, small int2, flag bool,
  day date, placed timestamp, made timestamptz, code char(4));
INSERT INTO public.notes SELECT i, 1 + i % 2, CASE WHEN i % 2 = 0 THEN (i % 7)::text ELSE '${SECRET}' END, 'w' || i % 5,
  CASE WHEN i % 2 = 0 THEN i % 9 ELSE 1e400 END, CASE WHEN i % 2 = 0 THEN i % 9 ELSE 1e300 END, CASE WHEN i % 2 = 0 THEN i ELSE 9223372036854775807 END,
  CASE WHEN i % 2 = 0 THEN i % 9 ELSE 32767 END, i % 3 = 0, CASE WHEN i % 2 = 0 THEN date '2025-01-01' + i % 30 ELSE '5874897-12-31' END,
  CASE WHEN i % 2 = 0 THEN timestamp '2025-01-01' + i % 40 * interval '1 day' ELSE '294276-12-31 23:00' END,
  CASE WHEN i % 2 = 0 THEN timestamptz '2025-01-01' + i % 50 * interval '1 day' ELSE '294276-12-31 23:00Z' END, 'c' || i % 5
  FROM generate_series(1, 1200) i;
CREATE TABLE public.parts (LIKE public.notes) PARTITION BY LIST (owner);
CREATE TABLE public.parts_1 PARTITION OF public.parts FOR VALUES IN (1);
CREATE TABLE public.parts_2 PARTITION OF public.parts DEFAULT;
INSERT INTO public.parts SELECT * FROM public.notes;
CREATE MATERIALIZED VIEW public.kept AS SELECT * FROM public.notes;`

export const NOTES_INDEX_SQL = `
CREATE INDEX ON public.notes (owner); CREATE INDEX ON public.notes (body); CREATE INDEX ON public.notes (n); CREATE INDEX ON public.notes (made);
CREATE INDEX ON public.notes ((body || 'x')); CREATE INDEX ON public.notes (id) WHERE flag; CREATE INDEX ON public.kept (id);
CREATE INDEX ON public.kept (owner, id); CREATE INDEX ON public.parts (id); CREATE INDEX ON public.parts (day);
CREATE STATISTICS public.s1 ON owner, body, n, word FROM public.notes; CREATE STATISTICS public.s2 ON (length(body)), (n * 2) FROM public.notes;
ANALYZE`

type Pick = <T>(choices: readonly [T, ...T[]]) => T

/** The names of a FROM item: all have the columns of a cube, those of `x` a bomb as well. */
interface Item {
  readonly name: string
  readonly bomb: boolean
}

const COLUMNS = 'id owner body word n ratio big small flag day placed made code'

const BOMBS = [
  '1 / (%.owner - 2)',
  'CAST(%.body AS int4)',
  '%.n::int4',
  '%.n::float8::int4',
  '%.ratio::int4',
  '%.big::int4',
  '(%.small + 1::int2)::int4',
  "(%.day + 1) - date '2020-01-01'",
  "extract(day FROM %.placed + interval '2 days')::int4",
  "date_part('day', %.made + interval '2 days')::int4",
  'length(substr(%.body, 1, 1 - %.owner))',
  'sqrt(1.5 - %.owner)::int4',
  'mod(7, %.owner - 2)',
  'length(chr(2 - %.owner))',
  '(%.body::jsonb)::int4',
  "length('a' || 1 / (%.owner - 2))",
  '(ARRAY[1, 2])[1 / (%.owner - 2)]',
  'width_bucket(1, 0, 10, 2 - %.owner)',
] as const

const TESTS = [
  '%.id > 10',
  '%.id < 500',
  '%.id = 40',
  '%.id IN (2, 4, 6, 7, 1000)',
  '%.id IN (4, 6.5)',
  "%.id BETWEEN 5 AND '300'",
  '%.owner IN (1, 2)',
  '%.owner = 2',
  '%.owner > 0',
  `%.body = '${SECRET}'`,
  "%.body <> '3'",
  "%.word >= 'w2'",
  '%.n < 5',
  '%.n <= 5.5',
  '%.ratio > 3',
  '%.big < 3000000000',
  '%.small IN (3, 4, 32767)',
  '%.flag',
  'NOT %.flag',
  '%.flag = true',
  '%.flag IS NOT FALSE',
  "%.day > '2025-01-05'",
  "%.day < timestamp '2025-01-20'",
  "%.day = timestamptz '294276-12-31 12:00Z'",
  "%.placed >= date '5874897-12-31'",
  "%.placed > date_trunc('year', now()) - interval '9 years'",
  "%.made < timestamp '294276-12-31'",
  '%.made > CURRENT_DATE - 9999',
  "(%.made > now() - interval '999 years') IS NOT UNKNOWN",
  "(%.day IN (timestamp '2025-01-07', timestamptz '2025-01-05')) IS NOT UNKNOWN",
  '(%.id IN (2::int8, 3.5)) IS NOT UNKNOWN',
  "%.code = 'c1'",
  '%.code IS NOT NULL',
  '%.n IS NULL',
  '%.body < %.word',
  '%.day < %.made',
  '%.placed < %.day',
  '%.n = %.small',
  '%.ratio = %.id',
  '%.id < %.big',
  '1 = 1',
  'true',
] as const

/**
 * One statement. Most hold bombs only where they are computed after the row rules, so that no fence is needed.
 *
 * @param random gives a whole number below its argument
 */
export function fenceStatement(random: (below: number) => number): string {
  const pick: Pick = (choices) => choices[random(choices.length)] ?? choices[0]
  const chance = (percent: number): boolean => random(100) < percent
  let names = 0
  const name = (): string => `t${names++}`

  const over = (item: Item, text: string): string => text.replaceAll('%', item.name)
  const bomb = (item: Item): string => (item.bomb && chance(40) ? `${item.name}.x` : over(item, pick(BOMBS)))
  const bombTest = (item: Item): string =>
    pick([
      `${bomb(item)} < -100000000`,
      `${bomb(item)} IS NULL`,
      `${item.name}.body LIKE '${SECRET.slice(0, -1)}%\\'`,
      `${bomb(item)} = ${bomb(item)}`,
      `${bomb(item)} IN (1, -1)`,
    ])
  const test = (item: Item, depth = 1): string => {
    if (depth > 0 && chance(15)) return `(${test(item, depth - 1)} OR ${test(item, depth - 1)})`
    if (depth > 0 && chance(10)) return `NOT (${test(item, depth - 1)} AND ${test(item, depth - 1)})`
    return chance(2) ? bombTest(item) : over(item, pick(TESTS))
  }
  const where = (items: readonly [Item, ...Item[]]): string =>
    chance(75) ? ` WHERE ${Array.from({ length: 1 + random(3) }, () => test(pick(items))).join(' AND ')}` : ''

  const derived = (depth: number): string => {
    const inner: Item = { name: name(), bomb: false }
    const from = `FROM ${leaf(depth - 1)} ${inner.name}`
    const columns = COLUMNS.split(' ')
      .map((column) => `${inner.name}.${column}`)
      .join(', ')
    const x = `${bomb(inner)} AS x`
    const tests = where([inner])
    return pick([
      `(SELECT ${columns}, ${x} ${from}${tests})`,
      `(SELECT ${columns}, ${x} ${from}${tests})`,
      `(SELECT DISTINCT ${columns}, ${x} ${from}${tests})`,
      `(SELECT DISTINCT ON (${inner.name}.id, ${bomb(inner)}) ${columns}, ${x} ${from}${tests})`,
      `(SELECT ${columns}, ${x} ${from}${tests} ORDER BY ${bomb(inner)}, id LIMIT 500)`,
      `(SELECT ${columns}, ${x} ${from}${tests} ORDER BY id OFFSET 2)`,
      `(SELECT ${columns}, (sum(${bomb(inner)}) OVER (PARTITION BY ${inner.name}.id, ${inner.name}.body))::int4 AS x ${from}${tests})`,
      `(SELECT ${columns}, max(${inner.name}.id) AS x ${from}${tests} GROUP BY ${columns}, ${bomb(inner)})`,
      `(SELECT ${columns}, ${x} ${from}${tests} UNION ALL SELECT ${columns}, ${x} ${from}${where([inner])})`,
      `(SELECT ${columns}, ${x} ${from}${tests} EXCEPT SELECT ${columns}, ${x} ${from} WHERE ${inner.name}.id < 50)`,
    ])
  }
  const leaf = (depth: number): string =>
    depth > 0 && chance(45) ? derived(depth) : pick(['Notes', 'Notes', 'Parts', 'Kept'])

  const source = (): readonly [string, readonly [Item, ...Item[]]] => {
    const table = (): readonly [string, Item] => {
      const text = leaf(2)
      const item: Item = { name: name(), bomb: text.startsWith('(') && /\bx\b/.test(text) }
      return [`${text} ${item.name}`, item]
    }
    let [text, first] = table()
    let items: readonly [Item, ...Item[]] = [first]
    for (let joins = random(3); joins > 0; joins -= 1) {
      const kind = pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'JOIN LATERAL', 'LEFT JOIN LATERAL'])
      const left = pick(items)
      if (kind.endsWith('LATERAL')) {
        const item: Item = { name: name(), bomb: true }
        const inner: Item = { name: name(), bomb: false }
        const columns = COLUMNS.split(' ')
          .map((column) => `${inner.name}.${column}`)
          .join(', ')
        const correlated = pick([
          `SELECT ${columns}, ${bomb(left)} AS x FROM ${leaf(0)} ${inner.name} WHERE ${inner.name}.id = ${left.name}.id`,
          `SELECT ${columns}, ${bomb(inner)} + ${bomb(left)} AS x FROM ${leaf(0)} ${inner.name} WHERE ${inner.name}.id = ${left.name}.id AND ${test(inner)}`,
        ])
        text = `${text} ${kind} (${correlated}) ${item.name} ON ${pick(['true', test(item), test(left)])}`
        items = [...items, item]
        continue
      }
      const [right, item] = table()
      const more = kind !== 'FULL JOIN' && chance(50) ? ` AND ${test(pick([...items, item]))}` : ''
      text = `(${text} ${kind} ${right} ON ${left.name}.id = ${item.name}.id${more})`
      items = [...items, item]
    }
    return [text, items]
  }

  const groupTest = (item: Item, depth: number): string => {
    const inner = (): string => groupTest(item, depth - 1)
    if (depth > 0 && chance(60))
      return pick([
        `(${inner()} AND ${inner()})`,
        `(${inner()} OR ${inner()})`,
        `NOT (${inner()} OR ${inner()})`,
        `NOT (${inner()} AND ${inner()})`,
        `CASE WHEN ${pick(['true', 'count(*) > 0'])} THEN ${inner()} ELSE ${inner()} END`,
        `coalesce(${inner()}, ${inner()})`,
        `(${inner()}) IS NOT TRUE`,
      ])
    return pick([
      'count(*) > 0',
      `max(${item.name}.id) > 5`,
      'true',
      'false',
      `sum(${bomb(item)}) > 3`,
      over(item, pick(['%.owner = 1', "%.body > '2'", '1 / (%.owner - 2) < 0', 'CAST(%.body AS int4) > -1'])),
      `${item.name}.body LIKE '${SECRET.slice(0, -1)}%\\'`,
    ])
  }

  const [from, items] = source()
  const item = pick(items)
  const tests = where(items)
  const x = bomb(item)
  const owner = `${item.name}.owner, ${item.name}.body`
  return pick([
    `SELECT ${item.name}.id, ${x} FROM ${from}${tests}`,
    `SELECT ${item.name}.id FROM ${from}${tests} ORDER BY ${x}, ${item.name}.id`,
    `SELECT DISTINCT ${x} FROM ${from}${tests}`,
    `SELECT ${x}, count(*) FROM ${from}${tests} GROUP BY ${x}`,
    `SELECT ${x} AS v, count(*) FROM ${from}${tests} GROUP BY GROUPING SETS ((1), ()) ORDER BY 1, 2`,
    `SELECT ${owner}, count(*) FROM ${from}${tests} GROUP BY ${owner} HAVING ${groupTest(item, 3)}`,
    `SELECT ${owner}, count(*) FROM ${from}${tests} GROUP BY ${owner} HAVING ${groupTest(item, 2)} AND ${groupTest(item, 2)}`,
    `SELECT ${owner}, count(*) FROM ${from}${tests} GROUP BY CUBE (${owner}) HAVING ${groupTest(item, 3)}`,
    `SELECT count(*) FILTER (WHERE ${bombTest(item)}), count(DISTINCT ${x}), sum(${x}) FROM ${from}${tests}`,
    `SELECT min(${item.name}.id), max(${item.name}.n), bool_or(${item.name}.flag), sum(${x}) FROM ${from}${tests}`,
    `SELECT ${pick(['min', 'max'])}(${x}) FROM ${from}${tests}`,
    `SELECT string_agg(${item.name}.body, ',' ORDER BY ${x}, ${item.name}.id) FROM ${from}${tests}`,
    `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ${x}) FROM ${from}${tests}`,
    `SELECT count(*) OVER (PARTITION BY ${x} ORDER BY ${item.name}.id RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM ${from}${tests}`,
    `SELECT sum(${x}) OVER w FROM ${from}${tests} WINDOW w AS (PARTITION BY ${item.name}.n)`,
    `SELECT ${item.name}.id, unnest(ARRAY[1, ${x}]) FROM ${from}${tests}`,
    `SELECT ${item.name}.id, CASE WHEN ${test(item)} THEN ${x} ELSE 0 END FROM ${from}${tests}`,
    `SELECT ${item.name}.id IN (SELECT q.id + 0 * (${x}) FROM Notes q WHERE q.id = ${item.name}.id) FROM ${from}${tests}`,
    `SELECT (SELECT ${x} FROM Notes q WHERE q.id = ${item.name}.id AND ${over({ name: 'q', bomb: false }, pick(TESTS))}) FROM ${from}${tests}`,
    `SELECT EXISTS (SELECT 1 FROM Notes q WHERE q.id = ${item.name}.id AND q.owner = ${item.name}.owner), ${x} FROM ${from}${tests}`,
    `WITH w AS (SELECT ${item.name}.id, ${item.name}.owner, ${x} AS v FROM ${from}${tests}) SELECT a.v, b.v FROM w a JOIN w b ON a.id = b.id WHERE a.id > 3`,
    `WITH w AS (SELECT ${item.name}.id, ${x} AS v FROM ${from}${tests}) SELECT v FROM w JOIN Notes USING (id) WHERE w.id < 300`,
    `WITH RECURSIVE r (id, v) AS (SELECT ${item.name}.id, ${x} FROM ${from}${tests} UNION SELECT q.id, 1 / (q.owner - 2) FROM r JOIN Notes q ON q.id = r.id + 2 WHERE q.id < 40) SELECT id, v FROM r`,
  ])
}
