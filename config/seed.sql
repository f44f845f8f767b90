-- Example data of the embedded database: two companies, forty people, four thousand orders; the same on every start.
CREATE SCHEMA shop;

CREATE TABLE shop.users AS
SELECT n AS id,
       1 + (n - 1) % 2 AS company_id,
       'Person ' || n AS name,
       'person' || n || '@example.com' AS email,
       (ARRAY['Lisbon', 'Oslo', 'Prague', 'Riga'])[1 + n % 4] AS city
FROM generate_series(1, 40) AS n;
ALTER TABLE shop.users ADD PRIMARY KEY (id);

CREATE TABLE shop.orders AS
SELECT n AS id,
       1 + n % 40 AS user_id,
       (ARRAY['new', 'paid', 'completed', 'returned'])[1 + (n * 7 / 3) % 4] AS status,
       ((n * 37) % 99900 / 100.0 + 1)::numeric(10, 2) AS amount,
       timestamptz '2025-01-01 00:00:00+00' + n * interval '2 hours' AS created_at
FROM generate_series(1, 4000) AS n;
ALTER TABLE shop.orders ADD PRIMARY KEY (id);
CREATE INDEX ON shop.orders (user_id);

CREATE TABLE shop.line_items AS
SELECT n AS id,
       1 + n % 4000 AS order_id,
       (ARRAY['lamp', 'chair', 'desk', 'shelf', 'rug'])[1 + n % 5] AS product,
       1 + n % 3 AS quantity,
       ((n * 13) % 20000 / 100.0 + 1)::numeric(10, 2) AS price
FROM generate_series(1, 12000) AS n;
ALTER TABLE shop.line_items ADD PRIMARY KEY (id);
CREATE INDEX ON shop.line_items (order_id);

ANALYZE;
