import java.math.BigDecimal;
import java.sql.*;
import java.util.*;
import java.util.concurrent.*;

/** pgjdbc, as Metabase, DBeaver, DataGrip, Looker and Tableau use it: DatabaseMetaData, cursors, server-side prepared statements, cancel. */
public class Jdbc {
  interface Check { void run() throws Exception; }

  static void check(String name, Check work) {
    String outcome = "ok";
    try {
      work.run();
    } catch (Throwable error) {
      outcome = String.valueOf(error).replaceAll("\\s+", " ");
    }
    System.out.println(name + "\t" + outcome);
  }

  static void same(Object expected, Object actual) {
    if (!expected.equals(actual)) throw new AssertionError("expected " + expected + ", got " + actual);
  }

  /** The named columns of every row: columns parted by `|`, rows by a space. */
  static String rows(ResultSet result, String... columns) throws SQLException {
    List<String> lines = new ArrayList<>();
    while (result.next()) {
      List<String> cells = new ArrayList<>();
      for (String column : columns) cells.add(result.getString(column));
      lines.add(String.join("|", cells));
    }
    result.close();
    return String.join(" ", lines);
  }

  static int count(ResultSet result) throws SQLException {
    int rows = 0;
    while (result.next()) rows++;
    result.close();
    return rows;
  }

  static String sqlState(Check work) throws Exception {
    try {
      work.run();
    } catch (SQLException error) {
      return error.getSQLState();
    }
    return "no error";
  }

  static final String GROUPED = "SELECT status, MEASURE(count) AS n FROM \"Orders\" GROUP BY 1 ORDER BY 1";
  static final String GROUPS = "new|5000 paid|5000 returned|5000 shipped|5000";
  static final String SLOW = "SELECT count(*) FROM \"Orders\" a, \"Orders\" b, \"Orders\" c";

  static Connection open(String options) throws SQLException {
    Map<String, String> env = System.getenv();
    String url = "jdbc:postgresql://" + env.get("PGHOST") + ":" + env.get("PGPORT") + "/" + env.get("PGDATABASE") + "?" + options;
    return DriverManager.getConnection(url, env.get("PGUSER"), env.get("PGPASSWORD"));
  }

  public static void main(String[] arguments) throws Exception {
    Connection connection = open("ApplicationName=matrix");
    DatabaseMetaData meta = connection.getMetaData();
    System.out.println("version\t" + meta.getDriverVersion());
    check("login", () -> {
      same(true, connection.isValid(5));
      same("ann", meta.getUserName());
      same("18", String.valueOf(meta.getDatabaseMajorVersion()));
      same("PostgreSQL", meta.getDatabaseProductName());
    });
    introspection(connection, meta);
    queries(connection);
    cursors(connection);
    check("cancel by setQueryTimeout", () -> {
      try (Statement statement = connection.createStatement()) {
        statement.setQueryTimeout(1);
        same("57014", sqlState(() -> statement.executeQuery(SLOW)));
        statement.setQueryTimeout(0);
        same(1, count(statement.executeQuery("SELECT 1")));
      }
    });
    check("cancel from another thread", () -> {
      try (Statement statement = connection.createStatement()) {
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        later.schedule(() -> { statement.cancel(); return null; }, 300, TimeUnit.MILLISECONDS);
        same("57014", sqlState(() -> statement.executeQuery(SLOW)));
        later.shutdown();
      }
    });
    connection.close();
    for (String mode : new String[] {"simple", "extendedForPrepared", "extendedCacheEverything"}) {
      check("preferQueryMode=" + mode, () -> {
        try (Connection other = open("preferQueryMode=" + mode)) {
          same("Orders Users", rows(other.getMetaData().getTables(null, "public", "%", new String[] {"TABLE"}), "TABLE_NAME"));
          same(GROUPS, rows(other.createStatement().executeQuery(GROUPED), "status", "n"));
          parameters(other);
        }
      });
    }
    check("connection options", () -> {
      String options = "currentSchema=public&readOnly=true&assumeMinServerVersion=12&binaryTransfer=false&options=-c%20statement_timeout=20s";
      try (Connection other = open(options)) {
        same("20s", rows(other.createStatement().executeQuery("SHOW statement_timeout"), "statement_timeout"));
        same("public", other.getSchema());
        other.setAutoCommit(false);
        other.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        same(GROUPS, rows(other.createStatement().executeQuery(GROUPED), "status", "n"));
        other.commit();
      }
    });
  }

  static void introspection(Connection connection, DatabaseMetaData meta) {
    check("tables", () -> {
      same("public|Orders|TABLE|Orders of the shop public|Users|TABLE|null",
          rows(meta.getTables(null, "public", "%", null), "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE", "REMARKS")
              .replaceAll("\\w+\\|\\w+_pkey\\|INDEX\\|null ?", "").trim());
      same("Orders Users", rows(meta.getTables("db", null, null, new String[] {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"}), "TABLE_NAME"));
      same("", rows(meta.getTables(null, null, "Salaries", null), "TABLE_NAME"));
    });
    check("columns", () -> {
      same("id|4|int4|10|0|NO user_id|4|int4|10|0|YES status|12|text|2147483647|0|YES amount|2|numeric|10|2|YES note|12|varchar|40|0|YES "
              + "created_at|93|timestamptz|35|6|YES day|91|date|13|0|YES flag|-7|bool|1|0|YES tags|2003|_text|2147483647|0|YES "
              + "uid|1111|uuid|2147483647|0|YES meta|1111|jsonb|2147483647|0|YES count|4|int4|10|0|YES total|2|numeric|10|2|YES paid|-7|bool|1|0|YES",
          rows(meta.getColumns(null, "public", "Orders", "%"), "COLUMN_NAME", "DATA_TYPE", "TYPE_NAME", "COLUMN_SIZE", "DECIMAL_DIGITS", "IS_NULLABLE"));
      same("id name count", rows(meta.getColumns(null, null, "Users", null), "COLUMN_NAME"));
      same("State of the order", rows(meta.getColumns(null, "public", "Orders", "status"), "REMARKS"));
      same("", rows(meta.getColumns(null, null, "Salaries", null), "COLUMN_NAME"));
    });
    check("primary keys", () -> {
      same("Orders|id|1|Orders_pkey", rows(meta.getPrimaryKeys(null, "public", "Orders"), "TABLE_NAME", "COLUMN_NAME", "KEY_SEQ", "PK_NAME"));
      same("Users|id|1|Users_pkey", rows(meta.getPrimaryKeys(null, null, "Users"), "TABLE_NAME", "COLUMN_NAME", "KEY_SEQ", "PK_NAME"));
    });
    check("foreign keys", () -> {
      String[] columns = {"PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_NAME", "FKCOLUMN_NAME", "KEY_SEQ", "FK_NAME", "PK_NAME"};
      String key = "Users|id|Orders|user_id|1|Orders_user_id_fkey|Users_pkey";
      same(key, rows(meta.getImportedKeys(null, "public", "Orders"), columns));
      same(key, rows(meta.getExportedKeys(null, "public", "Users"), columns));
      same(key, rows(meta.getCrossReference(null, "public", "Users", null, "public", "Orders"), columns));
      same("", rows(meta.getImportedKeys(null, "public", "Users"), columns));
    });
    check("indexes", () -> {
      same("Orders|f|Orders_pkey|3|1|id|A", rows(meta.getIndexInfo(null, "public", "Orders", false, false),
          "TABLE_NAME", "NON_UNIQUE", "INDEX_NAME", "TYPE", "ORDINAL_POSITION", "COLUMN_NAME", "ASC_OR_DESC"));
      same("id", rows(meta.getBestRowIdentifier(null, "public", "Orders", DatabaseMetaData.bestRowSession, false), "COLUMN_NAME"));
    });
    check("schemas and catalogs", () -> {
      same("information_schema pg_catalog public", rows(meta.getSchemas(), "TABLE_SCHEM"));
      same("public", rows(meta.getSchemas(null, "publ%"), "TABLE_SCHEM"));
      same("db", rows(meta.getCatalogs(), "TABLE_CAT"));
    });
    check("privileges", () -> {
      String granted = rows(meta.getTablePrivileges(null, "public", "Orders"), "GRANTEE", "PRIVILEGE");
      if (!granted.contains("PUBLIC|SELECT")) throw new AssertionError(granted);
      String columns = rows(meta.getColumnPrivileges(null, "public", "Orders", "status"), "COLUMN_NAME", "GRANTEE", "PRIVILEGE");
      if (!columns.contains("status|postgres|SELECT")) throw new AssertionError(columns);
    });
    check("types, functions and the rest", () -> {
      if (!rows(meta.getTypeInfo(), "TYPE_NAME").contains("timestamptz")) throw new AssertionError("no timestamptz");
      same("", rows(meta.getFunctions(null, "public", "%"), "FUNCTION_NAME"));
      same("", rows(meta.getProcedures(null, "public", "%"), "PROCEDURE_NAME"));
      same("", rows(meta.getProcedureColumns(null, "public", "%", "%"), "PROCEDURE_NAME"));
      same("", rows(meta.getFunctionColumns(null, "public", "%", "%"), "FUNCTION_NAME"));
      same("Orders Users", rows(meta.getUDTs(null, "public", "%", null), "TYPE_NAME"));
      if (!meta.getSQLKeywords().contains("ilike")) throw new AssertionError(meta.getSQLKeywords());
      if (meta.getMaxColumnNameLength() != 63) throw new AssertionError("names of " + meta.getMaxColumnNameLength());
      count(meta.getVersionColumns(null, "public", "Orders"));
      count(meta.getClientInfoProperties());
      count(meta.getTableTypes());
    });
    check("result columns", () -> {
      try (Statement statement = connection.createStatement()) {
        ResultSetMetaData shown = statement.executeQuery("SELECT o.id AS a, status, MEASURE(o.count) FROM \"Orders\" o GROUP BY 1, 2 LIMIT 1").getMetaData();
        same("a|int4|Orders|id|0 status|text|Orders|status|1 count|int8|||2", String.join(" ",
            describe(shown, 1), describe(shown, 2), describe(shown, 3)));
      }
    });
  }

  static String describe(ResultSetMetaData shown, int column) throws SQLException {
    org.postgresql.PGResultSetMetaData more = (org.postgresql.PGResultSetMetaData) shown;
    return String.join("|", shown.getColumnLabel(column), shown.getColumnTypeName(column), more.getBaseTableName(column), more.getBaseColumnName(column),
        String.valueOf(shown.isNullable(column)));
  }

  static void parameters(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(
        "SELECT count(*) AS n FROM \"Orders\" WHERE status = ? AND id <= ? AND created_at < ? AND amount >= ? AND day > ?")) {
      statement.setString(1, "paid");
      statement.setInt(2, 120);
      statement.setTimestamp(3, Timestamp.valueOf("2030-01-01 00:00:00"));
      statement.setBigDecimal(4, new BigDecimal("0.5"));
      statement.setDate(5, java.sql.Date.valueOf("2024-12-31"));
      same("20", rows(statement.executeQuery(), "n"));
    }
  }

  static void queries(Connection connection) {
    check("grouped", () -> same(GROUPS, rows(connection.createStatement().executeQuery(GROUPED), "status", "n")));
    check("parameters", () -> parameters(connection));
    check("prepared past the threshold", () -> {
      String sql = "SELECT id, user_id, status, amount, note, created_at, day, flag, tags, uid, meta, count, total, paid FROM \"Orders\" WHERE id = ?";
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (int run = 0; run < 14; run++) {
          int id = 1 + run * 3;
          statement.setInt(1, id);
          ResultSet result = statement.executeQuery();
          result.next();
          same(id, result.getInt("id"));
          same(0, new BigDecimal(id).divide(new BigDecimal(4)).compareTo(result.getBigDecimal("amount")));
          same(id % 2 == 0, result.getBoolean("flag"));
          same(1735689600000L + id * 420000L, result.getTimestamp("created_at").getTime());
          same(java.time.LocalDate.of(2025, 1, 1).plusDays(id % 60), result.getDate("day").toLocalDate());
          same("a" + id % 3, ((Object[]) result.getArray("tags").getArray())[0]);
          same(UUID.class, result.getObject("uid").getClass());
          same("{\"n\": " + id + "}", result.getString("meta"));
          result.close();
        }
        same(true, statement.unwrap(org.postgresql.PGStatement.class).isUseServerPrepare());
      }
    });
    check("large result", () -> same(20000, count(connection.createStatement().executeQuery("SELECT * FROM \"Orders\""))));
    check("several statements in one", () -> {
      try (Statement statement = connection.createStatement()) {
        same(true, statement.execute("SELECT 1 AS n; SELECT count(*) AS n FROM \"Users\"; " + GROUPED));
        same("1", rows(statement.getResultSet(), "n"));
        same(true, statement.getMoreResults());
        same("4", rows(statement.getResultSet(), "n"));
        same(true, statement.getMoreResults());
        same(GROUPS, rows(statement.getResultSet(), "status", "n"));
        same(false, statement.getMoreResults());
      }
    });
    check("batch", () -> {
      try (PreparedStatement statement = connection.prepareStatement("SELECT count(*) FROM \"Orders\" WHERE id <= ?")) {
        for (int id = 0; id < 300; id++) {
          statement.setInt(1, id);
          statement.addBatch();
        }
        same(300, statement.executeBatch().length);
      }
      try (Statement statement = connection.createStatement()) {
        statement.addBatch("SET extra_float_digits = 2");
        statement.addBatch("SET extra_float_digits = 3");
        same(2, statement.executeBatch().length);
        same("3", rows(statement.executeQuery("SHOW extra_float_digits"), "extra_float_digits"));
      }
    });
    check("error", () -> {
      try (Statement statement = connection.createStatement()) {
        statement.executeQuery("SELECT nosuch FROM \"Orders\"");
        throw new AssertionError("no error");
      } catch (org.postgresql.util.PSQLException error) {
        same("42703", error.getSQLState());
        same("column \"nosuch\" does not exist", error.getServerErrorMessage().getMessage());
        same(8, error.getServerErrorMessage().getPosition());
      }
      try (PreparedStatement statement = connection.prepareStatement("SELECT nosuch FROM \"Orders\" WHERE id = ?")) {
        statement.setInt(1, 1);
        same("42703", sqlState(statement::executeQuery));
      }
      same("42P01", sqlState(() -> connection.createStatement().executeQuery("SELECT 1 FROM \"Salaries\"")));
    });
  }

  static void cursors(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    check("autocommit off, fetch size", () -> {
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(777);
        ResultSet result = statement.executeQuery("SELECT id, note FROM \"Orders\" ORDER BY id");
        long sum = 0;
        int rows = 0;
        while (result.next()) {
          sum += result.getInt(1);
          rows++;
        }
        same("20000 300000000", rows + " " + sum);
      }
      connection.commit();
    });
    check("two cursors, interleaved", () -> {
      try (PreparedStatement one = connection.prepareStatement("SELECT id FROM \"Orders\" WHERE id <> ? ORDER BY id");
          Statement two = connection.createStatement()) {
        one.setFetchSize(50);
        two.setFetchSize(70);
        one.setInt(1, 0);
        ResultSet left = one.executeQuery();
        ResultSet right = two.executeQuery("SELECT id FROM \"Orders\" ORDER BY id");
        for (int row = 0; row < 500; row++) {
          left.next();
          right.next();
          same(left.getInt(1), right.getInt(1));
        }
        left.close();
        right.close();
      }
      connection.commit();
    });
    check("max rows", () -> {
      try (Statement statement = connection.createStatement()) {
        statement.setMaxRows(7);
        same(7, count(statement.executeQuery("SELECT * FROM \"Orders\"")));
      }
      connection.commit();
    });
    check("error in a transaction, savepoint", () -> {
      Savepoint before = connection.setSavepoint("before");
      same("42703", sqlState(() -> connection.createStatement().executeQuery("SELECT nosuch FROM \"Orders\"")));
      same("25P02", sqlState(() -> connection.createStatement().executeQuery("SELECT 1")));
      connection.rollback(before);
      same(GROUPS, rows(connection.createStatement().executeQuery(GROUPED), "status", "n"));
      connection.rollback();
    });
    connection.rollback();
    connection.setAutoCommit(true);
  }
}
