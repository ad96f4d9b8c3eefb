package rows

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

func TestZero(t *testing.T) {
	var m Matcher
	require.False(t, m.Match())
	require.False(t, (*Matcher)(nil).Match())
	type order struct{ Tenant string }
	for _, f := range []*Filter[order]{nil, {}} {
		ok, err := f.Match(order{"acme"})
		require.NoError(t, err)
		require.False(t, ok)
		rows, err := f.Slice([]order{{"acme"}})
		require.NoError(t, err)
		require.Empty(t, rows)
		for range f.All(slices.Values([]order{{"acme"}})) {
			t.Fatal("a row passed")
		}
	}
	for _, v := range []*SQLRows{nil, {}} {
		require.False(t, v.Next())
		require.NoError(t, v.Err())
		require.ErrorIs(t, v.Scan(), errNoRow)
		require.NoError(t, v.Close())
	}
	none, err := Bind[order](predicate.Predicate{})
	require.NoError(t, err)
	ok, _ := none.Match(order{})
	require.False(t, ok)
	everything := predicate.All()
	pointers, err := Bind[*order](everything)
	require.NoError(t, err)
	ok, _ = pointers.Match(nil)
	require.False(t, ok, "a nil pointer is no row")
	maps, err := Bind[map[string]string](everything)
	require.NoError(t, err)
	ok, _ = maps.Match(nil)
	require.False(t, ok, "a nil map is no row")
	ok, _ = maps.Match(map[string]string{})
	require.True(t, ok)
}

func TestCompile(t *testing.T) {
	p := predicate.And(predicate.In("Region", "US"), predicate.In("Tenant", "acme")).Restrict("Segment")
	m, err := Compile(p, "Tenant", "Segment", "Region")
	require.NoError(t, err)
	require.True(t, m.Match("acme", "", "US"))
	require.False(t, m.Match("US", "", "acme"))
	require.False(t, m.Match("acme", ""), "too short")
	require.False(t, m.Match("acme", "", "US", ""), "too long")

	m, err = Compile(p, "Tenant", "region", "Tenant")
	require.Nil(t, m)
	require.EqualError(t, err, `column "Region": no such column; did you mean "region"?`+"\n"+
		`column "Segment": no such column`+"\n"+`column "Tenant": several columns have this name`)
	_, err = Compile(predicate.In("A", "x"), "A", "B", "B")
	require.NoError(t, err, "B is not restricted")
}

type named string

type fields struct {
	Plain    string
	Named    named
	Bytes    []byte
	Raw      sql.RawBytes
	Pointer  *string
	PointerN *named
	Null     sql.NullString
	Generic  sql.Null[string]
	Column   string `rowsight:"the column" db:"no1" json:"no2"`
	DB       string `db:"db_name" json:"no3"`
	JSON     string `db:"-" json:"jsonName,omitempty"`
	Secret   string `json:"-"`
	Hidden   string `rowsight:"-" db:"Hidden"`
	private  string
	tagged   string `rowsight:"tagged"`
	Twice    string `json:"Same"`
	Again    string `db:"Same"`

	Number  int
	Float   *float64
	Time    time.Time
	Any     any
	Literal json.Number
	Message json.RawMessage
	Stringy []string
	Deep    **string
	NullInt sql.NullInt64
	NullN   sql.Null[int]
}

func TestStructColumns(t *testing.T) {
	_ = fields{}.private
	_ = fields{}.tagged
	for _, name := range []string{
		"Plain", "Named", "Bytes", "Raw", "Pointer", "PointerN", "Null", "Generic", "the column", "db_name", "jsonName", "Secret", "tagged",
	} {
		_, err := Bind[fields](predicate.HasValue(name))
		require.NoError(t, err, name)
		_, err = Bind[*fields](predicate.All().Restrict(name))
		require.NoError(t, err, name)
	}
	for _, c := range []struct {
		column, err string
		is          error
		reason      string
	}{
		{"Column", "", predicate.ErrNoColumn, "the tag has another name"},
		{"Hidden", "", predicate.ErrNoColumn, "the tag hides it"},
		{"private", "", predicate.ErrNoColumn, "not exported, no tag"},
		{"plain", `column "plain": no such column; did you mean "Plain"?`, predicate.ErrNoColumn, "another case"},
		{"Same", `column "Same": several columns have this name: type is string`, predicate.ErrAmbiguous, "two fields"},
		{"Number", `column "Number": not text: type is int`, predicate.ErrNotText, "a number"},
		{"Float", "", predicate.ErrNotText, "a pointer to a number"},
		{"Time", `column "Time": not text: type is time.Time`, predicate.ErrNotText, "a time"},
		{"Any", "", predicate.ErrNotText, "anything"},
		{"Literal", `column "Literal": not text: type is json.Number`, predicate.ErrNotText, "1 and 1.0 are one number"},
		{"Message", "", predicate.ErrNotText, "the text has quotes"},
		{"Stringy", "", predicate.ErrNotText, "a list"},
		{"Deep", "", predicate.ErrNotText, "a pointer to a pointer"},
		{"NullInt", "", predicate.ErrNotText, "a number or NULL"},
		{"NullN", "", predicate.ErrNotText, "a number or NULL"},
	} {
		for _, p := range []predicate.Predicate{predicate.HasValue(c.column), predicate.All().Restrict(c.column), predicate.Predicate{}.Restrict(c.column)} {
			f, err := Bind[fields](p)
			require.Nil(t, f, c.reason)
			require.ErrorIs(t, err, c.is, c.reason)
			if c.err != "" {
				require.EqualError(t, err, c.err, c.reason)
			}
		}
	}
	_, err := Bind[fields](predicate.And(predicate.HasValue("Number"), predicate.HasValue("Gone")))
	require.EqualError(t, err, `column "Gone": no such column`+"\n"+`column "Number": not text: type is int`, "all problems")
}

func TestStructKinds(t *testing.T) {
	us, nus := "US", named("US")
	held := fields{
		Plain: "US", Named: "US", Bytes: []byte("US"), Raw: sql.RawBytes("US"), Pointer: &us, PointerN: &nus,
		Null: sql.NullString{String: "US", Valid: true}, Generic: sql.Null[string]{V: "US", Valid: true}, tagged: "US",
	}
	invalid := fields{Null: sql.NullString{String: "US"}, Generic: sql.Null[string]{V: "US"}, Bytes: []byte{}, Pointer: new(string)}
	for _, name := range []string{"Plain", "Named", "Bytes", "Raw", "Pointer", "PointerN", "Null", "Generic", "tagged"} {
		in, err := Bind[fields](predicate.In(name, "US"))
		require.NoError(t, err)
		has, err := Bind[fields](predicate.HasValue(name))
		require.NoError(t, err)
		for _, c := range []struct {
			row    fields
			want   bool
			reason string
		}{{held, true, "held"}, {fields{}, false, "nil"}, {invalid, false, "not valid"}} {
			for _, f := range []*Filter[fields]{in, has} {
				got, err := f.Match(c.row)
				require.NoError(t, err)
				require.Equal(t, c.want, got, "%s: %s", name, c.reason)
			}
		}
	}
}

// A tree is embedded in itself; the look for fields ends.
type tree struct {
	//lint:ignore U1000 reflection reads it
	*tree
	Tenant string
}

type base struct{ Tenant string }

type shadowing struct {
	base
	Tenant string
}

type deep struct {
	N int
	middle
	*base
}

type middle struct {
	N int
	*far
}

type far struct {
	N int
	*farther
}

type farther struct {
	N      int
	Region string
}

// TestPointers: columns behind one and more embedded pointers.
func TestPointers(t *testing.T) {
	f, err := Bind[deep](predicate.And(predicate.In("Tenant", "acme"), predicate.In("Region", "US")))
	require.NoError(t, err)
	for _, c := range []struct {
		row    deep
		want   bool
		reason string
	}{
		{deep{base: &base{"acme"}, middle: middle{far: &far{farther: &farther{Region: "US"}}}}, true, "both"},
		{deep{base: &base{"acme"}, middle: middle{far: &far{farther: &farther{Region: "EU"}}}}, false, "another Region"},
		{deep{middle: middle{far: &far{farther: &farther{Region: "US"}}}}, false, "no Tenant"},
		{deep{base: &base{"acme"}, middle: middle{far: &far{}}}, false, "no Region"},
		{deep{base: &base{"acme"}}, false, "no Region"},
	} {
		got, err := f.Match(c.row)
		require.NoError(t, err)
		require.Equal(t, c.want, got, c.reason)
	}
}

func TestEmbedded(t *testing.T) {
	f, err := Bind[tree](predicate.In("Tenant", "acme"))
	require.NoError(t, err)
	ok, _ := f.Match(tree{Tenant: "acme"})
	require.True(t, ok)
	_, err = Bind[shadowing](predicate.In("Tenant", "acme"))
	require.ErrorIs(t, err, predicate.ErrAmbiguous)
}

func TestRowTypes(t *testing.T) {
	type row map[string]any
	f, err := Bind[row](predicate.In("Tenant", "acme"))
	require.NoError(t, err)
	ok, err := f.Match(row{"Tenant": "acme"})
	require.NoError(t, err)
	require.True(t, ok)
	refused := func(err error) {
		t.Helper()
		require.ErrorIs(t, err, ErrRow)
	}
	_, err = Bind[string](predicate.All())
	require.EqualError(t, err, "rows of this type cannot be filtered: got string, want a struct, a pointer to a struct, "+
		"or a map with keys of type string and values of type string or any")
	refused(err)
	_, err = Bind[any](predicate.All())
	refused(err)
	_, err = Bind[map[named]any](predicate.All())
	refused(err)
	_, err = Bind[map[string]int](predicate.All())
	refused(err)
	_, err = Bind[**base](predicate.All())
	refused(err)
	_, err = Bind[[]string](predicate.All())
	refused(err)
}

func TestMapErrors(t *testing.T) {
	us, nus := "US", named("US")
	p := predicate.In("Region", "US")
	f, err := Bind[map[string]any](p.Restrict("Segment"))
	require.NoError(t, err)
	for _, c := range []struct {
		value  any
		want   bool
		err    string
		reason string
	}{
		{"US", true, "", "text"},
		{named("US"), true, "", "a named text"},
		{&us, true, "", "a pointer"},
		{&nus, true, "", "a pointer to a named text"},
		{[]byte("US"), true, "", "bytes"},
		{sql.RawBytes("US"), true, "", "named bytes"},
		{sql.NullString{String: "US", Valid: true}, true, "", "valid"},
		{sql.Null[string]{V: "US", Valid: true}, true, "", "valid"},
		{sql.NullString{String: "US"}, false, "", "not valid"},
		{sql.Null[string]{V: "US"}, false, "", "not valid"},
		{nil, false, "", "NULL"},
		{(*string)(nil), false, "", "a nil pointer"},
		{(*named)(nil), false, "", "a nil pointer to a named text"},
		{[]byte(nil), false, "", "no bytes"},
		{json.Number("1"), false, `column "Region": not text: type is json.Number`, "a number"},
		{json.RawMessage("US"), false, `column "Region": not text: type is json.RawMessage`, "JSON"},
		{1, false, `column "Region": not text: type is int`, "a number"},
		{(*int)(nil), false, `column "Region": not text: type is *int`, "a nil pointer to a number"},
		{errors.New("US"), false, `column "Region": not text: type is *errors.errorString`, "an error"},
	} {
		got, err := f.Match(map[string]any{"Region": c.value, "Segment": nil})
		require.Equal(t, c.want, got, c.reason)
		if c.err == "" {
			require.NoError(t, err, c.reason)
		} else {
			require.EqualError(t, err, c.err, c.reason)
			require.ErrorIs(t, err, predicate.ErrNotText, c.reason)
		}
	}
	_, err = f.Match(map[string]any{"Region": 7})
	require.EqualError(t, err, `column "Region": not text: type is int`+"\n"+`column "Segment": no such column`)

	textMaps, err := Bind[map[string]string](predicate.All().Restrict("Region"))
	require.NoError(t, err)
	ok, err := textMaps.Match(map[string]string{"Region": ""})
	require.NoError(t, err)
	require.True(t, ok, "a wildcard admits a blank")
	ok, err = textMaps.Match(map[string]string{"region": "US"})
	require.ErrorIs(t, err, predicate.ErrNoColumn, "the column must be there under a wildcard, too")
	require.False(t, ok)
}

func TestSliceAndAll(t *testing.T) {
	f, err := Bind[map[string]any](predicate.In("T", "a"))
	require.NoError(t, err)
	a, b, bad := map[string]any{"T": "a", "n": 1}, map[string]any{"T": "b"}, map[string]any{"T": 3}
	got, err := f.Slice([]map[string]any{a, b, a})
	require.NoError(t, err)
	require.Equal(t, []map[string]any{a, a}, got)
	got, err = f.Slice([]map[string]any{a, bad, a})
	require.ErrorIs(t, err, predicate.ErrNotText)
	require.Nil(t, got)
	var rows []map[string]any
	for row, e := range f.All(slices.Values([]map[string]any{a, b, a, bad, a})) {
		if err = e; e == nil {
			rows = append(rows, row)
		} else {
			require.Nil(t, row)
		}
	}
	require.ErrorIs(t, err, predicate.ErrNotText)
	require.Len(t, rows, 2, "it ends with the error")
	for range f.All(slices.Values([]map[string]any{a, a, bad})) {
		break
	}
}

// TestManyKeys: more columns than are kept without allocating.
func TestManyKeys(t *testing.T) {
	row := make(map[string]any)
	p := predicate.All()
	for c := byte('a'); c < 'a'+20; c++ {
		row[string(c)] = string(c)
		p = predicate.And(p, predicate.In(string(c), string(c), "x"))
	}
	f, err := Bind[map[string]any](p)
	require.NoError(t, err)
	ok, err := f.Match(row)
	require.NoError(t, err)
	require.True(t, ok)
	row["t"] = "y"
	ok, _ = f.Match(row)
	require.False(t, ok)
}

// TestEmbeddedNull: the inside of a value that may be NULL is no column, however
// it is embedded.
func TestEmbeddedNull(t *testing.T) {
	type named sql.NullString
	p := predicate.In("String", "US")
	for _, err := range []error{
		bindError[struct{ *sql.NullString }](p),
		bindError[struct{ sql.NullString }](p),
		bindError[struct{ named }](p),
		bindError[struct{ *sql.Null[string] }](predicate.In("V", "US")),
	} {
		require.ErrorIs(t, err, predicate.ErrNoColumn)
	}
	require.ErrorIs(t, bindError[struct{ *sql.NullString }](predicate.In("NullString", "US")), predicate.ErrNotText)
}

func bindError[T any](p predicate.Predicate) error {
	_, err := Bind[T](p)
	return err
}
