-- Several statements in one text, in any order, with transactions between them.
-- name a second statement
-- each s: SELECT secret FROM public.orders | DELETE FROM public.orders | DROP TABLE public.orders | SET search_path = public | SELECT pg_sleep(9) | COPY public.orders TO STDOUT | SELECT 1/0 | SELECT count(*) FROM Orders | BEGIN | COMMIT | ROLLBACK | SHOW search_path | SELECT ( | SELECT nosuch FROM Orders | TABLE Users | VALUES (1) | DISCARD ALL | SET TimeZone = 'Asia/Tokyo' | PREPARE p AS SELECT 1 | DECLARE c CURSOR FOR SELECT 1 | SELECT * FROM backroom.payroll
SELECT 1; {s}
-- name before a harmless one
-- each s: SELECT secret FROM public.orders | SELECT 1/0 | SET standard_conforming_strings = off | SET search_path = evil_schema | BEGIN; SELECT 1/0 | SELECT nosuch | ROLLBACK | LISTEN x | SAVEPOINT s | SET role = 'postgres' | SET LOCAL TimeZone = 'Asia/Tokyo' | DROP TABLE x
{s}; SELECT count(*) FROM Orders
-- name an implicit transaction
-- each s: SELECT 1; SELECT 1/0; SELECT 2 | BEGIN; SELECT 1; COMMIT; SELECT 2 | SELECT 1; BEGIN; SELECT 2 | BEGIN; SELECT 1/0; COMMIT; SELECT 2 | BEGIN; SELECT 1/0; ROLLBACK; SELECT 2 | BEGIN; SAVEPOINT a; SELECT 1/0 | BEGIN; SAVEPOINT a; ROLLBACK TO a; SELECT 1; COMMIT | COMMIT; SELECT 1 | BEGIN; BEGIN; COMMIT | SELECT 1; COMMIT; SELECT 2 | BEGIN; COMMIT AND CHAIN; SELECT 1; ROLLBACK | ROLLBACK AND CHAIN | BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; SELECT count(*) FROM Orders; COMMIT | BEGIN; SET TRANSACTION READ WRITE; DELETE FROM public.orders; COMMIT | SELECT 1; SELECT 2; SELECT 3; SELECT 4 | SELECT 1;;SELECT 2 | SELECT ';'; SELECT 1 | BEGIN; RELEASE x | START TRANSACTION; SHOW transaction_isolation; END | ABORT; END WORK | PREPARE TRANSACTION 'x' | COMMIT PREPARED 'x' | ROLLBACK PREPARED 'x' | BEGIN; PREPARE TRANSACTION 'x'
{s}
-- name requests one after another
BEGIN
-- then
SELECT 1 / 0
-- then
SELECT count(*) FROM Orders
-- then
SELECT secret FROM public.orders
-- then
COMMIT
-- name a savepoint after an error
BEGIN
-- then
SAVEPOINT "s; DROP TABLE public.orders; --"
-- then
SELECT nosuch FROM Orders
-- then
ROLLBACK TO SAVEPOINT "s; DROP TABLE public.orders; --"
-- then
SELECT count(*) FROM Orders
-- then
COMMIT
-- name settings in a block that fails
BEGIN; SET TimeZone = 'Asia/Tokyo'
-- then
SELECT 1 / 0
-- then
ROLLBACK
-- then
SHOW TimeZone
-- name isolation in a block
BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM Orders
-- then
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
-- then
ROLLBACK
-- name a snapshot of somebody
BEGIN ISOLATION LEVEL REPEATABLE READ
-- then
SET TRANSACTION SNAPSHOT '00000003-0000001B-1'
-- then
ROLLBACK
-- name many statements
SELECT 1; SELECT 2; SELECT 3; SELECT 4; SELECT 5; SELECT 6; SELECT 7; SELECT 8; SELECT 9; SELECT 10; SELECT 11; SELECT 12; SELECT 13; SELECT 14; SELECT count(*) FROM Orders; SELECT 1/0; SELECT 17
