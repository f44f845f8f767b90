// lib/pq under database/sql, with and without binary_parameters.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/lib/pq"
)

const grouped = `SELECT status, MEASURE(count) FROM "Orders" GROUP BY 1 ORDER BY 1`
const groups = "new|5000 paid|5000 returned|5000 shipped|5000"
const slow = `SELECT count(*) FROM "Orders" a, "Orders" b, "Orders" c`

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
func ask(db interface {
	Query(string, ...interface{}) (*sql.Rows, error)
}, statement string, values ...interface{}) (string, error) {
	rows, err := db.Query(statement, values...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	names, _ := rows.Columns()
	lines := []string{}
	for rows.Next() {
		cells := make([]sql.NullString, len(names))
		targets := make([]interface{}, len(names))
		for index := range cells {
			targets[index] = &cells[index]
		}
		if err := rows.Scan(targets...); err != nil {
			return "", err
		}
		texts := make([]string, len(names))
		for index, cell := range cells {
			texts[index] = cell.String
		}
		lines = append(lines, strings.Join(texts, "|"))
	}
	return strings.Join(lines, " "), rows.Err()
}

func code(err error) string {
	var failure *pq.Error
	if errors.As(err, &failure) {
		return string(failure.Code)
	}
	return fmt.Sprint(err)
}

func open(options string) *sql.DB {
	address := url.URL{Scheme: "postgres", User: url.UserPassword(os.Getenv("PGUSER"), os.Getenv("PGPASSWORD")),
		Host: os.Getenv("PGHOST") + ":" + os.Getenv("PGPORT"), Path: os.Getenv("PGDATABASE"), RawQuery: options}
	db, err := sql.Open("postgres", address.String())
	if err != nil {
		panic(err)
	}
	return db
}

func answers(db *sql.DB, expected, statement string, values ...interface{}) func() error {
	return func() error {
		answer, err := ask(db, statement, values...)
		if err != nil {
			return err
		}
		return same(expected, answer)
	}
}

func main() {
	db := open("sslmode=disable&application_name=matrix")
	check("login", func() error {
		if err := db.Ping(); err != nil {
			return err
		}
		return answers(db, "ann|db", "SELECT current_user, current_database()")()
	})
	check("tables", answers(db, "Orders Users", `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = $1 ORDER BY 1`, "BASE TABLE"))
	check("columns", func() error {
		if err := answers(db, "id|integer user_id|integer status|text amount|numeric note|character varying created_at|timestamp with time zone day|date "+
			"flag|boolean tags|ARRAY uid|uuid meta|jsonb count|integer total|numeric paid|boolean",
			`SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position`, "Orders")(); err != nil {
			return err
		}
		rows, err := db.Query(`SELECT * FROM "Orders" LIMIT 0`)
		if err != nil {
			return err
		}
		defer rows.Close()
		types, _ := rows.ColumnTypes()
		names := []string{}
		for _, kind := range types {
			names = append(names, kind.DatabaseTypeName())
		}
		return same("INT4 INT4 TEXT NUMERIC VARCHAR TIMESTAMPTZ DATE BOOL _TEXT UUID JSONB INT4 NUMERIC BOOL", strings.Join(names, " "))
	})
	check("keys", answers(db, "Orders|f|FOREIGN KEY (user_id) REFERENCES \"Users\"(id) Orders|p|PRIMARY KEY (id) Users|p|PRIMARY KEY (id)",
		`SELECT t.relname, c.contype, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
		WHERE c.contype IN ('p', 'f') AND t.relnamespace = 'public'::regnamespace ORDER BY 1, 2`))
	check("grouped", answers(db, groups, grouped))
	parameters := func(db *sql.DB) error {
		return answers(db, "20", `SELECT count(*) FROM "Orders" WHERE status = $1 AND id <= $2 AND created_at < $3 AND id = ANY($4) AND flag IN ($5, $6)`,
			"paid", 120, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), pq.Array(sequence(120)), true, false)()
	}
	check("parameters", func() error { return parameters(db) })
	check("prepared", func() error {
		statement, err := db.Prepare(`SELECT note FROM "Orders" WHERE id = $1`)
		if err != nil {
			return err
		}
		defer statement.Close()
		for id := 1; id < 60; id += 9 {
			var note sql.NullString
			if err := statement.QueryRow(id).Scan(&note); err != nil {
				return err
			}
			if id%7 != 0 && note.String != fmt.Sprintf("Zoë %d", id) {
				return fmt.Errorf("got %q", note.String)
			}
		}
		return nil
	})
	check("binary_parameters", func() error {
		other := open("sslmode=require&binary_parameters=yes")
		defer other.Close()
		if err := answers(other, groups, grouped)(); err != nil {
			return err
		}
		return answers(other, "20", `SELECT count(*) FROM "Orders" WHERE status = $1 AND id <= $2`, "paid", 120)()
	})
	check("large result", func() error {
		answer, err := ask(db, `SELECT * FROM "Orders" WHERE id > $1`, 0)
		if err != nil {
			return err
		}
		return same(20000, strings.Count(answer, "\"n\": "))
	})
	check("error", func() error {
		for _, values := range [][]interface{}{{}, {1}} {
			statement := `SELECT nosuch FROM "Orders"`
			if len(values) > 0 {
				statement += " WHERE id = $1"
			}
			_, err := ask(db, statement, values...)
			if code(err) != "42703" {
				return fmt.Errorf("got %v", err)
			}
		}
		return nil
	})
	check("transaction", func() error {
		for _, level := range []sql.IsolationLevel{sql.LevelRepeatableRead, sql.LevelSerializable} {
			block, err := db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true, Isolation: level})
			if err != nil {
				return err
			}
			answer, err := ask(block, grouped)
			if err == nil {
				err = same(groups, answer)
			}
			if err != nil {
				block.Rollback()
				return err
			}
			if _, err := ask(block, "SELECT 1/0"); code(err) != "22012" {
				return fmt.Errorf("got %v", err)
			}
			if _, err := ask(block, "SELECT 1"); code(err) != "25P02" {
				return fmt.Errorf("got %v", err)
			}
			block.Rollback()
		}
		return nil
	})
	check("cancel by context", func() error {
		context, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		_, err := db.QueryContext(context, slow)
		if code(err) != "57014" {
			return fmt.Errorf("got %v", err)
		}
		return answers(db, groups, grouped)()
	})
	db.Close()
}

func sequence(last int) []int {
	numbers := []int{}
	for number := 0; number <= last; number++ {
		numbers = append(numbers, number)
	}
	return numbers
}
