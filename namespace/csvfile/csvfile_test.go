package csvfile_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/namespace/csvfile"
)

func directory(t testing.TB) namespace.View {
	t.Helper()
	d, err := namespace.New("111122223333", "us-east-1", nil)
	require.NoError(t, err)
	_, err = d.Administrator().CreateNamespace(context.Background(), "tenant")
	require.NoError(t, err)
	return d.Administrator()
}

type (
	importer func(context.Context, namespace.View, io.Reader, *csvfile.Options) (int, error)
	exporter func(context.Context, namespace.View, string, io.Writer, *csvfile.Options) error
)

func TestZero(t *testing.T) {
	n, err := csvfile.ImportUsers(t.Context(), namespace.View{}, strings.NewReader("UserName,Email,UserRole,IdentityType\nal,a,READER,IAM\n"), nil)
	require.ErrorIs(t, err, namespace.ErrAccessDenied)
	require.Equal(t, 1, n)
	require.ErrorIs(t, csvfile.ExportUsers(t.Context(), namespace.View{}, "", io.Discard, nil), namespace.ErrAccessDenied)
	require.ErrorIs(t, csvfile.ExportMemberships(t.Context(), namespace.View{}, "", io.Discard, nil), namespace.ErrAccessDenied)
	require.Equal(t, "csv", (&csvfile.Error{Err: fmt.Errorf("csv")}).Error())
}

// TestRoundTrip writes names that spreadsheets run, trim and split, and reads
// them into another directory.
func TestRoundTrip(t *testing.T) {
	ctx := t.Context()
	v := directory(t)
	users := []string{"al", "=1+1", "+a", "-b", "@c", "'d", "'=e", "''=f", "' g", "a,b", `"q"`, " blank ", "role/sess@x", "#", "Zoë ÿ", ";"}
	for _, u := range users {
		in := namespace.RegisterUserInput{Namespace: "tenant", UserName: u, Email: "=" + u, UserRole: namespace.RoleAuthorPro, IdentityType: namespace.IdentityIAM, CustomPermissionsName: "few",
			ExternalLogin: &namespace.ExternalLogin{FederationProviderType: "CUSTOM_OIDC", FederationProviderUrl: "https://example.com", Id: "-7"}}
		_, err := v.RegisterUser(ctx, in)
		require.NoError(t, err)
		_, err = v.CreateGroup(ctx, namespace.CreateGroupInput{Namespace: "tenant", GroupName: "-" + u, Description: "two\nlines, \t=" + u})
		require.NoError(t, err)
		_, err = v.CreateGroupMembership(ctx, "tenant", "-"+u, u)
		require.NoError(t, err)
	}
	_, err := v.RegisterUser(ctx, namespace.RegisterUserInput{Namespace: "tenant", Email: "x", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityIAM, IamArn: "arn:aws:iam::111122223333:role/r", SessionName: "=s"})
	require.NoError(t, err)
	for _, comma := range []rune{0, ';'} {
		opts := &csvfile.Options{Delimiter: comma}
		again := directory(t)
		for _, table := range []struct {
			out  exporter
			in   importer
			rows int
		}{{csvfile.ExportUsers, csvfile.ImportUsers, len(users) + 1}, {csvfile.ExportGroups, csvfile.ImportGroups, len(users)}, {csvfile.ExportMemberships, csvfile.ImportMemberships, len(users)}} {
			var b, b2 bytes.Buffer
			require.NoError(t, table.out(ctx, v, "tenant", &b, opts))
			text := b.String()
			r := csvtext.NewReader(strings.NewReader(text), &csvtext.Options{Delimiter: comma})
			for {
				record, err := r.Read()
				if err == io.EOF {
					break
				}
				require.NoError(t, err)
				for _, cell := range record {
					require.False(t, cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r"), "a formula: %q", cell)
				}
			}
			n, err := table.in(ctx, again, &b, opts)
			require.NoError(t, err)
			require.Equal(t, table.rows, n)
			require.NoError(t, table.out(ctx, again, "tenant", &b2, opts))
			require.Equal(t, text, b2.String())
		}
		u, err := again.DescribeUser(ctx, "tenant", "''=f")
		require.NoError(t, err)
		require.Equal(t, "=''=f", u.Email)
		require.Equal(t, "-7", u.ExternalLogin.Id)
	}
}

func TestImportRefuses(t *testing.T) {
	const head = "Namespace,UserName,Email,UserRole,IdentityType\n"
	tests := []struct {
		reason, in string
		want       []string
		is         error
	}{
		{"nothing", "", []string{"u.csv:1:1: no header"}, csvfile.ErrNoHeader},
		{"a column of another case", "namespace,UserName,Email,UserRole,IdentityType\n", []string{`u.csv:1:1: unknown column "namespace", want one of Namespace, UserName`}, csvfile.ErrColumn},
		{"a column twice", "UserName,Email,UserRole,IdentityType,Email\n", []string{`u.csv:1:38: duplicate column "Email"`}, csvfile.ErrDuplicate},
		{"columns that must be", "UserName\nal\n", []string{`missing column "Email"`, `missing column "UserRole"`}, csvfile.ErrMissing},
		{"the wrong delimiter", strings.ReplaceAll(head, ",", ";"), []string{"unknown column"}, csvfile.ErrColumn},
		{"what is no CSV, all of it", head + "x,\"a\"b,c,d,e\nx\n", []string{"u.csv:2:6: text after closing quote", "u.csv:3:1: wrong number of fields"}, csvtext.ErrAfterQuote},
		{"what the directory refuses, with its line", head + ",\"al\n\",a,READER,IAM\n,bo,b,WRITER,IAM\n,cy,c,READER,IAM\ntenant,di,d,READER,QUICKSIGHT\n,cy,,READER,IAM\n", []string{
			"u.csv:2:1: RegisterUsers: user \"al\\n\": invalid value: UserName", `u.csv:4:1: RegisterUsers: user "bo": invalid value: UserRole "WRITER"`,
			`u.csv:6:1: RegisterUsers: user "di": identity type not supported`, `u.csv:7:1: RegisterUsers: user "cy": invalid value: Email`}, namespace.ErrIdentityTypeNotSupported},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			v := directory(t)
			_, err := csvfile.ImportUsers(t.Context(), v, strings.NewReader(tt.in), &csvfile.Options{File: "u.csv"})
			for _, want := range tt.want {
				require.ErrorContains(t, err, want)
			}
			require.ErrorIs(t, err, tt.is)
			users, _, err := v.ListUsers(t.Context(), "", namespace.Page{})
			require.NoError(t, err)
			require.Empty(t, users, "all or none")
		})
	}
	v := directory(t)
	_, err := csvfile.ImportMemberships(t.Context(), v, strings.NewReader("GroupName,MemberName\ng,al\n"), nil)
	require.ErrorIs(t, err, namespace.ErrNotFound)
	_, err = csvfile.ImportGroups(t.Context(), v, iotest.ErrReader(io.ErrUnexpectedEOF), nil)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// TestManyRows crosses the borders of blocks.
func TestManyRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("UserName,Email,UserRole,IdentityType\n")
	for i := range 3 * 1024 {
		fmt.Fprintf(&b, "u%05d,e,READER,QUICKSIGHT\n", i)
	}
	v := directory(t)
	n, err := csvfile.ImportUsers(t.Context(), v, strings.NewReader(b.String()), nil)
	require.NoError(t, err)
	require.Equal(t, 3*1024, n)
	var out strings.Builder
	require.NoError(t, csvfile.ExportUsers(t.Context(), v, "", &out, nil))
	require.Equal(t, 3*1024+1, strings.Count(out.String(), "\n"))
}

func FuzzImport(f *testing.F) {
	f.Add("Namespace,UserName,Email,UserRole,IdentityType\ntenant,'=a,-b,READER,IAM\n")
	f.Add("UserName,Email,UserRole,IdentityType,IamArn,SessionName\n,e,READER,IAM,arn:aws:iam::111122223333:role/r,ss\n")
	f.Add("\uFEFFUserName,Email,UserRole,IdentityType\r\n\"a\r\nb\",e,READER,IAM\r\n")
	f.Fuzz(func(t *testing.T, in string) {
		v := directory(t)
		n, err := csvfile.ImportUsers(t.Context(), v, strings.NewReader(in), nil)
		if err != nil {
			users, _, err := v.ListUsers(t.Context(), "", namespace.Page{})
			require.NoError(t, err)
			require.Empty(t, users)
			return
		}
		again, count := directory(t), 0
		for _, ns := range []string{"", "tenant"} {
			var b, b2 strings.Builder
			require.NoError(t, csvfile.ExportUsers(t.Context(), v, ns, &b, nil))
			m, err := csvfile.ImportUsers(t.Context(), again, strings.NewReader(b.String()), nil)
			require.NoError(t, err)
			require.NoError(t, csvfile.ExportUsers(t.Context(), again, ns, &b2, nil))
			require.Equal(t, b.String(), b2.String())
			count += m
		}
		require.Equal(t, n, count)
	})
}
