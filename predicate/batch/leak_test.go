package batch

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// dirty is an allocator whose memory is full of secrets, as memory that was
// used for hidden rows before would be.
type dirty struct{ memory.Allocator }

func (d dirty) Allocate(size int) []byte {
	b := d.Allocator.Allocate(size)
	for i := range b {
		b[i] = secret[i%len(secret)]
	}
	return b
}

func (d dirty) Reallocate(size int, b []byte) []byte {
	grown := d.Allocate(size)
	copy(grown, b)
	return grown
}

const secret = "SECRET"

// leaky are the types whose rows can spell the secret, in every layout that
// could carry it along.
func leaky() []arrow.DataType {
	str := arrow.BinaryTypes.String
	fields := []arrow.Field{{Name: "s", Type: str, Nullable: true}, {Name: "l", Type: arrow.ListOf(str), Nullable: true}}
	dict := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: str}
	return append(textLayouts(),
		arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary, &arrow.FixedSizeBinaryType{ByteWidth: 24}, arrow.PrimitiveTypes.Int64,
		arrow.ListOf(str), arrow.LargeListOf(str), arrow.ListViewOf(str), arrow.LargeListViewOf(dict), arrow.FixedSizeListOf(2, str),
		arrow.StructOf(fields...), arrow.StructOf(arrow.Field{Name: "d", Type: dict}), arrow.ListOf(dict), arrow.MapOf(str, str),
		arrow.SparseUnionOf(fields, []arrow.UnionTypeCode{0, 1}), arrow.DenseUnionOf(fields, []arrow.UnionTypeCode{0, 1}),
		arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.ListOf(str)),
	)
}

// marked returns an array in whose rows the texts are found.
func marked(dt arrow.DataType, texts []cell) arrow.Array {
	if IsText(dt) {
		return wholeArray(memory.DefaultAllocator, dt, texts)
	}
	b := array.NewBuilder(memory.DefaultAllocator, dt)
	defer b.Release()
	for _, c := range texts {
		appendMarked(b, c.text)
	}
	return b.NewArray()
}

// appendMarked appends a value in which text is found, in every leaf.
func appendMarked(b array.Builder, text string) {
	switch b := b.(type) {
	case *array.StructBuilder:
		b.Append(true)
		for i := range b.NumField() {
			appendMarked(b.FieldBuilder(i), text)
		}
	case *array.MapBuilder:
		b.Append(true)
		appendMarked(b.KeyBuilder(), text)
		appendMarked(b.ItemBuilder(), text)
	case *array.FixedSizeListBuilder:
		b.Append(true)
		for range b.Type().(*arrow.FixedSizeListType).Len() {
			appendMarked(b.ValueBuilder(), text)
		}
	case *array.RunEndEncodedBuilder:
		b.Append(1)
		appendMarked(b.ValueBuilder(), text)
	case array.VarLenListLikeBuilder:
		b.AppendWithSize(true, 2)
		appendMarked(b.ValueBuilder(), text)
		appendMarked(b.ValueBuilder(), text)
	case *array.SparseUnionBuilder:
		b.Append(0)
		appendMarked(b.Child(0), text)
		appendMarked(b.Child(1), text)
	case *array.DenseUnionBuilder:
		b.Append(1)
		appendMarked(b.Child(1), text)
	case *array.BinaryBuilder:
		b.Append([]byte(text))
	case *array.FixedSizeBinaryBuilder:
		b.Append([]byte(text)[:b.Type().(*arrow.FixedSizeBinaryType).ByteWidth])
	case *array.Int64Builder:
		var v int64
		for i := range 8 {
			v |= int64(text[i]) << (8 * i)
		}
		b.Append(v)
	case *array.BinaryDictionaryBuilder:
		if err := b.AppendString(text); err != nil {
			panic(err)
		}
	default:
		appendText(b, cell{text, true})
	}
}

// TestNothingHiddenLeaves writes filtered records as IPC streams and searches
// the bytes for what hidden rows held (S3), with memory that was full of it.
func TestNothingHiddenLeaves(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, dt := range leaky() {
		for name, visible := range masks {
			t.Run(fmt.Sprintf("%s/%s", dt, name), func(t *testing.T) {
				const n = 100
				before, after := rng.IntN(2)*9, rng.IntN(2)*70
				tenants := make([]cell, before+n+after)
				texts := make([]cell, len(tenants))
				count := 0
				for i := range tenants {
					tenants[i] = cell{"theirs " + secret, true}
					text := secret + strings.Repeat(secret, 4)
					if row := i - before; row >= 0 && row < n && visible(rng, row, n) {
						tenants[i].text = "ours"
						text = fmt.Sprintf("public-%d-%s", i, "and long enough to be no inline view")
						count++
					}
					texts[i] = cell{text, true}
				}
				x := marked(dt, texts)
				tenant := wholeArray(memory.DefaultAllocator, arrow.BinaryTypes.String, tenants)
				schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: tenant.DataType()}, {Name: "x", Type: dt, Nullable: true}}, nil)
				whole := array.NewRecord(schema, []arrow.Array{tenant, x}, int64(len(tenants)))
				rec := whole.NewSlice(int64(before), int64(before+n))

				f, err := Bind(predicate.In("tenant", "ours"), schema, &Options{Allocator: dirty{memory.DefaultAllocator}})
				require.NoError(t, err)
				got, err := f.Apply(rec)
				require.NoError(t, err)
				require.EqualValues(t, count, got.NumRows())
				sent := ipcBytes(t, got)
				require.NotContains(t, sent, secret)
				if count > 0 {
					require.Contains(t, sent, "public-", "the test must be able to see the column")
				}
				noBufferHolds(t, got, secret)
				// The negative control: the same search finds the secret in what
				// went in. (v15 cannot write every slice, so in all of it.)
				if count < n {
					require.Contains(t, ipcBytes(t, whole), secret)
				}
			})
		}
	}
}

func ipcBytes(t *testing.T, rec arrow.Record) string {
	t.Helper()
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(rec.Schema()))
	require.NoError(t, w.Write(rec))
	require.NoError(t, w.Close())
	return b.String()
}

// noBufferHolds searches the memory behind every column, not only what IPC takes
// of it.
func noBufferHolds(t *testing.T, rec arrow.Record, text string) {
	t.Helper()
	var search func(d arrow.ArrayData)
	search = func(d arrow.ArrayData) {
		for _, b := range d.Buffers() {
			if b != nil {
				require.NotContains(t, string(b.Buf()[:cap(b.Buf())]), text)
			}
		}
		for _, c := range d.Children() {
			search(c)
		}
		if d.DataType().ID() == arrow.DICTIONARY {
			search(d.Dictionary())
		}
	}
	for i := range int(rec.NumCols()) {
		search(rec.Column(i).Data())
	}
}
