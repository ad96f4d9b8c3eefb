// Command pgxservice serves the orders that a caller may see. PostgreSQL filters,
// so hidden rows never leave the database.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls"
)

type order struct {
	ID     int64
	Region *string
}

type service struct {
	db    *pgxpool.Pool
	rules *rls.Rules
	user  func(*http.Request) string // from your authentication
}

func main() {
	db, err := pgxpool.New(context.Background(), os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	rules, err := rls.ReadCSV(strings.NewReader("UserName,region\nanna,US\nboss,\n"), nil)
	if err != nil {
		log.Fatal(err)
	}
	s := &service{db, rules, func(r *http.Request) string { name, _, _ := r.BasicAuth(); return name }}
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", s))
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	orders, err := s.orders(r.Context(), s.user(r))
	if err != nil {
		log.Print(err) // for the operator; the caller learns nothing of hidden rows
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(orders)
}

func (s *service) orders(ctx context.Context, user string) ([]order, error) {
	p, err := s.rules.For(namespace.Named(user))
	if err != nil {
		return nil, err
	}
	condition, err := where.Lower(p, where.PostgreSQL, &where.Options{Column: where.Known(where.PostgreSQL, "orders", "region")})
	if err != nil {
		return nil, err
	}
	rows, err := s.db.Query(ctx, "SELECT id, region FROM orders WHERE "+condition.SQL()+" ORDER BY id", condition.Args()...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[order])
}
