package quicksight

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/spice/source"
)

// readRoles reads the IAM roles that data sources may have from a file, as IAM
// describes them. Without the file there is none.
//
//	{"Roles": [{
//		"Arn": "arn:aws:iam::111122223333:role/Reader",
//		"AssumeRolePolicyDocument": {…},
//		"PolicyDocument": {…}
//	}]}
func readRoles(path string) (source.RoleList, error) {
	var list source.RoleList
	err := readFile(path, "Roles", func(doc *jsondoc.Document, v *jsondoc.Value, field string) {
		var role source.Role
		doc.Object(v, field, []jsondoc.Field{
			{Name: "Arn", Must: true, Decode: func(v *jsondoc.Value, f string) { role.Arn = doc.String(v, f) }},
			{Name: "AssumeRolePolicyDocument", Must: true, Decode: policyOf(doc, &role.Trust, source.ParseTrustPolicy)},
			{Name: "PolicyDocument", Must: true, Decode: policyOf(doc, &role.Policy, source.ParsePolicy)},
		})
		list = append(list, role)
	})
	return list, err
}

// policyOf decodes a policy.
func policyOf[P any](doc *jsondoc.Document, to *P, parse func(io.Reader, *source.ParseOptions) (P, error)) func(*jsondoc.Value, string) {
	return func(v *jsondoc.Value, f string) {
		var err error
		if *to, err = parse(strings.NewReader(doc.Raw(v)), nil); err != nil {
			doc.Fail(v, f, err)
		}
	}
}

// readSecrets reads the secrets that data sources may name from a file. Without
// the file there is none.
//
//	{"Secrets": [{"Arn": "arn:aws:secretsmanager:…:secret:db", "SecretString": "{\"username\": \"…\", \"password\": \"…\"}"}]}
func readSecrets(path string) (source.SecretMap, error) {
	secrets := make(source.SecretMap)
	err := readFile(path, "Secrets", func(doc *jsondoc.Document, v *jsondoc.Value, field string) {
		arn, text := "", ""
		doc.Object(v, field, []jsondoc.Field{
			{Name: "Arn", Must: true, Decode: func(v *jsondoc.Value, f string) { arn = doc.String(v, f) }},
			{Name: "SecretString", Must: true, Decode: func(v *jsondoc.Value, f string) { text = doc.String(v, f) }},
		})
		secrets[arn] = source.NewPassword(text)
	})
	return secrets, err
}

// readFile reads a list from a document that only its owner may read, if it is there.
func readFile(path, list string, item func(doc *jsondoc.Document, v *jsondoc.Value, field string)) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 { // which has no such modes
		return fmt.Errorf("%w: %s: others can read it: got mode %04o, want 0600", ErrOptions, path, info.Mode().Perm())
	}
	doc, err := jsondoc.Read(file, filepath.Base(path), nil)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	doc.Object(doc.Root, "", []jsondoc.Field{{Name: list, Must: true, Decode: func(v *jsondoc.Value, f string) {
		doc.Each(v, f, func(_ int, v *jsondoc.Value, f string) { item(doc, v, f) })
	}}})
	if err := doc.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}
