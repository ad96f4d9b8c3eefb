package account

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestWriterRemoves: a file is removed if a complete list of this run does not
// have its resource, and never because nobody listed the kind.
func TestWriterRemoves(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "account")
	open := func() *Writer {
		w, err := OpenWriter(dir, "111122223333", "us-east-1")
		require.NoError(t, err)
		return w
	}
	put := func(w *Writer, r Resource) {
		require.NoError(t, w.Put(r, map[string][]byte{"X": []byte("{}")}))
	}
	al, bo := Resource{Users, "tenant", "al"}, Resource{Users, "tenant", "bo"}
	x, y := Resource{DataSets, "", "x"}, Resource{DataSets, "", "y"}
	w := open()
	w.List(Namespaces, "", []string{"default", "tenant"})
	put(w, Resource{Namespaces, "", "tenant"})
	w.List(Users, "tenant", []string{"al", "bo"})
	w.List(DataSets, "", []string{"x", "y"})
	for _, r := range []Resource{al, bo, x, y} {
		put(w, r)
	}
	require.NoError(t, w.Rules("y", []byte("UserName,Region\n")))
	require.NoError(t, w.Close())
	has := func(names ...string) {
		t.Helper()
		var got []string
		for name := range filesIn(t, dir) {
			if name != mainFile && name != "namespaces/tenant.json" {
				got = append(got, name)
			}
		}
		require.ElementsMatch(t, names, got)
	}
	whole := []string{"users/tenant/al.json", "users/tenant/bo.json", "data-sets/x.json", "data-sets/y.json", "data-sets/y.rules.csv"}
	has(whole...)

	// A run that cannot list leaves everything where it is.
	w = open()
	require.NoError(t, w.Close())
	has(whole...)

	// A run that was interrupted wrote bo, who has gone before it is continued.
	w = open()
	w.List(Users, "tenant", []string{"al", "bo"})
	put(w, bo)
	require.NoError(t, w.Stop())
	w = open()
	w.List(Users, "tenant", []string{"al"})
	put(w, al)
	require.NoError(t, w.Close())
	has("users/tenant/al.json", "data-sets/x.json", "data-sets/y.json", "data-sets/y.rules.csv")

	// The namespace goes with its users, and a data set with its rows.
	w = open()
	w.List(Namespaces, "", []string{"default"})
	w.List(DataSets, "", []string{"x"})
	put(w, x)
	require.NoError(t, w.Close())
	has("data-sets/x.json")
	require.NoDirExists(t, filepath.Join(dir, "users", "tenant"))
}

// TestImportInto: documents that do not name what a folder has remove it only if
// a complete list says that it has gone.
func TestImportInto(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "account")
	from := func(text string) error {
		_, err := Import(fstest.MapFS{"a.json": {Data: []byte(text)}}, dir, &ImportOptions{Account: "111122223333", Region: "us-east-1"})
		return err
	}
	one := func(id string) string { return `{"Arn": "` + arnOf + `dataset/` + id + `", "DataSetId": "` + id + `"}` }
	require.NoError(t, from(`[`+userList+`, {"DataSet": `+one("x")+`}, {"DataSet": `+one("y")+`}]`))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data-sets", "y.rules.csv"), []byte("UserName,Region\nal,US\n"), 0o600))
	before := filesIn(t, dir)

	err := from(`{"DataSet": ` + one("x") + `}`)
	require.ErrorIs(t, err, ErrIncomplete)
	require.ErrorContains(t, err, "data-sets/y.json: the list is incomplete: the documents neither have it nor a complete list of data-sets")
	require.ErrorContains(t, err, "users/default/al.json")
	require.Equal(t, before, filesIn(t, dir), "nothing is changed")

	settings := filepath.Join(dir, "account-settings.json")
	require.NoError(t, os.WriteFile(settings, []byte(`{"AccountSettings": {"PublicSharingEnabled": true}}`), 0o600))
	err = from(`[` + userList + `, {"DataSetSummaries": [` + one("x") + `]}]`)
	require.ErrorContains(t, err, "account-settings.json: the list is incomplete: the documents do not have it")
	require.FileExists(t, settings)
	require.NoError(t, os.Remove(settings))

	require.NoError(t, from(`[`+userList+`, {"DataSetSummaries": [`+one("x")+`]}]`))
	require.NotContains(t, filesIn(t, dir), "data-sets/y.json")
	require.NotContains(t, filesIn(t, dir), "data-sets/y.rules.csv")
}
