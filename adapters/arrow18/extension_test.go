package arrow18_test

import (
	"fmt"
	"reflect"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	v15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/arrow18"
)

// uuid15 is what a program would register with v15 to get UUIDs there too.
type uuid15 struct{ v15.ExtensionBase }

type uuidArray15 struct{ array15.ExtensionArrayBase }

func newUUID15() *uuid15 {
	return &uuid15{v15.ExtensionBase{Storage: &v15.FixedSizeBinaryType{ByteWidth: 16}}}
}

func (*uuid15) ArrayType() reflect.Type                  { return reflect.TypeOf(uuidArray15{}) }
func (*uuid15) ExtensionName() string                    { return "arrow.uuid" }
func (*uuid15) Serialize() string                        { return "" }
func (*uuid15) ExtensionEquals(o v15.ExtensionType) bool { return o.ExtensionName() == "arrow.uuid" }
func (*uuid15) Deserialize(v15.DataType, string) (v15.ExtensionType, error) {
	return newUUID15(), nil
}

func uuids(t *testing.T, mem mem18.Allocator) v18.RecordBatch {
	t.Helper()
	b := array18.NewRecordBuilder(mem, v18.NewSchema([]v18.Field{{Name: "id", Type: extensions.NewUUIDType(), Nullable: true}}, nil))
	defer b.Release()
	for i := range 3 {
		require.NoError(t, b.Field(0).AppendValueFromString(fmt.Sprintf("00000000-0000-0000-0000-%012d", i)))
	}
	b.Field(0).AppendNull()
	return b.NewRecordBatch()
}

func TestExtensionUnknownToV15KeepsItsNameInTheMetadata(t *testing.T) {
	mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	src := uuids(t, mem)
	defer src.Release()

	there, err := arrow18.Record(src)
	require.NoError(t, err)
	defer there.Release()
	field := there.Schema().Field(0)
	require.Equal(t, v15.FIXED_SIZE_BINARY, field.Type.ID())
	name, _ := field.Metadata.GetValue("ARROW:extension:name")
	require.Equal(t, "arrow.uuid", name)
	sameBytes(t, src.Column(0).Data(), there.Column(0).Data())

	back, err := arrow18.FromRecord(there)
	require.NoError(t, err)
	defer back.Release()
	require.True(t, v18.TypeEqual(extensions.NewUUIDType(), back.Column(0).DataType()))
	require.True(t, array18.Equal(src.Column(0), back.Column(0)))
}

func TestExtensionKnownToBothStaysOne(t *testing.T) {
	require.NoError(t, v15.RegisterExtensionType(newUUID15()))
	defer func() { require.NoError(t, v15.UnregisterExtensionType("arrow.uuid")) }()
	mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	src := uuids(t, mem)
	defer src.Release()

	there, err := arrow18.Record(src)
	require.NoError(t, err)
	defer there.Release()
	require.Equal(t, v15.EXTENSION, there.Schema().Field(0).Type.ID())
	require.NoError(t, arrow18.Validate(there))

	back, err := arrow18.FromRecord(there)
	require.NoError(t, err)
	defer back.Release()
	require.True(t, array18.Equal(src.Column(0), back.Column(0)))
}
