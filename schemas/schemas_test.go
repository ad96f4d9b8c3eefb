package schemas_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/schemas"
)

// Write the schemas where an editor without network access finds them.
func ExampleFiles() {
	names, err := fs.Glob(schemas.Files(), "*.json")
	fmt.Println(names, err)
	// Output: [account.schema.json conformance.schema.json query.schema.json rlstest.schema.json tags.schema.json vet.schema.json] <nil>
}

// TestZero: each schema is one, and its $id is where it is published. What the
// schemas accept and refuse is tested in cmd/rowsight (TestSchemas).
func TestZero(t *testing.T) {
	names, err := fs.Glob(schemas.Files(), "*")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		text, err := fs.ReadFile(schemas.Files(), name)
		require.NoError(t, err)
		var schema struct {
			ID     string `json:"$id"`
			Schema string `json:"$schema"`
			Title  string
		}
		require.NoError(t, json.Unmarshal(text, &schema), name)
		require.Equal(t, schemas.Base+name, schema.ID)
		require.NotEmpty(t, schema.Schema, name)
		require.NotEmpty(t, schema.Title, name)
	}
}
