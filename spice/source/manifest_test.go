package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
)

// TestManifestReal reads every manifest there is.
func TestManifestReal(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(realdata.Path(t, "data", "6_manifests_datasources"), "manifest-*.json"))
	require.NoError(t, err)
	require.Len(t, paths, 6)
	want := map[string]UploadSettings{
		"manifest-awsdocs-1.json":  {"CSV", ",", "'", true},
		"manifest-awsdocs-2.json":  {"CSV", ",", `"`, true},
		"manifest-awsdocs-3.json":  {"TSV", "\t", `"`, true},
		"manifest-daground.json":   {"CSV", ",", "'", true},
		"manifest-kuettai.json":    {"CSV", ",", "'", true},
		"manifest-seed-runas.json": {"CSV", ",", "'", true},
	}
	expanded := 0
	for _, path := range paths {
		f, err := os.Open(path)
		require.NoError(t, err)
		m, err := ParseManifest(f, &ParseOptions{File: path})
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Equal(t, want[filepath.Base(path)], m.GlobalUploadSettings, path)
		for _, l := range m.FileLocations {
			for _, uri := range append(l.URIs, l.URIPrefixes...) {
				if _, err := parseURI(uri); err == nil {
					expanded++
				} else {
					require.Contains(t, path, "awsdocs-1", "only its words are no URIs: %v", err)
				}
			}
		}
	}
	require.Equal(t, 7, expanded)
}

// TestManifestReadsRealData reads the file that a real manifest names, put
// where it says.
func TestManifestReadsRealData(t *testing.T) {
	f, err := os.Open(realdata.Path(t, "data", "6_manifests_datasources", "manifest-kuettai.json"))
	require.NoError(t, err)
	defer f.Close()
	m, err := ParseManifest(f, nil)
	require.NoError(t, err)
	found, err := filepath.Glob(filepath.Join(realdata.Path(t, "data", "1_datasets"), "*", "*eople*verview*.csv"))
	require.NoError(t, err)
	if len(found) == 0 {
		t.Skip("the people overview is not there")
	}
	data, err := os.ReadFile(found[0])
	require.NoError(t, err)
	o, err := parseURI(m.FileLocations[0].URIs[0])
	require.NoError(t, err)
	store := Folder(fstest.MapFS{o.bucket + "/" + o.key: {Data: data}})
	// The manifest says that ' quotes, the file is quoted with ". The names and
	// values then hold the quotes, or the lines do not fit: nothing is guessed.
	if r, err := m.Reader(store, nil).Records(t.Context()); err == nil {
		require.Contains(t, r.Schema().Field(0).Name, `"`)
		r.Release()
	}
	m.GlobalUploadSettings.TextQualifier = `"`
	r, err := m.Reader(store, nil).Records(t.Context())
	require.NoError(t, err)
	defer r.Release()
	require.NotContains(t, r.Schema().Field(0).Name, `"`)
	n := int64(0)
	for r.Next() {
		n += r.Record().NumRows()
	}
	require.NoError(t, r.Err())
	require.Positive(t, n)
}

// TestParseManifestRefuses: ∑ stands where the error points.
func TestParseManifestRefuses(t *testing.T) {
	settings := func(s string) string {
		return `{"fileLocations":[{"URIs":["s3://bucket/a"]}],"globalUploadSettings":{` + s + `}}`
	}
	tests := []struct {
		reason, in, want string
		is               error
	}{
		{"nothing", `∑{}`, "fileLocations: field missing", ErrMissing},
		{"no location", `{"fileLocations":∑[]}`, "the manifest names no file", ErrNoData},
		{"an empty location", `{"fileLocations":[∑{"URIs":[]}]}`, "fileLocations[0]: no data: want URIs or URIPrefixes", ErrNoData},
		{"a URI that is none", `{"fileLocations":[{"URIs":["s3://b/a",∑7]}]}`, "fileLocations[0].URIs[1]: wrong type", ErrType},
		{"case", `{"fileLocations":[{∑"uris":["s3://b/a"]}]}`, `unknown field "uris", want URIs`, ErrField},
		{"Redshift's form", `{∑"entries":[]}`, `unknown field "entries"`, ErrField},
		{"a log format", settings(`"format":∑"ELF"`), `got "ELF", want CSV, TSV, JSON`, ErrValue},
		{"two characters", settings(`"delimiter":∑"||"`), "want one character", ErrValue},
		{"a line end", settings(`"delimiter":∑"\n"`), "want one character", ErrValue},
		{"a quote as delimiter", settings(`"delimiter":∑"'"`), "want one character", ErrValue},
		{"another quote", settings(`"textqualifier":∑"|"`), "textqualifier: ", ErrValue},
		{"a header that may be", settings(`"containsHeader":∑"yes"`), "want true or false", ErrValue},
		{"a header that is a number", settings(`"containsHeader":∑1`), "want true or false", ErrValue},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			before, after, found := strings.Cut(tt.in, "∑")
			require.True(t, found)
			m, err := ParseManifest(strings.NewReader(before+after), &ParseOptions{File: "m.json"})
			require.Nil(t, m)
			require.ErrorIs(t, err, tt.is)
			require.ErrorContains(t, err, fmt.Sprintf("m.json:1:%d: ", len(before)+1))
			require.ErrorContains(t, err, tt.want)
		})
	}
	for _, s := range []string{"true", `"true"`, "false", `"false"`} {
		m, err := ParseManifest(strings.NewReader(settings(`"containsHeader":`+s)), nil)
		require.NoError(t, err)
		require.Equal(t, strings.Contains(s, "true"), m.GlobalUploadSettings.ContainsHeader)
	}
}

func TestParseURI(t *testing.T) {
	for _, tt := range []struct{ uri, bucket, key string }{
		{"s3://bucket/a/b.csv", "bucket", "a/b.csv"},
		{"s3://bucket", "bucket", ""},
		{"s3://bucket/a%20b", "bucket", "a%20b"},
		{"s3://quicksightUser-run-as-role/data/", "quicksightUser-run-as-role", "data/"},
		{"https://bucket.s3.amazonaws.com/a.csv", "bucket", "a.csv"},
		{"https://data_bucket.s3.amazonaws.com/a.csv", "data_bucket", "a.csv"},
		{"https://bucket.s3.eu-west-1.amazonaws.com/a.csv", "bucket", "a.csv"},
		{"https://bucket.s3-eu-west-1.amazonaws.com/a.csv", "bucket", "a.csv"},
		{"https://bucket.s3.dualstack.eu-west-1.amazonaws.com/a.csv", "bucket", "a.csv"},
		{"https://my.s3-files.s3.amazonaws.com/a.csv", "my.s3-files", "a.csv"},
		{"https://bucket.s3.cn-north-1.amazonaws.com.cn/a.csv", "bucket", "a.csv"},
		{"https://s3.amazonaws.com/bucket/a.csv", "bucket", "a.csv"},
		{"https://s3-us-east-1.amazonaws.com/bucket/", "bucket", ""},
		{"https://s3.eu-west-1.amazonaws.com/bucket/a%20b.csv", "bucket", "a b.csv"},
	} {
		o, err := parseURI(tt.uri)
		require.NoError(t, err, tt.uri)
		require.Equal(t, object{tt.bucket, tt.key}, o, tt.uri)
	}
	for _, uri := range []string{
		"", "uri1", "bucket/a.csv", "s3://", "s3:///a", "s3://../a", "s3://a/b", "http://bucket.s3.amazonaws.com/a", "https://example.com/a",
		"https://bucket.s3.amazonaws.com.evil.com/a", "https://s3.amazonaws.com/", "https://bucket.s3.amazonaws.com/a?versionId=1", "https://u:p@bucket.s3.amazonaws.com/a",
		"https://bucket.s3.amazonaws.com:8443/a", "https://s3x.amazonaws.com/bucket/a", "file:///etc/passwd", "https://169.254.169.254/bucket/a", "s3://buck et/a",
	} {
		_, err := parseURI(uri)
		require.ErrorIs(t, err, ErrValue, uri)
	}
}

func manifestOf(t *testing.T, text string) *Manifest {
	t.Helper()
	m, err := ParseManifest(strings.NewReader(text), nil)
	require.NoError(t, err)
	return m
}

func everything(object) error { return nil }

func TestExpand(t *testing.T) {
	store := Folder(fstest.MapFS{
		"bucket/data/b.csv": {}, "bucket/data/a.csv": {}, "bucket/data/sub/c.csv": {}, "bucket/data2/d.csv": {}, "bucket/data.csv": {}, "bucket/x.csv": {}, "other/data/e.csv": {},
	})
	tests := []struct {
		reason, locations string
		want              string // keys, or ! and what the error says
	}{
		{"objects, in the order of the manifest", `{"URIs":["s3://bucket/x.csv","s3://bucket/data/a.csv"]}`, "x.csv data/a.csv"},
		{"a prefix, folders in it too, by key", `{"URIPrefixes":["s3://bucket/data/"]}`, "data/a.csv data/b.csv data/sub/c.csv"},
		{"a prefix is no folder", `{"URIPrefixes":["s3://bucket/data"]}`, "data.csv data/a.csv data/b.csv data/sub/c.csv data2/d.csv"},
		{"each object once", `{"URIs":["s3://bucket/data/b.csv"],"URIPrefixes":["s3://bucket/data/"]},{"URIs":["https://bucket.s3.amazonaws.com/data/a.csv"]}`, "data/b.csv data/a.csv data/sub/c.csv"},
		{"a prefix of nothing", `{"URIPrefixes":["s3://bucket/none/"]}`, "!fileLocations[0].URIPrefixes[0]: no data: no object begins with s3://bucket/none/"},
		{"a folder is no object", `{"URIs":["s3://bucket/data/"]}`, `!fileLocations[0].URIs[0]: invalid value: URI "s3://bucket/data/" names no object`},
		{"words", `{"URIs":["uri1"]},{"URIPrefixes":["prefix1"]}`, "!fileLocations[1].URIPrefixes[0]: invalid value"},
		{"out of the bucket", `{"URIPrefixes":["s3://../bucket/"]}`, "!invalid value"},
		{"a bucket of one letter", `{"URIs":["s3://b/x.csv"]}`, `!invalid value: bucket "b", want 3 to 255 letters`},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			objects, err := manifestOf(t, `{"fileLocations":[`+tt.locations+`]}`).objects(t.Context(), store, everything, everything)
			if want, ok := strings.CutPrefix(tt.want, "!"); ok {
				require.ErrorContains(t, err, want)
				require.Empty(t, objects)
				return
			}
			require.NoError(t, err)
			var keys []string
			for _, o := range objects {
				require.Equal(t, "bucket", o.bucket)
				keys = append(keys, o.key)
			}
			require.Equal(t, tt.want, strings.Join(keys, " "))
		})
	}
}

// countless lists objects without an end.
type countless struct{ listed int }

func (c *countless) Open(context.Context, string, string) (io.ReadCloser, error) {
	return nil, fs.ErrNotExist
}

func (c *countless) List(context.Context, string, string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for ; yield(fmt.Sprint("key", c.listed), nil); c.listed++ {
		}
	}
}

func TestManifestLimit(t *testing.T) {
	files := fstest.MapFS{}
	for i := range MaxManifestFiles {
		files[fmt.Sprintf("bucket/%04d.csv", i)] = &fstest.MapFile{}
	}
	m := manifestOf(t, `{"fileLocations":[{"URIPrefixes":["s3://bucket/"]}]}`)
	objects, err := m.objects(t.Context(), Folder(files), everything, everything)
	require.NoError(t, err)
	require.Len(t, objects, MaxManifestFiles)
	files["bucket/more.csv"] = &fstest.MapFile{}
	_, err = m.objects(t.Context(), Folder(files), everything, everything)
	require.ErrorIs(t, err, ErrLimit)
	endless := new(countless)
	_, err = m.objects(t.Context(), endless, everything, everything)
	require.ErrorIs(t, err, ErrLimit)
	require.Less(t, endless.listed, 2*MaxManifestFiles)
}

func TestManifestFormats(t *testing.T) {
	store := Folder(fstest.MapFS{
		"bucket/a.tsv":   {Data: []byte("a\tb\n1\t'x\ty'\n")},
		"bucket/b.jsonl": {Data: []byte("{\"a\":1}\n")},
		"bucket/c.csv":   {Data: []byte("1;x\n2;y\n")},
	})
	for _, tt := range []struct{ uri, settings, want string }{
		{"s3://bucket/a.tsv", `"format":"TSV","textqualifier":"'"`, "a b: 1|x\ty"},
		{"s3://bucket/b.jsonl", `"format":"JSON"`, "a: 1"},
		{"s3://bucket/c.csv", `"delimiter":";","containsHeader":false`, "ColumnId-1 ColumnId-2: 1|x 2|y"},
	} {
		r, err := manifestOf(t, `{"fileLocations":[{"URIs":["`+tt.uri+`"]}],"globalUploadSettings":{`+tt.settings+`}}`).Reader(store, nil).Records(t.Context())
		require.NoError(t, err)
		var names, lines []string
		for _, f := range r.Schema().Fields() {
			names = append(names, f.Name)
		}
		for r.Next() {
			for row := range int(r.Record().NumRows()) {
				var cells []string
				for _, col := range r.Record().Columns() {
					cells = append(cells, col.ValueStr(row))
				}
				lines = append(lines, strings.Join(cells, "|"))
			}
		}
		require.NoError(t, r.Err())
		r.Release()
		require.Equal(t, tt.want, strings.Join(names, " ")+": "+strings.Join(lines, " "))
	}
}

// TestFolderStaysInside: no key leads out of the folder.
func TestFolderStaysInside(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "root", "bucket"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "outside"), []byte("SECRET"), 0o600))
	store := Folder(os.DirFS(filepath.Join(dir, "root")))
	for _, at := range []object{{"bucket", "../../outside"}, {"..", "outside"}, {".", "../outside"}, {"bucket/..", "../outside"}, {"", "/outside"}} {
		_, err := store.Open(t.Context(), at.bucket, at.key)
		require.Error(t, err, at)
		for _, err := range store.List(t.Context(), at.bucket, "") {
			require.Error(t, err, at)
		}
		if at.bucket == "bucket" {
			continue
		}
	}
}

// FuzzParseManifest holds that what is accepted can be expanded or refused, and
// that an object never lies out of its bucket.
func FuzzParseManifest(f *testing.F) {
	f.Add(`{"fileLocations":[{"URIs":["s3://bucket/a"]},{"URIPrefixes":["https://s3.amazonaws.com/bucket/p"]}],"globalUploadSettings":{"format":"CSV","delimiter":",","textqualifier":"'","containsHeader":"true"}}`)
	f.Add(`{"fileLocations":[{"URIs":["https://a.s3.b.s3.amazonaws.com/x%2f.."]}],"globalUploadSettings":{"containsHeader":false}}`)
	store := Folder(fstest.MapFS{"bucket/a": {}})
	f.Fuzz(func(t *testing.T, in string) {
		m, err := ParseManifest(strings.NewReader(in), nil)
		if err != nil {
			require.Nil(t, m)
			return
		}
		objects, err := m.objects(context.Background(), store, everything, everything)
		if err != nil {
			require.Empty(t, objects)
			return
		}
		require.NotEmpty(t, objects)
		for _, o := range objects {
			require.True(t, isBucket(o.bucket), o)
		}
	})
}

func TestMayIsAsked(t *testing.T) {
	store := Folder(fstest.MapFS{"bucket/data/a.csv": {}, "bucket/data/b.csv": {}})
	m := manifestOf(t, `{"fileLocations":[{"URIPrefixes":["s3://bucket/data/"]}]}`)
	no := errors.New("no")
	_, err := m.objects(t.Context(), store, func(o object) error {
		if o.key == "data/b.csv" {
			return no
		}
		return nil
	}, everything)
	require.ErrorIs(t, err, no)
	require.ErrorIs(t, err, ErrData)
	require.ErrorContains(t, err, "s3://bucket/data/b.csv")
	_, err = m.objects(t.Context(), store, everything, func(object) error { return no })
	require.ErrorIs(t, err, ErrData)
}
