package integration

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/witness"
)

// TestWitnessTable keeps a witness in a table of each engine, with the rights that
// its documentation asks for.
func TestWitnessTable(t *testing.T) {
	for name, engine := range map[string]struct {
		open  func(t *testing.T) (owner, viewer *sql.DB)
		opts  *witness.TableOptions
		grant string
	}{
		"PostgreSQL": {postgresViewer, nil, "GRANT SELECT, INSERT, UPDATE ON rowsight_witness TO viewer"},
		"SQLite": {func(t *testing.T) (owner, viewer *sql.DB) {
			db := sqlite(t)
			db.SetMaxOpenConns(1) // it has one writer
			return db, db
		}, nil, ""},
		"MariaDB": {mariadb, &witness.TableOptions{QuestionMark: true}, "GRANT SELECT, INSERT, UPDATE ON test.rowsight_witness TO viewer"},
	} {
		t.Run(name, func(t *testing.T) {
			owner, viewer := engine.open(t)
			w, err := witness.NewTable(viewer, engine.opts)
			require.NoError(t, err)
			for _, statement := range []string{w.Schema(), engine.grant} {
				if statement != "" {
					_, err = owner.Exec(statement)
					require.NoError(t, err)
				}
			}
			replaceAll(t, w)
			count(t, w)
			rollBack(t, w)
		})
	}
}

// replaceAll compares a witness with a map. Names and values differ in case and
// in accents only.
func replaceAll(t *testing.T, w witness.Witness) {
	names := []string{"sales", "Sales", "SALES", "sàles", "sales.", "ſales", "arn:aws:quicksight:us-east-1:111122223333:dataset/é"}
	values := [][]byte{[]byte("i\xb7\x1d"), []byte("i\xb7\x9d"), {0}, {0, 0}, []byte("x")} // in base64 the first two are abcd and abed
	values = append(values, []byte{0x00, 0x10, 0x83}, []byte{0x68, 0x1b, 0x9d})            // ABCD-like and its twin in lower case
	oracle := make(map[string][]byte)
	for round := range 3 {
		for _, name := range names {
			for k, value := range values {
				now, err := w.Read(t.Context(), name)
				require.NoError(t, err)
				require.Equal(t, oracle[name], now, "%s", name)
				wrong := values[(k+1+round)%len(values)]
				if string(wrong) != string(now) {
					require.ErrorIs(t, w.Replace(t.Context(), name, wrong, value), witness.ErrChanged)
				}
				if now != nil {
					require.ErrorIs(t, w.Replace(t.Context(), name, nil, value), witness.ErrChanged)
				}
				require.NoError(t, w.Replace(t.Context(), name, now, value))
				oracle[name] = value
				require.NoError(t, w.Replace(t.Context(), name, value, value), "the same again")
			}
		}
	}
}

// count lets several count up. Each number is counted by one of them.
func count(t *testing.T, w witness.Witness) {
	require.NoError(t, w.Replace(t.Context(), "n", nil, []byte("0")))
	const workers, each = 4, 25
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for done := 0; done < each; {
				now, err := w.Read(t.Context(), "n")
				if err != nil {
					t.Error(err)
					return
				}
				n := 0
				fmt.Sscan(string(now), &n)
				switch err := w.Replace(t.Context(), "n", now, fmt.Append(nil, n+1)); {
				case err == nil:
					done++
				case !errors.Is(err, witness.ErrChanged):
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	value, err := w.Read(t.Context(), "n")
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint(workers*each), string(value))
}

// rollBack puts older copies of the folder of a store back.
func rollBack(t *testing.T, w witness.Witness) {
	dir := filepath.Join(t.TempDir(), "store")
	opts := &spice.Options{Witness: w}
	open := func() (*spice.Store, *spice.Dataset) {
		store, err := spice.Open(dir, opts)
		require.NoError(t, err)
		d, err := store.Dataset("sales")
		require.NoError(t, err)
		return store, d
	}
	store, err := spice.Open(dir, opts)
	require.NoError(t, err)
	for _, id := range []string{"sales", "Sales"} { // two datasets to the store, and to the witness
		_, err = store.CreateDataset(t.Context(), spice.DatasetInput{ID: id, ImportMode: spice.SPICE})
		require.NoError(t, err)
	}
	require.NoError(t, store.Close())
	var copies []string
	for n := range 3 {
		copies = append(copies, filepath.Join(t.TempDir(), "copy"))
		require.NoError(t, os.CopyFS(copies[n], os.DirFS(dir)))
		store, d := open()
		name := fmt.Sprint("name ", n)
		require.NoError(t, d.Update(t.Context(), spice.DatasetUpdate{Name: &name}))
		require.NoError(t, store.Close())
	}
	log, err := os.ReadFile(filepath.Join(dir, "audit.jsonl"))
	require.NoError(t, err)
	for _, older := range copies {
		require.NoError(t, os.RemoveAll(dir))
		require.NoError(t, os.CopyFS(dir, os.DirFS(older)))
		_, err := spice.Open(dir, opts)
		require.ErrorIs(t, err, audit.ErrHead)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "audit.jsonl"), log, 0o600))
		store, d := open()
		for rec, err := range d.Records(t.Context(), spice.Session{Principal: namespace.Named("al")}) {
			require.ErrorIs(t, err, spice.ErrRollback)
			require.Nil(t, rec)
		}
		name := "other"
		require.ErrorIs(t, d.Update(t.Context(), spice.DatasetUpdate{Name: &name}), spice.ErrRollback)
		require.NoError(t, store.Close())
		log, err = os.ReadFile(filepath.Join(dir, "audit.jsonl"))
		require.NoError(t, err)
	}
}
