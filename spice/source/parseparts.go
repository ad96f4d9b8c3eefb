package source

import (
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/plain"
)

func (p parser) parameters(v *jsondoc.Value, field string) (d DataSourceParameters) {
	p.Object(v, field, []jsondoc.Field{
		{Name: "AthenaParameters", Decode: func(v *jsondoc.Value, f string) {
			a := new(AthenaParameters)
			p.Object(v, f, []jsondoc.Field{
				{Name: "WorkGroup", Decode: p.text(&a.WorkGroup, 1, 128)},
				{Name: "RoleArn", Decode: p.role(&a.RoleArn)},
			})
			d.AthenaParameters = a
		}},
		{Name: "RedshiftParameters", Decode: func(v *jsondoc.Value, f string) { d.RedshiftParameters = p.redshift(v, f) }},
		{Name: "PostgreSqlParameters", Decode: func(v *jsondoc.Value, f string) {
			q := new(PostgreSqlParameters)
			p.Object(v, f, []jsondoc.Field{
				{Name: "Host", Must: true, Decode: p.host(&q.Host, 1)},
				{Name: "Port", Must: true, Decode: p.number(&q.Port, 1, 65535)},
				{Name: "Database", Must: true, Decode: p.text(&q.Database, 1, 128)},
			})
			d.PostgreSqlParameters = q
		}},
		{Name: "S3Parameters", Decode: func(v *jsondoc.Value, f string) {
			s := new(S3Parameters)
			p.Object(v, f, []jsondoc.Field{
				{Name: "ManifestFileLocation", Must: true, Decode: func(v *jsondoc.Value, f string) {
					p.Object(v, f, []jsondoc.Field{
						{Name: "Bucket", Must: true, Decode: p.text(&s.ManifestFileLocation.Bucket, 1, 1024)},
						{Name: "Key", Must: true, Decode: p.text(&s.ManifestFileLocation.Key, 1, 1024)},
					})
				}},
				{Name: "RoleArn", Decode: p.role(&s.RoleArn)},
			})
			d.S3Parameters = s
		}},
		{Name: "FileParameters", Decode: func(v *jsondoc.Value, f string) {
			file := new(FileParameters)
			p.Object(v, f, []jsondoc.Field{{Name: "Path", Must: true, Decode: p.text(&file.Path, 1, 1024)}})
			d.FileParameters = file
		}},
	})
	if !p.Bad(v) && len(v.Members) != 1 {
		p.Fail(v, field, fmt.Errorf("%w: got %d of them, want exactly one", ErrParameters, len(v.Members)))
	}
	return d
}

func (p parser) redshift(v *jsondoc.Value, field string) *RedshiftParameters {
	r := new(RedshiftParameters)
	var iam *jsondoc.Value
	p.Object(v, field, []jsondoc.Field{
		{Name: "Database", Must: true, Decode: p.text(&r.Database, 1, 128)},
		{Name: "Host", Decode: p.host(&r.Host, 0)},
		{Name: "Port", Decode: p.number(&r.Port, 0, 65535)},
		{Name: "ClusterId", Decode: p.text(&r.ClusterId, 0, 64)},
		{Name: "IAMParameters", Decode: func(v *jsondoc.Value, f string) {
			iam, r.IAMParameters = v, new(RedshiftIAMParameters)
			p.Object(v, f, []jsondoc.Field{
				{Name: "RoleArn", Must: true, Decode: p.role(&r.IAMParameters.RoleArn)},
				{Name: "DatabaseUser", Decode: p.text(&r.IAMParameters.DatabaseUser, 1, 64)},
				{Name: "DatabaseGroups", Decode: func(v *jsondoc.Value, f string) {
					r.IAMParameters.DatabaseGroups = p.Strings(v, f)
					p.entries(v, f, 1, 50)
				}},
				{Name: "AutoCreateDatabaseUser", Decode: func(v *jsondoc.Value, f string) { r.IAMParameters.AutoCreateDatabaseUser = p.Bool(v, f) }},
			})
		}},
	})
	if !p.Bad(v) && r.ClusterId == "" && (r.Host == "" || r.Port == 0) {
		p.Fail(v, field, fmt.Errorf("%w: want ClusterId, or Host and Port", ErrMissing))
	}
	if iam != nil && serverless(r.Host) {
		p.Fail(iam, jsondoc.Join(field, "IAMParameters"), ErrServerless)
	}
	return r
}

// serverless reports whether a host is the endpoint of a Redshift Serverless
// workgroup: name.account.region.redshift-serverless.amazonaws.com.
func serverless(host string) bool {
	return strings.Contains(strings.ToLower(host), ".redshift-serverless.")
}

func (p parser) role(to *string) func(v *jsondoc.Value, field string) {
	return func(v *jsondoc.Value, field string) {
		p.text(to, 20, 2048)(v, field)
		if _, err := parseRole(*to); err != nil && !p.Bad(v) {
			p.Fail(v, field, err)
		}
	}
}

func (p parser) credentials(v *jsondoc.Value, field string) *Credentials {
	c := new(Credentials)
	p.Object(v, field, []jsondoc.Field{
		{Name: "CredentialPair", Decode: func(v *jsondoc.Value, f string) {
			pair, password := new(CredentialPair), ""
			p.Object(v, f, []jsondoc.Field{
				{Name: "Username", Must: true, Decode: p.text(&pair.Username, 1, 64)},
				{Name: "Password", Must: true, Decode: p.text(&password, 1, 1024)},
				{Name: "AlternateDataSourceParameters", Decode: func(v *jsondoc.Value, f string) {
					p.Each(v, f, func(_ int, v *jsondoc.Value, f string) {
						pair.AlternateDataSourceParameters = append(pair.AlternateDataSourceParameters, p.parameters(v, f))
					})
					p.entries(v, f, 1, 50)
				}},
			})
			pair.Password, c.CredentialPair = NewPassword(password), pair
		}},
		{Name: "SecretArn", Decode: func(v *jsondoc.Value, f string) {
			p.text(&c.SecretArn, 1, 2048)(v, f)
			if !p.Bad(v) && !isSecretARN(c.SecretArn) {
				p.Fail(v, f, fmt.Errorf("%w: want arn:partition:secretsmanager:region:account:secret:name", ErrValue))
			}
		}},
		{Name: "CopySourceArn", Decode: func(v *jsondoc.Value, f string) {
			p.text(&c.CopySourceArn, 1, 2048)(v, f)
			if _, err := parseDataSourceARN(c.CopySourceArn); err != nil && !p.Bad(v) {
				p.Fail(v, f, err)
			}
		}},
	})
	if !p.Bad(v) && len(v.Members) != 1 {
		p.Fail(v, field, fmt.Errorf("%w: got %d", ErrCredentials, len(v.Members)))
	}
	return c
}

// both reports credentials beside a role that logs in.
func (p parser) both(d DataSourceParameters, c *Credentials) {
	if c == nil || d.RedshiftParameters == nil || d.RedshiftParameters.IAMParameters == nil {
		return
	}
	p.Fail(p.Root.Member("Credentials"), "Credentials", fmt.Errorf("%w: IAMParameters log in instead of them", ErrCredentials))
}

func (p parser) permissions(v *jsondoc.Value, field string) (all []ResourcePermission) {
	p.Each(v, field, func(_ int, v *jsondoc.Value, f string) {
		var r ResourcePermission
		p.Object(v, f, []jsondoc.Field{
			{Name: "Principal", Must: true, Decode: p.text(&r.Principal, 1, 256)},
			{Name: "Actions", Must: true, Decode: func(v *jsondoc.Value, f string) {
				p.entries(v, f, 1, 20)
				p.Each(v, f, func(_ int, v *jsondoc.Value, f string) {
					action := p.String(v, f)
					if v.Kind == jsondoc.Text && (!strings.HasPrefix(action, "quicksight:") || strings.ContainsAny(action, "*?")) {
						p.Fail(v, f, fmt.Errorf("%w: got %q, want an action such as quicksight:PassDataSource", ErrValue, plain.Abridge(action, maxShown)))
					}
					r.Actions = append(r.Actions, action)
				})
			}},
		})
		all = append(all, r)
	})
	p.entries(v, field, 1, 64)
	return all
}

func (p parser) vpc(v *jsondoc.Value, field string) *VpcConnectionProperties {
	n := new(VpcConnectionProperties)
	p.Object(v, field, []jsondoc.Field{{Name: "VpcConnectionArn", Must: true, Decode: func(v *jsondoc.Value, f string) {
		p.text(&n.VpcConnectionArn, 1, 2048)(v, f)
		if err := checkVPC(n.VpcConnectionArn); err != nil && !p.Bad(v) {
			p.Fail(v, f, err)
		}
	}}})
	return n
}

func (p parser) ssl(v *jsondoc.Value, field string) *SslProperties {
	s := new(SslProperties)
	p.Object(v, field, []jsondoc.Field{{Name: "DisableSsl", Decode: func(v *jsondoc.Value, f string) { s.DisableSsl = p.Bool(v, f) }}})
	return s
}

func (p parser) tags(v *jsondoc.Value, field string) (all []Tag) {
	p.Each(v, field, func(_ int, v *jsondoc.Value, f string) {
		var t Tag
		p.Object(v, f, []jsondoc.Field{
			{Name: "Key", Must: true, Decode: p.text(&t.Key, 1, 128)},
			{Name: "Value", Must: true, Decode: p.text(&t.Value, 1, 256)},
		})
		all = append(all, t)
	})
	p.entries(v, field, 1, 200)
	return all
}

// host reads the name or the address of a host. A path would be a socket of this
// machine, where the user of this process needs no password, and a comma several hosts.
func (p parser) host(to *string, min int) func(*jsondoc.Value, string) {
	text := p.text(to, min, 256)
	return func(v *jsondoc.Value, field string) {
		text(v, field)
		if strings.ContainsAny(*to, "/\\@, \t") {
			p.Fail(v, field, fmt.Errorf("%w: want the name or the address of one host", ErrParameters))
		}
	}
}
