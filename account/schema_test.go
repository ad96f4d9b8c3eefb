package account

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the schema")

// schemaNotes explain fields in the schema: "Type.Field", or the member of a file.
var schemaNotes = map[string]string{
	"Permissions":              "Who may do what with the resource. Without it, nobody has read the permissions; [] means that there are none.",
	"GroupMemberList":          "The users of the group. Without it, the members are unknown.",
	"FolderMemberList":         "The assets in the folder. Without it, the members are unknown.",
	"LinkSharingConfiguration": "What the link of the dashboard gives, and to whom.",
	"Incomplete":               "Lists of this file that do not have all their items.",
	"Lists":                    "Kinds of which the folder has every resource, such as data-sets, or users/default.",

	"User.Role":                     "READER, AUTHOR, ADMIN, and their variants.",
	"Permission.Principal":          "The ARN of a user, a group or a namespace.",
	"Permission.Actions":            "Such as quicksight:DescribeDashboard.",
	"DataSet.UseAs":                 "RLS_RULES for a permission dataset.",
	"DataSet.OutputColumns":         "The columns that the data set shows.",
	"RowSettings.Arn":               "The permission dataset, whose rows are in data-sets/ID.rules.csv.",
	"RowSettings.Status":            "DISABLED switches the rules off. Default: ENABLED.",
	"TagRules.Status":               "DISABLED switches the rules off. Default: ENABLED.",
	"ColumnRule.Principals":         "Who sees the columns. They are hidden from all others.",
	"Column.Type":                   "STRING, INTEGER, DECIMAL or DATETIME.",
	"Folder.FolderPath":             "The folders around it.",
	"DataSource.SecretArn":          "The secret in Secrets Manager that has the credentials. Credentials are not part of a snapshot.",
	"Settings.PublicSharingEnabled": "Whether dashboards may be shared with everybody on the internet.",
}

// A schemaMaker describes what [file.decode] accepts for types. Every value may be null,
// and members that are not described are passed over.
type schemaMaker struct {
	definitions map[string]any // by name of the type
}

func (m schemaMaker) of(t reflect.Type) map[string]any {
	switch t.Kind() {
	case reflect.Pointer:
		return m.of(t.Elem())
	case reflect.String:
		return map[string]any{"type": []string{"string", "null"}}
	case reflect.Bool:
		return map[string]any{"type": []string{"boolean", "null"}}
	case reflect.Slice:
		return map[string]any{"type": []string{"array", "null"}, "items": m.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": m.of(t.Elem())}
	case reflect.Struct:
		if t.Name() == "" {
			return m.object(t)
		}
		if m.definitions[t.Name()] == nil {
			m.definitions[t.Name()] = m.object(t)
		}
		return map[string]any{"$ref": "#/definitions/" + t.Name()}
	}
	panic("what is " + t.String() + "?")
}

func (m schemaMaker) object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, tagged := f.Tag.Lookup("json")
		if name == "-" || f.Type == positionType {
			continue
		}
		if !tagged {
			name = f.Name
		}
		properties[name] = noted(m.of(f.Type), t.Name()+"."+name)
	}
	return map[string]any{"type": []string{"object", "null"}, "properties": properties}
}

// resource describes one resource: it has a name, and most have an ARN.
func (m schemaMaker) resource(t reflect.Type, id string) map[string]any {
	s := m.object(t)
	m.definitions[t.Name()] = s
	properties, required := s["properties"].(map[string]any), []string{id}
	if _, ok := properties["Arn"]; ok {
		required = []string{"Arn", id}
	}
	for _, name := range required {
		properties[name] = map[string]any{"type": "string", "minLength": 1}
	}
	s["type"], s["required"] = "object", required
	return map[string]any{"$ref": "#/definitions/" + t.Name()}
}

func noted(schema map[string]any, name string) map[string]any {
	if text, ok := schemaNotes[name]; ok {
		schema["description"] = text
	}
	return schema
}

// TestSchema: the published schema of a snapshot has every member that the reader reads,
// with its type. TestAccountSchema of cmd/rowsight compares what both accept.
func TestSchema(t *testing.T) {
	types := map[Kind]reflect.Type{
		Namespaces: reflect.TypeFor[Namespace](), Users: reflect.TypeFor[User](), Groups: reflect.TypeFor[Group](),
		DataSources: reflect.TypeFor[DataSource](), DataSets: reflect.TypeFor[DataSet](), Dashboards: reflect.TypeFor[Dashboard](),
		Analyses: reflect.TypeFor[Analysis](), Folders: reflect.TypeFor[Folder](),
	}
	var kinds []any
	m := schemaMaker{map[string]any{}}
	properties := map[string]any{
		"Permissions":      m.of(reflect.TypeFor[[]Permission]()),
		"GroupMemberList":  m.of(reflect.TypeFor[[]Member]()),
		"FolderMemberList": m.of(reflect.TypeFor[[]FolderMember]()),
		"LinkSharingConfiguration": map[string]any{"type": []string{"object", "null"},
			"properties": map[string]any{"Permissions": m.of(reflect.TypeFor[[]Permission]())}},
		"Incomplete":      m.of(reflect.TypeFor[[]string]()),
		"AwsAccountId":    map[string]any{"type": "string", "pattern": "^[0-9]{12}$"},
		"Region":          m.of(reflect.TypeFor[string]()),
		"Lists":           m.of(reflect.TypeFor[[]string]()),
		"KeyRegistration": m.object(reflect.TypeFor[Keys]())["properties"].(map[string]any)["KeyRegistration"],
		"AccountSettings": m.object(reflect.TypeFor[Settings]()),
	}
	properties["AccountSettings"].(map[string]any)["type"] = "object"
	is := func(member string) { kinds = append(kinds, map[string]any{"required": []string{member}}) }
	for _, s := range shapes() {
		properties[s.member] = m.resource(types[s.kind], s.id)
		is(s.member)
	}
	properties["DataSetSummary"] = properties["DataSet"]
	for _, member := range []string{"DataSetSummary", "AwsAccountId", "KeyRegistration", "AccountSettings", "Enabled", "IpRestrictionRuleMap"} {
		is(member)
	}
	for name, p := range properties {
		noted(p.(map[string]any), name)
	}
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	require.NoError(t, enc.Encode(map[string]any{
		"$schema": "http://json-schema.org/draft-07/schema#",
		"$id":     "https://raw.githubusercontent.com/rowsight/rowsight/main/schemas/account.schema.json",
		"title":   "A file of an account snapshot",
		"description": "One file of the folder that rowsight account pull writes: a resource in the shapes of the QuickSight API, and beside it who may do what. " +
			"The member with the resource says which kind of file it is. Members that are not described are passed over.",
		"type": "object", "anyOf": kinds, "properties": properties, "definitions": m.definitions,
	}))
	path := filepath.Join("..", "schemas", "account.schema.json")
	if *update {
		require.NoError(t, os.WriteFile(path, got.Bytes(), 0o666))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String(), "write it with -update")
}
