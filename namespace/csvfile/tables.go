package csvfile

import (
	"context"
	"errors"
	"io"
	"iter"

	"github.com/gocarina/gocsv"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/namespace"
)

type userRow struct {
	Namespace    string `csv:"Namespace"`
	UserName     string `csv:"UserName"`
	Email        string `csv:"Email"`
	UserRole     string `csv:"UserRole"`
	IdentityType string `csv:"IdentityType"`
	IamArn       string `csv:"IamArn"`
	SessionName  string `csv:"SessionName"`
	Custom       string `csv:"CustomPermissionsName"`
	LoginType    string `csv:"ExternalLoginFederationProviderType"`
	LoginURL     string `csv:"CustomFederationProviderUrl"`
	LoginID      string `csv:"ExternalLoginId"`
}

type groupRow struct {
	Namespace   string `csv:"Namespace"`
	GroupName   string `csv:"GroupName"`
	Description string `csv:"Description"`
}

type memberRow struct {
	Namespace  string `csv:"Namespace"`
	GroupName  string `csv:"GroupName"`
	MemberName string `csv:"MemberName"`
}

// ImportUsers reads users and registers all of them or none. It returns their
// number. Every problem of the file is an [*Error] with its line. A problem of
// the directory wraps a [*namespace.Error].
func ImportUsers(ctx context.Context, v namespace.View, r io.Reader, opts *Options) (int, error) {
	return create(ctx, r, opts, v.RegisterUsers, func(row userRow) namespace.RegisterUserInput {
		in := namespace.RegisterUserInput{
			Namespace: row.Namespace, UserName: row.UserName, Email: row.Email, UserRole: namespace.Role(row.UserRole),
			IdentityType: namespace.IdentityType(row.IdentityType), IamArn: row.IamArn, SessionName: row.SessionName, CustomPermissionsName: row.Custom,
		}
		if row.LoginType != "" || row.LoginURL != "" || row.LoginID != "" {
			in.ExternalLogin = &namespace.ExternalLogin{FederationProviderType: row.LoginType, FederationProviderUrl: row.LoginURL, Id: row.LoginID}
		}
		return in
	}, "Email", "UserRole", "IdentityType")
}

// ImportGroups reads groups and creates them, as [ImportUsers] does users.
func ImportGroups(ctx context.Context, v namespace.View, r io.Reader, opts *Options) (int, error) {
	return create(ctx, r, opts, v.CreateGroups, func(row groupRow) namespace.CreateGroupInput { return namespace.CreateGroupInput(row) }, "GroupName")
}

// ImportMemberships reads memberships of groups and creates them, as
// [ImportUsers] does users.
func ImportMemberships(ctx context.Context, v namespace.View, r io.Reader, opts *Options) (int, error) {
	return create(ctx, r, opts, v.CreateGroupMemberships, func(row memberRow) namespace.Membership { return namespace.Membership(row) }, "GroupName", "MemberName")
}

// create reads a table and creates what its rows say, all or none.
func create[R, In any](ctx context.Context, r io.Reader, opts *Options, create func(context.Context, []In) error, input func(R) In, required ...string) (int, error) {
	t, err := read[R](r, opts, required...)
	if err != nil {
		return 0, err
	}
	in := make([]In, len(t.rows))
	for i, row := range t.rows {
		in[i] = input(row)
	}
	return len(in), t.place(create(ctx, in))
}

// place says of every problem on which line it is.
func (t *table[R]) place(err error) error {
	if err == nil {
		return nil
	}
	var problems []*Error
	for _, err := range textpos.Flat(err) {
		at := textpos.InFile(t.file, err)
		if e, ok := errors.AsType[*namespace.Error](err); ok && e.Item >= 1 && e.Item <= len(t.lines) {
			at.Pos.Line, at.Pos.Column = t.lines[e.Item-1], 1
		}
		problems = append(problems, at)
	}
	return textpos.Join(problems, 0)
}

// ExportUsers writes the users of a namespace, so that [ImportUsers] reads them.
func ExportUsers(ctx context.Context, v namespace.View, ns string, w io.Writer, opts *Options) error {
	list := func(p namespace.Page) ([]namespace.User, string, error) { return v.ListUsers(ctx, ns, p) }
	return write(w, opts, namespace.All(list), func(u namespace.User) userRow {
		row := userRow{
			Namespace: u.Arn.Namespace, UserName: u.UserName, Email: u.Email, UserRole: string(u.Role), IdentityType: string(u.IdentityType),
			IamArn: u.IamArn, SessionName: namespace.RegisterInput(u).SessionName, Custom: u.CustomPermissionsName,
		}
		if l := u.ExternalLogin; l != nil {
			row.LoginType, row.LoginURL, row.LoginID = l.FederationProviderType, l.FederationProviderUrl, l.Id
		}
		return row
	})
}

// ExportGroups writes the groups of a namespace, so that [ImportGroups] reads
// them.
func ExportGroups(ctx context.Context, v namespace.View, ns string, w io.Writer, opts *Options) error {
	list := func(p namespace.Page) ([]namespace.Group, string, error) { return v.ListGroups(ctx, ns, p) }
	return write(w, opts, namespace.All(list), func(g namespace.Group) groupRow {
		return groupRow{g.Arn.Namespace, g.GroupName, g.Description}
	})
}

// ExportMemberships writes the memberships of the groups of a namespace, so
// that [ImportMemberships] reads them.
func ExportMemberships(ctx context.Context, v namespace.View, ns string, w io.Writer, opts *Options) error {
	groups := func(p namespace.Page) ([]namespace.Group, string, error) { return v.ListGroups(ctx, ns, p) }
	all := func(yield func(memberRow, error) bool) {
		for g, err := range namespace.All(groups) {
			if err != nil {
				yield(memberRow{}, err)
				return
			}
			members := func(p namespace.Page) ([]namespace.GroupMember, string, error) {
				return v.ListGroupMemberships(ctx, ns, g.GroupName, p)
			}
			for m, err := range namespace.All(members) {
				if !yield(memberRow{g.Arn.Namespace, g.GroupName, m.MemberName}, err) {
					return
				}
			}
		}
	}
	return write(w, opts, all, func(row memberRow) memberRow { return row })
}

// write writes a table in blocks, header first.
func write[T, R any](w io.Writer, opts *Options, items iter.Seq2[T, error], row func(T) R) error {
	out := &writer{csv: csvtext.NewWriter(w, &csvtext.Options{Delimiter: opts.orDefault().Delimiter})}
	if err := out.csv.Write(columns[R]()); err != nil {
		return err
	}
	block := make([]R, 0, 1024)
	flush := func() error {
		err := gocsv.MarshalCSVWithoutHeaders(&block, out)
		block = block[:0]
		return err
	}
	for item, err := range items {
		if err != nil {
			return err
		}
		if block = append(block, row(item)); len(block) == cap(block) {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return errors.Join(flush(), out.csv.Flush())
}

// A writer takes records from gocsv.
type writer struct{ csv *csvtext.Writer }

// Write writes one record, safe for spreadsheets.
func (w *writer) Write(record []string) error {
	for i, cell := range record {
		record[i] = escape(cell)
	}
	return w.csv.Write(record)
}

// Flush does nothing, because the end of a block is not the end of the file.
func (w *writer) Flush() {}

// Error returns nil: Write returns every error.
func (w *writer) Error() error { return nil }
