//! tokio-postgres: everything binary and prepared, portals in portions, COPY, pipelining, cancel.
use futures_util::{future::join_all, pin_mut, TryStreamExt};
use std::{error::Error, fmt::Debug, future::Future, time::Duration};
use tokio_postgres::{Client, Config, NoTls, Row};

const GROUPED: &str = r#"SELECT status, MEASURE(count) FROM "Orders" GROUP BY 1 ORDER BY 1"#;
const SLOW: &str = r#"SELECT count(*) FROM "Orders" a, "Orders" b, "Orders" c"#;
type Outcome = Result<(), Box<dyn Error>>;

async fn check(name: &str, work: impl Future<Output = Outcome>) {
    let outcome = match work.await {
        Ok(()) => "ok".to_string(),
        Err(error) => format!("{} {:?}", error, error).split_whitespace().collect::<Vec<_>>().join(" "),
    };
    println!("{}\t{}", name, outcome);
}

fn same<T: PartialEq + Debug>(expected: T, actual: T) -> Outcome {
    if expected == actual {
        return Ok(());
    }
    Err(format!("expected {:?}, got {:?}", expected, actual).into())
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

async fn connect() -> Result<Client, tokio_postgres::Error> {
    let mut config = Config::new();
    config.host(&variable("PGHOST")).port(variable("PGPORT").parse().unwrap_or(0)).user(&variable("PGUSER"));
    config.dbname(&variable("PGDATABASE")).password(variable("PGPASSWORD"));
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(client)
}

fn pairs(rows: &[Row]) -> Vec<(String, i64)> {
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn groups() -> Vec<(String, i64)> {
    ["new", "paid", "returned", "shipped"].iter().map(|status| (status.to_string(), 5000)).collect()
}

async fn run(mut db: Client) {
    check("login", async { same("ann", db.query_one("SELECT current_user::text", &[]).await?.get(0)) }).await;
    check("tables", async {
        let rows = db
            .query("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_type = $1::text ORDER BY 1", &[&"BASE TABLE"])
            .await?;
        same(vec!["Orders".to_string(), "Users".to_string()], rows.iter().map(|row| row.get(0)).collect())
    })
    .await;
    check("columns", async {
        let statement = db.prepare(r#"SELECT * FROM "Orders" WHERE id = $1"#).await?;
        let columns: Vec<String> = statement.columns().iter().map(|column| format!("{} {}", column.name(), column.type_().name())).collect();
        same(
            "id int4,user_id int4,status text,amount numeric,note varchar,created_at timestamptz,day date,flag bool,tags _text,uid uuid,meta jsonb,count int4,total numeric,paid bool",
            columns.join(",").as_str(),
        )?;
        same("int4", statement.params()[0].name())
    })
    .await;
    check("keys", async {
        let rows = db
            .query(
                "SELECT t.relname::text, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid WHERE c.contype IN ('p', 'f') AND t.relnamespace = 'public'::regnamespace ORDER BY t.relname, c.contype",
                &[],
            )
            .await?;
        let keys: Vec<String> = rows.iter().map(|row| format!("{} {}", row.get::<_, String>(0), row.get::<_, String>(1))).collect();
        same(r#"Orders FOREIGN KEY (user_id) REFERENCES "Users"(id); Orders PRIMARY KEY (id); Users PRIMARY KEY (id)"#, keys.join("; ").as_str())
    })
    .await;
    check("an unknown type is looked up", async {
        let statement = db.prepare("SELECT relacl, relkind, oid::regclass, '{[1,2]}'::int4multirange FROM pg_class LIMIT 1").await?;
        let names: Vec<&str> = statement.columns().iter().map(|column| column.type_().name()).collect();
        same(vec!["_aclitem", "char", "regclass", "int4multirange"], names)
    })
    .await;
    check("grouped", async { same(groups(), pairs(&db.query(GROUPED, &[]).await?)) }).await;
    check("parameters", async {
        let ids: Vec<i32> = (0..=120).collect();
        let row = db
            .query_one(r#"SELECT count(*) FROM "Orders" WHERE status = $1 AND id <= $2 AND id = ANY($3) AND flag IN ($4, $5)"#, &[&"paid", &120, &ids, &true, &false])
            .await?;
        same(20, row.get::<_, i64>(0))
    })
    .await;
    check("types", async {
        let row = db.query_one(r#"SELECT id, note, flag, tags, count, amount::float8 FROM "Orders" WHERE id = $1"#, &[&2]).await?;
        same((2, Some("Zoë 2".to_string()), true, 1, 0.5), (row.get(0), row.get(1), row.get(2), row.get(4), row.get(5)))?;
        same(vec![Some("a2".to_string()), None], row.get::<_, Vec<Option<String>>>(3))
    })
    .await;
    check("large result", async {
        same(20000, db.query(r#"SELECT * FROM "Orders""#, &[]).await?.len())?;
        let rows = db.query_raw(r#"SELECT id FROM "Orders" WHERE id > $1"#, [0]).await?;
        pin_mut!(rows);
        let mut sum = 0i64;
        while let Some(row) = rows.try_next().await? {
            sum += i64::from(row.get::<_, i32>(0));
        }
        same(300_000_000, sum)
    })
    .await;
    let block = db.transaction().await;
    check("portal", async {
        let block = block?;
        let portal = block.bind(r#"SELECT id FROM "Orders" WHERE id > $1"#, &[&0]).await?;
        let (mut sum, mut last) = (0i64, 1);
        while last > 0 {
            let rows = block.query_portal(&portal, 777).await?;
            last = rows.len();
            sum += rows.iter().map(|row| i64::from(row.get::<_, i32>(0))).sum::<i64>();
        }
        block.commit().await?;
        same(300_000_000, sum)
    })
    .await;
    let isolated = db.build_transaction().isolation_level(tokio_postgres::IsolationLevel::RepeatableRead).read_only(true).start().await;
    check("transaction", async {
        let block = isolated?;
        same(groups(), pairs(&block.query(GROUPED, &[]).await?))?;
        block.commit().await?;
        Ok(())
    })
    .await;
    let _ = db.batch_execute("ROLLBACK").await;
    check("pipelined", async {
        let statement = db.prepare(r#"SELECT count(*) FROM "Orders" WHERE id <= $1"#).await?;
        let ids: Vec<i32> = (0..50).map(|n| n * 3).collect();
        let answers = join_all(ids.iter().map(|id| {
            let (db, statement) = (&db, &statement);
            async move { db.query_one(statement, &[id]).await }
        }))
        .await;
        for (n, answer) in answers.into_iter().enumerate() {
            same(n as i64 * 2, answer?.get(0))?;
        }
        Ok(())
    })
    .await;
    check("copy", async {
        let out = db.copy_out(r#"COPY (SELECT id FROM "Orders") TO STDOUT"#).await?;
        let bytes: usize = out.try_fold(0, |sum, part| async move { Ok(sum + part.iter().filter(|byte| **byte == b'\n').count()) }).await?;
        same(20000, bytes)
    })
    .await;
    check("error", async {
        let failed = db.query(r#"SELECT nosuch FROM "Orders" WHERE id = $1"#, &[&1]).await.err().ok_or("no error")?;
        same(Some("42703"), failed.code().map(|code| code.code()))?;
        let failed = db.simple_query(r#"SELECT nosuch FROM "Orders""#).await.err().ok_or("no error")?;
        same(Some("42703"), failed.code().map(|code| code.code()))
    })
    .await;
    check("cancel", async {
        let token = db.cancel_token();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let _ = token.cancel_query(NoTls).await;
        });
        let failed = db.query(SLOW, &[]).await.err().ok_or("no error")?;
        same(Some("57014"), failed.code().map(|code| code.code()))?;
        same(groups(), pairs(&db.query(GROUPED, &[]).await?))
    })
    .await;
}

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        match connect().await {
            Ok(db) => run(db).await,
            Err(error) => println!("login\t{}", error),
        }
    });
    Ok(())
}
