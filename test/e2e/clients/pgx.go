// pgx: binary and prepared, and its simple protocol (new Grafana); batches, a pool, types.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
)

const grouped = `SELECT status, MEASURE(count) FROM "Orders" GROUP BY 1 ORDER BY 1`
const groups = "new|5000 paid|5000 returned|5000 shipped|5000"
const slow = `SELECT count(*) FROM "Orders" a, "Orders" b, "Orders" c`

var background = context.Background()

func check(name string, work func() error) {
	outcome := "ok"
	if err := work(); err != nil {
		outcome = strings.Join(strings.Fields(err.Error()), " ")
	}
	fmt.Printf("%s\t%s\n", name, outcome)
}

func same(expected, actual interface{}) error {
	if !reflect.DeepEqual(expected, actual) {
		return fmt.Errorf("expected %#v, got %#v", expected, actual)
	}
	return nil
}

// All rows as text: columns parted by `|`, rows by a space.
func text(rows pgx.Rows, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer rows.Close()
	lines := []string{}
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return "", err
		}
		cells := []string{}
		for _, value := range values {
			cells = append(cells, fmt.Sprint(value))
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	return strings.Join(lines, " "), rows.Err()
}

func code(err error) string {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return failure.Code
	}
	return fmt.Sprint(err)
}

func connect(simple bool) *pgx.Conn {
	config, err := pgx.ParseConfig("sslmode=prefer application_name=matrix")
	if err != nil {
		panic(err)
	}
	port, _ := strconv.Atoi(os.Getenv("PGPORT"))
	config.Host, config.Port, config.User = os.Getenv("PGHOST"), uint16(port), os.Getenv("PGUSER")
	config.Database, config.Password = os.Getenv("PGDATABASE"), os.Getenv("PGPASSWORD")
	config.PreferSimpleProtocol = simple
	db, err := pgx.ConnectConfig(background, config)
	if err != nil {
		fmt.Printf("login\t%s\n", strings.Join(strings.Fields(err.Error()), " "))
		os.Exit(0)
	}
	return db
}

func answers(db *pgx.Conn, expected, statement string, values ...interface{}) func() error {
	return func() error {
		answer, err := text(db.Query(background, statement, values...))
		if err != nil {
			return err
		}
		return same(expected, answer)
	}
}

func both(suffix string, db *pgx.Conn) {
	check("login"+suffix, func() error {
		if err := db.Ping(background); err != nil {
			return err
		}
		return answers(db, "ann|db", "SELECT current_user, current_database()")()
	})
	check("tables"+suffix, answers(db, "Orders Users", `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = $1 ORDER BY 1`, "BASE TABLE"))
	check("columns"+suffix, func() error {
		if err := answers(db, "id|integer user_id|integer status|text amount|numeric note|character varying created_at|timestamp with time zone day|date "+
			"flag|boolean tags|ARRAY uid|uuid meta|jsonb count|integer total|numeric paid|boolean",
			`SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position`, "Orders")(); err != nil {
			return err
		}
		rows, err := db.Query(background, `SELECT * FROM "Orders" LIMIT 0`)
		if err != nil {
			return err
		}
		defer rows.Close()
		types := []uint32{}
		for _, field := range rows.FieldDescriptions() {
			types = append(types, field.DataTypeOID)
		}
		return same([]uint32{23, 23, 25, 1700, 1043, 1184, 1082, 16, 1009, 2950, 3802, 23, 1700, 16}, types)
	})
	check("keys"+suffix, answers(db, "Orders|f|FOREIGN KEY (user_id) REFERENCES \"Users\"(id) Orders|p|PRIMARY KEY (id) Users|p|PRIMARY KEY (id)",
		`SELECT t.relname, c.contype::text, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
		WHERE c.contype IN ('p', 'f') AND t.relnamespace = 'public'::regnamespace ORDER BY 1, 2`))
	check("grouped"+suffix, answers(db, groups, grouped))
	check("parameters"+suffix, answers(db, "20", `SELECT count(*) FROM "Orders" WHERE status = $1 AND id <= $2 AND created_at < $3 AND flag IN ($4, $5)`,
		"paid", 120, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), true, false))
	check("types"+suffix, func() error {
		var id int
		var note string
		var amount float64
		var created time.Time
		var flag bool
		var meta map[string]int
		err := db.QueryRow(background, `SELECT id, note, amount, created_at, flag, meta FROM "Orders" WHERE id = $1`, 2).Scan(&id, &note, &amount, &created, &flag, &meta)
		if err != nil {
			return err
		}
		return same("2 Zoë 2 0.5 1735690440 true map[n:2]", fmt.Sprint(id, " ", note, " ", amount, " ", created.Unix(), " ", flag, " ", meta))
	})
	check("large result"+suffix, func() error {
		rows, err := db.Query(background, `SELECT * FROM "Orders" WHERE id > $1`, 0)
		if err != nil {
			return err
		}
		count := 0
		for rows.Next() {
			if _, err := rows.Values(); err != nil {
				return err
			}
			count++
		}
		return same(20000, count)
	})
	check("error"+suffix, func() error {
		_, err := text(db.Query(background, `SELECT nosuch FROM "Orders" WHERE id = $1`, 1))
		return same("42703", code(err))
	})
	check("transaction"+suffix, func() error {
		for _, level := range []pgx.TxIsoLevel{pgx.RepeatableRead, pgx.Serializable} {
			block, err := db.BeginTx(background, pgx.TxOptions{IsoLevel: level, AccessMode: pgx.ReadOnly, DeferrableMode: pgx.Deferrable})
			if err != nil {
				return err
			}
			answer, err := text(block.Query(background, grouped))
			block.Rollback(background)
			if err == nil {
				err = same(groups, answer)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func main() {
	db := connect(false)
	both("", db)
	check("batch", func() error {
		batch := &pgx.Batch{}
		for n := 0; n < 50; n++ {
			batch.Queue(`SELECT count(*) FROM "Orders" WHERE id <= $1`, n*3)
		}
		results := db.SendBatch(background, batch)
		defer results.Close()
		for n := 0; n < 50; n++ {
			var count int
			if err := results.QueryRow().Scan(&count); err != nil {
				return err
			}
			if count != n*2 {
				return fmt.Errorf("%d of %d", count, n)
			}
		}
		return nil
	})
	check("copy", func() error {
		var out bytes.Buffer
		if _, err := db.PgConn().CopyTo(background, &out, `COPY (SELECT id FROM "Orders") TO STDOUT`); err != nil {
			return err
		}
		return same(20000, strings.Count(out.String(), "\n"))
	})
	check("cancel", func() error {
		other := connect(false)
		later := time.AfterFunc(300*time.Millisecond, func() { other.PgConn().CancelRequest(background) })
		defer later.Stop()
		_, err := text(other.Query(background, slow))
		other.Close(background)
		return same("57014", code(err))
	})
	simple := connect(true)
	both(", simple protocol", simple)
	simple.Close(background)
	db.Close(background)
}
