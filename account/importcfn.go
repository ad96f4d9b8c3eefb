package account

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
)

// A template is a CloudFormation template. It is read when all other documents
// are, because they may say what its account is.
type template struct {
	place
	resources map[string]any
}

// template takes a template, and reports whether it has resources of QuickSight.
func (in *importing) template(p place) bool {
	resources, _ := tree(p.value.Member("Resources")).(map[string]any)
	for _, v := range resources {
		if r, ok := v.(map[string]any); ok {
			if kind, _ := r["Type"].(string); templateShape(kind) != nil {
				in.pending = append(in.pending, template{p, resources})
				return true
			}
		}
	}
	return false
}

// templateShape returns the shape of a type of resources; nil for others.
func templateShape(kind string) *shape {
	name, ok := strings.CutPrefix(kind, "AWS::QuickSight::")
	for _, s := range shapes() {
		if ok && s.member == name && s.shared() {
			return &s
		}
	}
	return nil
}

// templates takes the resources of the templates.
func (in *importing) templates() {
	if len(in.pending) == 0 {
		return
	}
	errs := len(in.errs)
	in.identify()
	if len(in.found) == 0 {
		in.errs = in.errs[:errs] // the templates will add some
		if in.opts.Account == "" {
			in.errs = append(in.errs, fmt.Errorf("%w: a template does not name it; say which one (ImportOptions.Account, or --account-id)", ErrAccount))
		}
	}
	for _, t := range in.pending {
		for _, id := range slices.Sorted(maps.Keys(t.resources)) {
			r, _ := t.resources[id].(map[string]any)
			kind, _ := r["Type"].(string)
			s := templateShape(kind)
			properties, _ := r["Properties"].(map[string]any)
			if s == nil || properties == nil {
				continue
			}
			in.declared(t, s, "Resources."+id, properties)
		}
	}
}

// declared takes a resource as a template declares it: the properties are those
// of the resource, with its permissions among them.
func (in *importing) declared(t template, s *shape, field string, properties map[string]any) {
	v, unknown := in.resolve(t, properties)
	for _, path := range unknown {
		if !kept(path) {
			continue
		}
		t.fail(in, field+".Properties."+path, fmt.Errorf("%w: import what the account has, or the template with its values", ErrFunction))
	}
	object, _ := v.(map[string]any)
	id, _ := object[s.id].(string)
	if id == "" {
		t.fail(in, field+".Properties."+s.id, jsondoc.ErrMissing)
		return
	}
	r := Resource{Kind: s.kind, Name: id}
	for _, name := range []string{"Permissions", "LinkSharingConfiguration"} {
		if v := object[name]; v != nil {
			in.put(t.place, r, name, v)
		} else if name == "Permissions" {
			in.put(t.place, r, name, []any{})
		}
		delete(object, name)
	}
	if s.kind == Dashboards || s.kind == Analyses {
		showing(object, s.kind)
	}
	for _, name := range []string{"AwsAccountId", "Tags", "Parameters", "FolderArns", "IngestionWaitPolicy", "ThemeArn", "ValidationStrategy", "DashboardPublishOptions", "VersionDescription"} {
		delete(object, name)
	}
	object["Arn"] = in.arnOf(r)
	in.put(t.place, r, s.member, object)
}

// kept reports whether the file of a resource needs a property of a template. Of
// the definition of a dashboard it needs the data sets that it declares.
func kept(path string) bool {
	if rest, ok := strings.CutPrefix(path, "Definition"); ok {
		return rest == "" || strings.HasPrefix(rest, ".DataSetIdentifierDeclarations") && !strings.HasSuffix(rest, "].Identifier")
	}
	return !strings.HasPrefix(path, "Tags") && !strings.HasPrefix(path, "Parameters")
}

// showing puts the data sets of a dashboard or an analysis in the place of the
// definition or the source that declares them.
func showing(object map[string]any, kind Kind) {
	arns := append(dataSetsOf(object["Definition"]), dataSetsOf(object["SourceEntity"])...)
	delete(object, "Definition")
	delete(object, "SourceEntity")
	if kind == Dashboards {
		object["Version"] = map[string]any{"DataSetArns": arns}
	} else {
		object["DataSetArns"] = arns
	}
}

// dataSetsOf returns the ARNs of the data sets that a definition or the source of
// a dashboard declares.
func dataSetsOf(v any) (arns []any) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if name == "DataSetArn" {
				arns = append(arns, v[name])
				continue
			}
			arns = append(arns, dataSetsOf(v[name])...)
		}
	case []any:
		for _, item := range v {
			arns = append(arns, dataSetsOf(item)...)
		}
	}
	return arns
}

func (in *importing) arnOf(r Resource) string {
	return namespace.ARN{
		Partition: arn.PartitionOf(in.opts.Region), Region: in.opts.Region, Account: in.opts.Account, Kind: r.Kind.shape().arn, Namespace: r.Namespace, Name: r.Name,
	}.String()
}

var variable = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)

// resolve replaces references to the account, the Region and other resources of
// the template, and returns the paths of what it cannot replace. A value that
// AWS alone can compute is not guessed.
func (in *importing) resolve(t template, v any) (any, []string) {
	switch v := v.(type) {
	case []any:
		var unknown []string
		for i := range v {
			one, more := in.resolve(t, v[i])
			v[i] = one
			for _, path := range more {
				unknown = append(unknown, strings.TrimSuffix(fmt.Sprintf("[%d].%s", i, path), "."))
			}
		}
		return v, unknown
	case map[string]any:
		if name, argument, ok := function(v); ok {
			if text, ok := in.call(t, name, argument); ok {
				return text, nil
			}
			return nil, []string{""}
		}
		object := make(map[string]any)
		var unknown []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			one, more := in.resolve(t, v[name])
			object[name] = one
			for _, path := range more {
				unknown = append(unknown, strings.ReplaceAll(strings.TrimSuffix(name+"."+path, "."), ".[", "["))
			}
		}
		return object, unknown
	}
	return v, nil
}

// function returns the name and the argument of a function of templates.
func function(v map[string]any) (name string, argument any, ok bool) {
	for name, argument := range v {
		if len(v) == 1 && (name == "Ref" || strings.HasPrefix(name, "Fn::")) {
			return name, argument, true
		}
	}
	return "", nil, false
}

func (in *importing) call(t template, name string, argument any) (string, bool) {
	switch name {
	case "Ref":
		of, _ := argument.(string)
		return in.reference(t, of, "")
	case "Fn::GetAtt":
		list, _ := argument.([]any)
		if len(list) != 2 {
			return "", false
		}
		of, _ := list[0].(string)
		attribute, _ := list[1].(string)
		return in.reference(t, of, attribute)
	case "Fn::Sub":
		text, ok := argument.(string)
		text = variable.ReplaceAllStringFunc(text, func(match string) string {
			of, attribute, _ := strings.Cut(match[2:len(match)-1], ".")
			value, known := in.reference(t, of, attribute)
			ok = ok && known
			return value
		})
		return text, ok
	case "Fn::Join":
		list, _ := argument.([]any)
		if len(list) != 2 {
			return "", false
		}
		separator, ok := list[0].(string)
		items, ok2 := list[1].([]any)
		var texts []string
		for _, item := range items {
			one, unknown := in.resolve(t, item)
			text, isText := one.(string)
			ok = ok && isText && len(unknown) == 0
			texts = append(texts, text)
		}
		return strings.Join(texts, separator), ok && ok2
	}
	return "", false
}

// reference returns what a name of a template stands for.
func (in *importing) reference(t template, of, attribute string) (string, bool) {
	switch of {
	case "AWS::AccountId":
		return in.opts.Account, in.opts.Account != ""
	case "AWS::Region":
		return in.opts.Region, in.opts.Region != ""
	case "AWS::Partition":
		return arn.PartitionOf(in.opts.Region), true
	}
	r, _ := t.resources[of].(map[string]any)
	kind, _ := r["Type"].(string)
	s := templateShape(kind)
	properties, _ := r["Properties"].(map[string]any)
	if s == nil || attribute != "Arn" || in.resolving[of] { // an id that names itself has no value
		return "", false
	}
	in.resolving[of] = true
	defer delete(in.resolving, of)
	id, _ := in.resolve(t, properties[s.id])
	name, ok := id.(string)
	return in.arnOf(Resource{Kind: s.kind, Name: name}), ok && name != ""
}
