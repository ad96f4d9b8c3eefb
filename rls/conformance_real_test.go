package rls_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/stretchr/testify/require"
)

// match evaluates p on one row; a missing or nil column is NULL.
func match(p predicate.Predicate, row map[string]any) bool {
	return p.Match(func(column string) (string, bool) {
		s, ok := row[column].(string)
		return s, ok
	})
}

func TestRealConformance(t *testing.T) {
	b, err := os.ReadFile(realdata.Path(t, "conformance", "users.json"))
	require.NoError(t, err)
	var corpus struct {
		Data  []map[string]any
		Cases []struct {
			Name, CSV, User string
			Groups          []string
			Options         map[string]string
			Error           string
			Visible         []int
		}
	}
	dec := json.NewDecoder(strings.NewReader(string(b)))
	require.NoError(t, dec.Decode(&corpus))
	require.Greater(t, len(corpus.Cases), 30)
	for _, c := range corpus.Cases {
		t.Run(c.Name, func(t *testing.T) {
			opts := &rls.Options{}
			for key, value := range c.Options {
				require.Equal(t, "dual user_first", key+" "+value, "an option this test knows")
				opts.Dual = rls.UserFirst
			}
			rules, err := rls.ReadCSV(strings.NewReader(c.CSV), opts)
			var p predicate.Predicate
			if err == nil {
				p, err = rules.For(namespace.Named(c.User, c.Groups...))
			}
			if c.Error != "" {
				require.ErrorContains(t, err, c.Error)
			} else {
				require.NoError(t, err)
			}
			visible := []int{}
			for i, row := range corpus.Data {
				require.EqualValues(t, i+1, row["id"])
				if match(p, row) {
					visible = append(visible, i+1)
				}
			}
			require.Equal(t, fmt.Sprint(c.Visible), fmt.Sprint(visible))
		})
	}
}
