package account

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
)

// terraform takes the output of terraform show -json, for a plan or a state, or
// the state itself.
func (in *importing) terraform(p place) {
	at := jsondoc.Planned(p.value)
	if at == nil {
		at = p.value
	}
	if root := at.Member("root_module"); root != nil {
		in.module(p, root)
		return
	}
	if list := at.Member("resources"); list != nil && list.Kind == jsondoc.List { // the state itself
		for _, r := range list.Items {
			instances := r.Member("instances")
			if instances == nil {
				continue
			}
			for _, one := range instances.Items {
				in.terraformResource(p, r, one.Member("attributes"))
			}
		}
	}
}

func (in *importing) module(p place, m *jsondoc.Value) {
	if list := m.Member("resources"); list != nil {
		for _, r := range list.Items {
			in.terraformResource(p, r, r.Member("values"))
		}
	}
	if list := m.Member("child_modules"); list != nil {
		for _, child := range list.Items {
			in.module(p, child)
		}
	}
}

// terraformResource takes a resource of Terraform, whose attributes are those of
// the API in snake case; a block that occurs once is a list of one.
func (in *importing) terraformResource(p place, r, values *jsondoc.Value) {
	kind := r.Member("type")
	if kind == nil || values == nil || values.Kind != jsondoc.Object || r.Member("mode") != nil && r.Member("mode").Text == "data" {
		return
	}
	at := place{p.doc, values, p.file, fromTerraform}
	object, _ := pascal("", tree(values)).(map[string]any)
	name := func(member string) string { s, _ := object[member].(string); return s }
	arn := name("Arn")
	if kind.Text == "aws_quicksight_group_membership" {
		delete(object, "Arn") // the provider has this attribute, and never sets it
	}
	if quickSight := strings.HasPrefix(kind.Text, "aws_quicksight_"); !quickSight || !in.planned(at, object) {
		return
	}
	some := func(kind Kind, ns, subject string, item map[string]any) {
		in.members = append(in.members, memberPage{place: at, Resource: Resource{Kind: kind, Namespace: ns, Name: subject}, items: []any{item}, some: true})
	}
	put := func(kind Kind) {
		s := kind.shape()
		if name(s.id) == "" || name("Arn") == "" {
			at.fail(in, s.id, fmt.Errorf("%w: the plan does not know it yet; import the state after terraform apply", jsondoc.ErrMissing))
			return
		}
		r := Resource{Kind: kind, Name: name(s.id)}
		if kind.inNamespace() {
			a, err := namespace.ParseARN(name("Arn"))
			if err != nil {
				at.fail(in, "arn", err)
				return
			}
			r.Namespace = a.Namespace
		} else if permissions, ok := object["Permissions"]; ok && permissions != nil {
			in.put(at, r, "Permissions", permissions)
		} else {
			in.put(at, r, "Permissions", []any{})
		}
		delete(object, "Permissions")
		in.put(at, r, s.member, object)
	}
	switch kind.Text {
	case "aws_quicksight_namespace":
		if name("Namespace") != "" {
			in.put(at, Resource{Kind: Namespaces, Name: name("Namespace")}, "Namespace", map[string]any{"Name": name("Namespace"), "Arn": name("Arn")})
		}
	case "aws_quicksight_user":
		object["Role"] = name("UserRole")
		put(Users)
	case "aws_quicksight_group":
		put(Groups)
	case "aws_quicksight_group_membership":
		ns := name("Namespace")
		if ns == "" {
			a, err := namespace.ParseARN(arn)
			if err != nil {
				at.fail(in, "namespace", jsondoc.ErrMissing)
				return
			}
			ns = a.Namespace
		}
		some(Groups, ns, name("GroupName"), map[string]any{"MemberName": name("MemberName")})
	case "aws_quicksight_folder_membership":
		some(Folders, "", name("FolderId"), map[string]any{"MemberId": name("MemberId"), "MemberType": name("MemberType")})
	case "aws_quicksight_data_source":
		object["DataSourceParameters"] = object["Parameters"]
		if credentials, ok := object["Credentials"].(map[string]any); ok && credentials["SecretArn"] != nil {
			object["SecretArn"] = credentials["SecretArn"]
		}
		for _, member := range []string{"Parameters", "Permission", "Credentials"} { // Terraform's permission is a block
			if member == "Permission" && object["Permissions"] == nil {
				object["Permissions"] = object[member]
			}
			delete(object, member)
		}
		put(DataSources)
	case "aws_quicksight_data_set":
		put(DataSets)
	case "aws_quicksight_dashboard":
		showing(object, Dashboards)
		put(Dashboards)
	case "aws_quicksight_analysis":
		showing(object, Analyses)
		put(Analyses)
	case "aws_quicksight_folder":
		put(Folders)
	}
}

// planned reports what a document does not say of a resource, and takes out what
// no file needs. It reports whether nothing that a file needs is unknown.
func (in *importing) planned(p place, object map[string]any) bool {
	known := true
	for _, path := range unknownIn("", object) {
		name, _, _ := strings.Cut(strings.Trim(path, "."), ".")
		name, _, _ = strings.Cut(name, "[")
		switch name {
		case "Id", "Tags", "TagsAll", "CreatedTime", "LastUpdatedTime", "LastPublishedTime", "VersionNumber", "VersionDescription", "Status", "SourceEntityArn", "OutputColumns", "CreationStatus", "CapacityRegion":
			delete(object, name)
		default:
			known = false
			p.fail(in, strings.Trim(path, "."), fmt.Errorf("%w: the plan does not know it yet, or a block is null; import the state after terraform apply", ErrFunction))
		}
	}
	return known
}

// unknownIn returns the paths of what a plan does not know, in order.
func unknownIn(path string, v any) (paths []string) {
	switch v := v.(type) {
	case unknownYet:
		return []string{path}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			paths = append(paths, unknownIn(path+"."+name, v[name])...)
		}
	case []any:
		for i := range v {
			paths = append(paths, unknownIn(fmt.Sprintf("%s[%d]", path, i), v[i])...)
		}
	}
	return paths
}

// blocks are the members that are an object in the API, and a list of one in
// Terraform.
func isBlock(name string) bool {
	switch name {
	case "RowLevelPermissionDataSet", "RowLevelPermissionTagConfiguration", "DataSetUsageConfiguration", "Source", "JoinInstruction", "LeftJoinKeyProperties", "RightJoinKeyProperties",
		"RelationalTable", "CustomSql", "S3Source", "UploadSettings", "Credentials", "Parameters", "SslProperties", "VpcConnectionProperties", "ManifestFileLocation",
		"CastColumnTypeOperation", "CreateColumnsOperation", "FilterOperation", "ProjectOperation", "RenameColumnOperation", "TagColumnOperation", "UntagColumnOperations", "UntagColumnOperation",
		"CredentialPair", "RefreshProperties", "SourceEntity", "SourceTemplate", "Definition", "IAMParameters":
		return true
	}
	return false
}

// parameterNames are names of the API that are not the snake case of Terraform
// with capitals.
func apiName(snake string) string {
	switch snake {
	case "iam_parameters":
		return "IAMParameters"
	case "mysql":
		return "MySqlParameters"
	case "postgresql":
		return "PostgreSqlParameters"
	case "aurora_postgresql":
		return "AuroraPostgreSqlParameters"
	case "sql_server":
		return "SqlServerParameters"
	case "maria_db":
		return "MariaDbParameters"
	case "amazon_elasticsearch", "athena", "aurora", "aws_iot_analytics", "databricks", "jira", "oracle", "presto", "rds", "redshift", "s3", "service_now", "snowflake", "spark", "teradata", "twitter":
		return pascalName(snake) + "Parameters"
	}
	return pascalName(snake)
}

func pascalName(snake string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(snake, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// pascal returns a value of Terraform in the shape of the API.
func pascal(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		object := make(map[string]any)
		for _, snake := range slices.Sorted(maps.Keys(v)) {
			member := apiName(snake)
			if name != "Parameters" && strings.HasSuffix(member, "Parameters") && !strings.Contains(snake, "parameters") {
				member = pascalName(snake) // the type of a parameter, and nothing else, has such a name
			}
			object[member] = pascal(member, v[snake])
			if member == "PhysicalTableMap" || member == "LogicalTableMap" {
				object[member] = keyed(member+"Id", object[member])
			}
		}
		return object
	case []any:
		if isBlock(name) || strings.HasSuffix(name, "Parameters") {
			switch len(v) {
			case 0:
				return nil
			case 1:
				if v[0] == nil {
					return unknownYet{} // a block is there, and what it sets is not
				}
				return pascal(name, v[0])
			}
		}
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = pascal("", item)
		}
		if name == "TagRuleConfigurations" || len(list) > 0 {
			return list
		}
		return nil
	case string:
		if v == "" { // Terraform writes it for what is not set
			return nil
		}
	}
	return v
}

// keyed returns a list of Terraform as the map that the API has.
func keyed(id string, v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	object := make(map[string]any)
	for _, item := range list {
		if one, ok := item.(map[string]any); ok {
			name, _ := one[id].(string)
			delete(one, id)
			object[name] = one
		}
	}
	return object
}
