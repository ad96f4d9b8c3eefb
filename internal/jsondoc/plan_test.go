package jsondoc_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// TestPlanned: what a plan does not know is unknown where it would be, also where
// the values have another shape; what it knows is as it was.
func TestPlanned(t *testing.T) {
	for _, tt := range []struct{ reason, values, after, want string }{
		{"nothing is unknown", `{"a": 1}`, `{}`, "a: a number"},
		{"a member that is absent", `{"a": 1}`, `{"b": true, "c": {"d": false}}`, "a: a number, b: unknown"},
		{"a member that is null", `{"a": null}`, `{"a": true}`, "a: unknown"},
		{"null of an object", `{"a": null}`, `{"a": [{"b": true}]}`, "a: unknown"},
		{"a member within a list", `{"a": [{}, {"b": "x"}]}`, `{"a": [{"b": true}, {}]}`, "a[0].b: unknown, a[1].b: a string"},
		{"a list of another length", `{"a": [{}]}`, `{"a": [{}, {"b": true}]}`, "a: unknown"},
		{"everything", `{"a": [{}]}`, `true`, ": unknown"},
		{"false is known", `{"a": "x"}`, `{"a": false}`, "a: a string"},
	} {
		text := `{"terraform_version": "1", "planned_values": {"root_module": {"resources": [{"address": "x", "values": ` + tt.values + `}, {"address": "y", "values": {"a": 1}}]}},
			"resource_changes": [{"address": "x", "change": {"after_unknown": ` + tt.after + `}}, {"address": "z"},
			{"address": "x", "deposed": "byebye", "change": {"actions": ["delete"], "after_unknown": false}}]}`
		d, err := jsondoc.Read(strings.NewReader(text), "", nil)
		require.NoError(t, err)
		for range 2 { // marking twice changes nothing
			v := jsondoc.Planned(d.Root)
			resources := v.Member("root_module").Member("resources").Items
			var all []string
			var look func(path string, v *jsondoc.Value)
			look = func(path string, v *jsondoc.Value) {
				switch {
				case v.Kind == jsondoc.Unknown:
					all = append(all, path+": unknown")
				case v.Kind != jsondoc.Object && v.Kind != jsondoc.List:
					all = append(all, path+": "+string(v.Kind))
				}
				for _, m := range v.Members {
					look(jsondoc.Join(path, m.Name), m.Value)
				}
				for i, item := range v.Items {
					look(path+"["+string(rune('0'+i))+"]", item)
				}
			}
			look("", resources[0].Member("values"))
			require.Equal(t, tt.want, strings.Join(all, ", "), tt.reason)
			require.Equal(t, jsondoc.Number, resources[1].Member("values").Member("a").Kind, tt.reason)
		}
	}
	d, err := jsondoc.Read(strings.NewReader(`{"values": {"a": 1}}`), "", nil)
	require.NoError(t, err)
	require.NotNil(t, jsondoc.Planned(d.Root).Member("a"))
	d, err = jsondoc.Read(strings.NewReader(`{}`), "", nil)
	require.NoError(t, err)
	require.Nil(t, jsondoc.Planned(d.Root))
}
