# RPostgreSQL under DBI: dbListTables and the like, portions of rows, data frames.
suppressMessages(library(RPostgreSQL))

say <- function(name, outcome) cat(name, "\t", gsub("[[:space:]]+", " ", outcome), "\n", sep = "")
# The driver warns of every type that it does not know (uuid); that is its own.
check <- function(name, work) {
  outcome <- tryCatch({ suppressWarnings(force(work)); "ok" }, error = conditionMessage)
  say(name, outcome)
}
same <- function(expected, actual) {
  if (!identical(expected, actual)) stop("expected ", deparse(expected), ", got ", deparse(actual))
}

say("version", as.character(packageVersion("RPostgreSQL")))
env <- Sys.getenv()
db <- dbConnect(PostgreSQL(), host = env[["PGHOST"]], port = as.integer(env[["PGPORT"]]), user = env[["PGUSER"]],
  dbname = env[["PGDATABASE"]], password = env[["PGPASSWORD"]])
groups <- data.frame(status = c("new", "paid", "returned", "shipped"), count = rep(5000, 4))
columns <- c("id", "user_id", "status", "amount", "note", "created_at", "day", "flag", "tags", "uid", "meta", "count", "total", "paid")

check("login", {
  same("ann", dbGetQuery(db, "SELECT current_user AS who")$who)
  same("18", substr(dbGetInfo(db)$serverVersion, 1, 2))
})
check("tables", {
  same(c("Orders", "Users"), sort(dbListTables(db)))
  same(c(TRUE, FALSE), c(dbExistsTable(db, "Orders"), dbExistsTable(db, "Salaries")))
})
check("columns", {
  same(columns, dbListFields(db, "Orders"))
  result <- dbSendQuery(db, 'SELECT * FROM "Orders" LIMIT 1')
  shown <- dbColumnInfo(result)
  same(c("INTEGER", "INTEGER", "TEXT", "DECIMAL", "VARCHAR", "TIMESTAMPTZOID", "DATE", "BOOL"), shown$type[1:8])
  same(c(FALSE, TRUE), shown$nullOK[1:2])
  dbClearResult(result)
})
check("grouped", {
  rows <- dbGetQuery(db, 'SELECT status, MEASURE(count) AS count FROM "Orders" GROUP BY 1 ORDER BY 1')
  same(groups$status, rows$status)
  same(groups$count, rows$count)
})
check("parameters", same(20, dbGetQuery(db, 'SELECT count(*) AS n FROM "Orders" WHERE status = $1 AND id <= $2', c("paid", 120))$n))
check("types", {
  row <- dbGetQuery(db, 'SELECT id, amount, note, created_at, day, flag FROM "Orders" WHERE id = 2')
  same(list(2L, 0.5, as.Date("2025-01-03"), TRUE), list(row$id, row$amount, row$day, row$flag))
  same(1735690440, as.numeric(row$created_at))
})
check("large result", same(c(20000L, 14L), dim(dbReadTable(db, "Orders"))))
check("portions", {
  result <- dbSendQuery(db, 'SELECT id FROM "Orders"')
  sum <- 0
  while (!dbHasCompleted(result)) sum <- sum + sum(as.numeric(fetch(result, 777)$id))
  dbClearResult(result)
  same(300000000, sum)
})
check("dbplyr's probe", same(0L, nrow(dbGetQuery(db, 'SELECT * FROM "Orders" AS "q01" WHERE (0 = 1)'))))
check("transaction", {
  dbBegin(db)
  same(4, dbGetQuery(db, 'SELECT count(*) AS n FROM "Users"')$n)
  dbRollback(db)
})
check("error", {
  failure <- tryCatch(dbGetQuery(db, 'SELECT nosuch FROM "Orders"'), error = conditionMessage, warning = conditionMessage)
  # It has no SQLSTATE; the text is all that its users get.
  if (!grepl('column "nosuch" does not exist', paste(failure, dbGetException(db)$errorMsg), fixed = TRUE)) stop(failure)
})
invisible(dbDisconnect(db))
