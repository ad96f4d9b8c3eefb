package flightsql_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/internal/clients"
	"github.com/rowsight/rowsight/adapters/flightsql/internal/world"
	"github.com/rowsight/rowsight/internal/testkit/escapes"
	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/predicate"
)

// cells returns columns of the rows of a predicate, as JSON has them.
func cells(t testing.TB, rows []questions.Row, visible predicate.Predicate, columns ...string) (out [][]any) {
	t.Helper()
	all := seen()
	var kept [][]any
	for _, row := range rows {
		value := func(column string) any { return row[slices.Index(all, column)] }
		if !visible.Match(func(column string) (string, bool) { s, ok := value(column).(string); return s, ok }) {
			continue
		}
		var cells []any
		for _, c := range columns {
			cells = append(cells, value(c))
		}
		kept = append(kept, cells)
	}
	text, err := json.Marshal(kept)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &out))
	return out
}

// TestClients: the drivers of other languages get the rows that a predicate admits.
func TestClients(t *testing.T) {
	w := world.New(t, 200)
	address := w.Serve(t, flightsql.Plain{}, nil)
	token, _ := w.Token(t, "t2")
	refused := slices.DeleteFunc(escapes.Refused(), func(s string) bool { return s == `EXPLAIN SELECT * FROM sales` || s == "" })
	for _, tt := range []struct {
		name    string
		request clients.Request
		visible predicate.Predicate
		hidden  []string
	}{
		{"a session", clients.Request{Token: token}, world.Tenant("t2"), []string{world.Hidden}},
		{"a registered user", clients.Request{User: "ben", Password: "ben-pw"}, world.Ben(), nil},
	} {
		r := tt.request
		r.Address, r.Refused = address, refused
		r.SQL, r.Prepared, r.Parameter = `SELECT tenant, "Region", qty FROM sales`, `SELECT qty FROM other WHERE "Region" = ?`, "EMEA"
		want := cells(t, w.Rows["sales"], tt.visible, "tenant", "Region", "qty")
		prepared := cells(t, w.Rows["other"], predicate.And(tt.visible, predicate.In("Region", "EMEA")), "qty")
		require.NotEmpty(t, prepared)
		columns := seen(tt.hidden...)
		for name, run := range map[string]func(testing.TB, clients.Request) clients.Reply{"ADBC": clients.ADBC, "JDBC": clients.JDBC} {
			t.Run(name+" of "+tt.name, func(t *testing.T) {
				got := run(t, r)
				require.Equal(t, want, got.Rows)
				require.NotEqual(t, cells(t, w.Rows["sales"], predicate.All(), "tenant", "Region", "qty"), got.Rows, "dropped rules are found")
				if name == "ADBC" {
					require.Equal(t, want, got.Polars)
				}
				require.Equal(t, prepared, got.Prepared)
				require.Equal(t, map[string][]string{"sales": columns, "other": columns}, got.Tables)
				require.Len(t, got.Errors, len(refused))
				for i, e := range got.Errors {
					require.NotEmpty(t, e, refused[i])
				}
				require.NotEmpty(t, got.Secret)
			})
		}
	}
}
