-- Statements that are no queries.
-- name data is not changed
-- each s: INSERT INTO orders (id) VALUES (1) | INSERT INTO public.orders SELECT * FROM public.orders | INSERT INTO orders DEFAULT VALUES RETURNING * | UPDATE orders SET note = 'x' | UPDATE public.orders SET note = (SELECT max(secret) FROM public.orders) RETURNING secret | DELETE FROM orders | DELETE FROM public.orders USING backroom.people RETURNING * | MERGE INTO orders USING users ON true WHEN MATCHED THEN DELETE | TRUNCATE orders | TRUNCATE public.orders CASCADE | WITH x AS (SELECT 1) INSERT INTO orders SELECT * FROM x | WITH x AS (SELECT 1) DELETE FROM orders | COPY orders FROM STDIN | COPY public.orders FROM '/dev/null' | COPY orders FROM PROGRAM 'true' | SELECT 1 INTO x | CREATE TABLE t AS SELECT 1 | CREATE TABLE t AS TABLE public.orders | CREATE TEMP TABLE orders (id int) | CREATE TABLE IF NOT EXISTS t (id int) | CREATE MATERIALIZED VIEW m AS SELECT 1 | REFRESH MATERIALIZED VIEW m
{s}
-- name definitions are not changed
-- each s: CREATE VIEW v AS SELECT * FROM public.orders | CREATE OR REPLACE VIEW public.all_orders AS SELECT 1 | CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1' | CREATE PROCEDURE p() LANGUAGE sql AS '' | CREATE SCHEMA s | CREATE SCHEMA s CREATE TABLE t (id int) | CREATE EXTENSION dblink | CREATE TYPE t AS ENUM ('a') | CREATE DOMAIN d AS int | CREATE SEQUENCE s | CREATE INDEX ON public.orders (secret) | CREATE RULE r AS ON SELECT TO orders DO INSTEAD NOTHING | CREATE TRIGGER t AFTER INSERT ON orders EXECUTE FUNCTION f() | CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f() | CREATE ROLE r SUPERUSER | CREATE USER u | CREATE DATABASE d | CREATE TABLESPACE t LOCATION '/x' | CREATE CAST (int AS text) WITH INOUT | CREATE OPERATOR + (LEFTARG = int, FUNCTION = f) | CREATE AGGREGATE a (int) (SFUNC = int4pl, STYPE = int) | CREATE COLLATION c FROM "C" | CREATE CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM f | CREATE LANGUAGE l | CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION f(internal)) | CREATE PUBLICATION p FOR ALL TABLES | CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p | CREATE SERVER s FOREIGN DATA WRAPPER f | CREATE FOREIGN DATA WRAPPER f | CREATE FOREIGN TABLE t (id int) SERVER s | CREATE USER MAPPING FOR current_user SERVER s | CREATE POLICY p ON orders | CREATE STATISTICS s ON id, secret FROM public.orders | CREATE TEXT SEARCH CONFIGURATION c (COPY = simple) | CREATE ACCESS METHOD m TYPE TABLE HANDLER f | DROP TABLE public.orders | DROP SCHEMA backroom CASCADE | DROP DATABASE upstream_beta | DROP ROLE postgres | DROP OWNED BY postgres | REASSIGN OWNED BY postgres TO postgres | ALTER TABLE public.orders RENAME TO o | ALTER TABLE public.orders DISABLE ROW LEVEL SECURITY | ALTER ROLE postgres SET search_path = public | ALTER DATABASE upstream_alpha SET search_path = public | ALTER SYSTEM SET fsync = off | ALTER FUNCTION f() OWNER TO x | ALTER VIEW v SET (security_barrier) | ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO public | ALTER EXTENSION e UPDATE | ALTER TYPE shape_kind ADD VALUE 'x' | GRANT ALL ON ALL TABLES IN SCHEMA public TO public | GRANT postgres TO public | REVOKE ALL ON public.orders FROM public | COMMENT ON TABLE public.orders IS 'x' | SECURITY LABEL ON TABLE orders IS 'x' | IMPORT FOREIGN SCHEMA s FROM SERVER x INTO y
{s}
-- name maintenance
-- each s: VACUUM | VACUUM FULL public.orders | VACUUM (VERBOSE) public.orders | ANALYZE | ANALYZE VERBOSE public.orders | CLUSTER | REINDEX TABLE public.orders | REINDEX DATABASE upstream_alpha | CHECKPOINT | LOAD 'x' | LOCK TABLE public.orders | LOCK orders IN ACCESS EXCLUSIVE MODE NOWAIT | LISTEN x | NOTIFY x, 'y' | UNLISTEN * | UNLISTEN x | DO 'BEGIN END' | DO LANGUAGE plpgsql $$ BEGIN PERFORM 1; END $$ | CALL p() | CALL pg_sleep(1) | SET CONSTRAINTS ALL DEFERRED | SET SESSION AUTHORIZATION postgres | SET SESSION AUTHORIZATION DEFAULT | RESET SESSION AUTHORIZATION | SET ROLE postgres | SET LOCAL ROLE postgres | RESET ROLE | SET ROLE NONE
{s}
-- name explained
-- each s: EXPLAIN SELECT * FROM Orders | EXPLAIN ANALYZE SELECT * FROM Orders | EXPLAIN (ANALYZE, VERBOSE, BUFFERS, FORMAT JSON) SELECT * FROM Orders | EXPLAIN VERBOSE SELECT secret FROM Orders WHERE id = 1 | EXPLAIN (GENERIC_PLAN) SELECT * FROM Orders WHERE id = $1 | EXPLAIN SELECT * FROM public.orders | EXPLAIN SELECT * FROM backroom.payroll | EXPLAIN DELETE FROM public.orders | EXPLAIN ANALYZE DELETE FROM public.orders | EXPLAIN ANALYZE INSERT INTO orders (id) VALUES (1) | EXPLAIN EXECUTE p | EXPLAIN DECLARE c CURSOR FOR SELECT 1 | EXPLAIN CREATE TABLE t AS SELECT * FROM public.orders | EXPLAIN SELECT pg_sleep(1) | EXPLAIN SELECT * FROM GuardedAudit | EXPLAIN TABLE Users | EXPLAIN VALUES (1) | EXPLAIN SELECT * FROM Ledger | EXPLAIN SELECT count(*) FROM Items | EXPLAIN WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d
{s}
-- name explained over rules with hidden members
-- each t: Listed | Casted | Regional | Joined | Events | Users
EXPLAIN SELECT * FROM {t}
-- name copied
-- each s: COPY Orders TO STDOUT | COPY orders (id, secret) TO STDOUT | COPY orders (id, hidden_cost) TO STDOUT | COPY public.orders TO STDOUT | COPY backroom.payroll TO STDOUT | COPY Users TO STDOUT CSV HEADER | COPY (SELECT id, secret FROM Orders ORDER BY id) TO STDOUT | COPY (SELECT * FROM public.payroll) TO STDOUT | COPY (SELECT secret FROM backroom.payroll) TO STDOUT | COPY (DELETE FROM public.orders RETURNING *) TO STDOUT | COPY (INSERT INTO orders (id) VALUES (1) RETURNING *) TO STDOUT | COPY (SELECT 1) TO '/x' | COPY (SELECT 1) TO PROGRAM 'cat' | COPY Orders TO '/x' | COPY (TABLE Users) TO STDOUT (FORMAT csv, HEADER true, DELIMITER ';') | COPY (SELECT id FROM Users ORDER BY 1) TO STDOUT (FORMAT binary) | COPY (SELECT name FROM Users ORDER BY id) TO STDOUT (NULL 'x', QUOTE '''', FORMAT csv, FORCE_QUOTE *) | COPY (SELECT 1) TO STDOUT (ENCODING 'SJIS') | COPY (SELECT 1) TO STDOUT (FORMAT public.x) | COPY (SELECT 1 / 0) TO STDOUT | COPY (SELECT pg_sleep(1)) TO STDOUT | COPY (SELECT $1) TO STDOUT | COPY (VALUES (1), (2)) TO STDOUT | COPY (WITH w AS (SELECT id FROM Orders) SELECT count(*) FROM w) TO STDOUT | COPY (SELECT 1; SELECT 2) TO STDOUT | COPY (SELECT secret FROM Orders WHERE 1 / (divisor) > 0 ORDER BY id) TO STDOUT | COPY (SELECT 1 FROM Orders WHERE secret LIKE 'SECRET-A-%\') TO STDOUT | COPY (SELECT 1 FROM Listed WHERE secret LIKE 'SECRET-B-%\') TO STDOUT | COPY (SELECT 1 FROM Casted WHERE digits::int > 0) TO STDOUT | COPY (EXPLAIN SELECT 1) TO STDOUT | COPY GuardedAudit TO STDOUT | COPY orders (secret, secret) TO STDOUT | COPY orders (nosuch) TO STDOUT | COPY orders TO STDIN | COPY BINARY orders TO STDOUT
{s}
-- name prepared
-- each s: PREPARE p AS SELECT * FROM Orders | PREPARE p AS SELECT * FROM public.orders | PREPARE p (int) AS SELECT id FROM Orders WHERE id = $1 | PREPARE p (regclass) AS SELECT $1 | PREPARE p AS DELETE FROM public.orders | PREPARE p AS INSERT INTO orders (id) VALUES (1) | PREPARE p (public.orders) AS SELECT $1 | EXECUTE nosuch | DEALLOCATE nosuch | DEALLOCATE ALL | EXECUTE p (1) | DEALLOCATE PREPARE "x; SELECT 1" | PREPARE p AS SELECT $1::regclass | CREATE TABLE t AS EXECUTE p
{s}
-- name prepared and run
-- each s: SELECT count(*) FROM Orders | SELECT secret FROM Listed ORDER BY id LIMIT 2 | SELECT * FROM Ledger ORDER BY 1 | SELECT 1 / 0 | VALUES (1)
PREPARE p AS {s}
-- then
EXECUTE p
-- then
DEALLOCATE p
-- name prepared and run with arguments
-- each a: (1) | ('1') | (NULL) | (1, 2) | ((SELECT 1)) | ('1; SELECT secret FROM public.orders') | (-1) | (1.5) | ('x') | () | ($1) | (true) | (pg_sleep(1)) | (1 + 1)
PREPARE p (int) AS SELECT id, secret FROM Orders WHERE id = $1
-- then
EXECUTE p {a}
-- name cursors
-- each c: DECLARE c CURSOR FOR SELECT secret FROM Orders ORDER BY id | DECLARE c CURSOR FOR SELECT secret FROM public.orders | DECLARE c CURSOR FOR DELETE FROM orders | DECLARE c BINARY CURSOR FOR SELECT id FROM Users ORDER BY 1 | DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT id FROM Orders ORDER BY id | DECLARE "c; DROP TABLE x" CURSOR FOR SELECT 1 | DECLARE c CURSOR FOR SELECT * FROM Orders FOR UPDATE | DECLARE c CURSOR FOR SELECT 1 FROM Orders WHERE secret LIKE 'SECRET-A-%\' | DECLARE c INSENSITIVE CURSOR FOR SELECT 1 / divisor FROM Listed | DECLARE c CURSOR FOR SELECT $1
BEGIN
-- then
{c}
-- then
FETCH 2 FROM c
-- then
FETCH LAST FROM c
-- then
MOVE 1 FROM c
-- then
CLOSE c
-- name a cursor that is not one's own
-- each s: FETCH ALL FROM c | FETCH ALL FROM "" | MOVE ALL FROM c | CLOSE c | CLOSE ALL | FETCH BACKWARD 1 FROM x | FETCH ALL FROM "<unnamed portal 1>" | CLOSE ""
{s}
-- name a cursor after its transaction
BEGIN; DECLARE c CURSOR FOR SELECT id FROM Orders; COMMIT
-- then
FETCH ALL FROM c
-- name a held cursor after its transaction
BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT id, secret FROM Orders ORDER BY id LIMIT 5; COMMIT
-- then
FETCH ALL FROM c
-- then
CLOSE c
-- then
FETCH ALL FROM c
