-- A role for Rowgate that may read the model's tables and nothing else. Change the names and the password, and run it as a superuser (or as the owner of
-- the database and its tables, with CREATEROLE) in the database that holds the tables:  psql -d app -1 -f upstream-role.sql

CREATE ROLE rowgate LOGIN PASSWORD 'change me' CONNECTION LIMIT 20
  NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS;

-- The third time that it is said: Rowgate begins READ ONLY transactions over connections that are set to read only.
ALTER ROLE rowgate SET default_transaction_read_only = on;
ALTER ROLE rowgate SET search_path = '';
ALTER ROLE rowgate SET temp_file_limit = '1GB';

-- Everybody may do these by default, Rowgate too.
DO $$
BEGIN
  EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- The schemas and tables that the model reads; for new tables of the schema later, see ALTER DEFAULT PRIVILEGES.
GRANT USAGE ON SCHEMA shop TO rowgate;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO rowgate;
