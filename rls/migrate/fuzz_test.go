package migrate_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/migrate"
)

// FuzzReadPlan reads plans that anybody may have edited. What is accepted comes
// back as it was, and applied to an account it changes nothing in the namespace
// that users move from.
func FuzzReadPlan(f *testing.F) {
	d, files := world(f, nil), files()
	var b bytes.Buffer
	require.NoError(f, plan(f, d, files).WriteJSON(&b))
	f.Add(b.String())
	f.Add(`{"From":"default","To":"tenant","Users":null}`)
	f.Add(`{"From":"default","To":"default","Users":[]}`)
	f.Add(regexp.MustCompile(`"Groups": \[\s*"[^\]]*\]`).ReplaceAllString(b.String(), `"Groups": []`))
	f.Add(`{"From":"default","To":"tenant","Users":[],"Groups":[],"Permissions":[],"Rules":[],"Gains":[]}`)
	f.Fuzz(func(t *testing.T, in string) {
		p, err := migrate.ReadPlan(strings.NewReader(in))
		if err != nil {
			require.Nil(t, p)
			return
		}
		var out bytes.Buffer
		require.NoError(t, p.WriteJSON(&out))
		again, err := migrate.ReadPlan(&out)
		require.NoError(t, err)
		require.Equal(t, p, again)

		ctx := context.Background()
		d := world(t, nil)
		before := left(t, d)
		_ = migrate.Apply(ctx, d, memFiles{}, p, nil)
		if p.To != namespace.Default {
			require.Equal(t, before, left(t, d))
		}
		_, _ = migrate.Verify(ctx, d, memFiles{}, p)
	})
}
