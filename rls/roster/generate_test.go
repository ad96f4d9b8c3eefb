package roster_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// hostileValues are attributes that a reader of lists, of patterns or of numbers
// would take for something else than one value.
var hostileValues = []string{
	"Acme", "Inc", " Inc", "Acme, Inc", "Acme,Inc", `"Acme"`, `"Acme, Inc"`, `a"b`, ",", ",,", " ", "A;B", "A|B", "a\tb", "a\r\nb", "\n",
	"NULL", "1.0", "0012", "é", "*x", "10%", "!EMEA", "x,", ",x", `""`, `"`, "\uFEFF", "All of them",
}

// TestGenerateGrants holds that a user sees the rows of the attributes, and no
// others: of every value a roster may have, one for one, and of lists of them.
func TestGenerateGrants(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	admits := func(p interface {
		Match(func(string) (string, bool)) bool
	}, company, tier string) bool {
		return p.Match(func(c string) (string, bool) { return map[string]string{"Company": company, "Tier": tier}[c], true })
	}
	users, splits := 0, 0
	for range 300 {
		separator := []string{"", ",", ";", "|", " - "}[rnd.IntN(5)]
		groups := rnd.IntN(3) == 0
		head := "user"
		if groups {
			head = "group"
		}
		text := csvtext.AppendRecord(nil, []string{"tier", head, "company"})
		type grant struct {
			company []string
			tier    string
		}
		want := make(map[string][]grant)
		for _, name := range []string{"al", "bo", "c y", "dé"}[:1+rnd.IntN(4)] {
			for range 1 + rnd.IntN(2) {
				var company []string
				for range 1 + rnd.IntN(4) {
					company = append(company, hostileValues[rnd.IntN(len(hostileValues))])
				}
				cell := company[0]
				switch separator {
				case "":
					company = company[:1]
				case ",":
					var quoted []string
					for _, v := range company {
						quoted = append(quoted, `"`+strings.ReplaceAll(v, `"`, `""`)+`"`)
					}
					cell = strings.Join(quoted, ",")
				default:
					company = slices.DeleteFunc(company, func(v string) bool { return strings.Contains(v, separator) })
					if len(company) == 0 {
						company = []string{"one"}
					}
					cell = strings.Join(company, separator)
				}
				tier := hostileValues[rnd.IntN(len(hostileValues))]
				text = csvtext.AppendRecord(text, []string{tier, name, cell})
				want[name] = append(want[name], grant{company, tier})
				splits += len(company) - 1
			}
		}
		r, err := roster.ReadCSV(strings.NewReader(string(text)), &roster.Options{OfGroups: groups})
		require.NoError(t, err, "%s", text)
		rs, err := roster.Generate(r, []roster.Mapping{{Field: "Company", Attribute: "company", Separator: separator}, {Field: "Tier", Attribute: "tier"}}, nil)
		require.NoError(t, err, "%s", text)
		require.Len(t, roster.FromRules(rs), len(want))
		for name, granted := range want {
			viewer := namespace.Named(name)
			if groups {
				viewer = namespace.Named("", name)
			}
			p, err := rs.For(viewer)
			require.NoError(t, err)
			for _, company := range hostileValues {
				for _, tier := range hostileValues {
					is := slices.ContainsFunc(granted, func(g grant) bool { return slices.Contains(g.company, company) && g.tier == tier })
					require.Equal(t, is, admits(p, company, tier), "%q of %q and %q: %s", name, company, tier, text)
				}
			}
			users++
		}
	}
	require.Greater(t, users, 500)
	require.Greater(t, splits, 100, "lists of several values")
}

// TestGenerateForAll holds that no value that may stand for all is written
// before somebody says what it is.
func TestGenerateForAll(t *testing.T) {
	m := roster.Mapping{Field: "Region", Attribute: "region"}
	for _, value := range []string{"*", " * ", "**", "%", "ALL", "all", "(All)", "<ALL>", "[all]", "any", "Everything", `"*"`} {
		text := string(csvtext.AppendRecord([]byte("user,region\n"), []string{"al", value}))
		_, err := roster.Generate(read(t, text, nil), []roster.Mapping{m}, nil)
		require.ErrorIs(t, err, roster.ErrUnclear, value)
		literal := m
		literal.Literal = []string{value}
		rs, err := roster.Generate(read(t, text, nil), []roster.Mapping{literal}, nil)
		require.NoError(t, err)
		for rule := range rs.All() {
			require.Equal(t, []string{value}, slices.Collect(rule.Values("Region")))
		}
		all := m
		all.All = value
		rs, err = roster.Generate(read(t, text, nil), []roster.Mapping{all}, nil)
		require.NoError(t, err)
		for rule := range rs.All() {
			require.True(t, rule.Wildcard("Region"))
		}
	}
}

// TestGenerateOfGroups: a roster without users gives rules for groups.
func TestGenerateOfGroups(t *testing.T) {
	mapping := []roster.Mapping{{Field: "Account", Attribute: "accounts", Separator: ";"}}
	r := read(t, "group,accounts\nsales,0012;0013\n\"a,b\",7\n", &roster.Options{OfGroups: true})
	require.True(t, r.OfGroups())
	require.Zero(t, r.Len())
	rs, err := roster.Generate(r, mapping, nil)
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, rs.WriteCSV(&out))
	require.Equal(t, "GroupName,Account\na,7\nb,7\nsales,\"0012,0013\"\n", sorted(out.String()))

	for reason, tt := range map[string]struct {
		in   string
		opts roster.Options
		is   error
	}{
		"users are wanted unless groups are allowed": {"group,accounts\ng,1\n", roster.Options{}, roster.ErrHeader},
		"neither users nor groups":                   {"team,accounts\ng,1\n", roster.Options{OfGroups: true}, roster.ErrHeader},
		"a line without a group":                     {"group,accounts\n,1\n", roster.Options{OfGroups: true}, roster.ErrNoGroup},
		"an unclear list of groups":                  {"group,accounts\na;b,1\n", roster.Options{OfGroups: true}, roster.ErrSeparator},
	} {
		_, err := roster.ReadCSV(strings.NewReader(tt.in), &tt.opts)
		require.ErrorIs(t, err, tt.is, reason)
	}
	r = read(t, "group,accounts\ng,1\nh,\n", &roster.Options{OfGroups: true})
	_, err = roster.Generate(r, mapping, nil)
	require.ErrorIs(t, err, roster.ErrMissing)
	rs, err = roster.Generate(r, mapping, &roster.GenerateOptions{SkipMissing: true})
	require.NoError(t, err)
	require.Equal(t, 1, rs.Len())
}

// TestGenerateProves holds that limits, which would show nothing, are errors.
func TestGenerateProves(t *testing.T) {
	var list []string
	for i := range 130 {
		list = append(list, strings.Repeat(string(rune('a'+i%26)), 900)+strings.Repeat("x", i))
	}
	long := strings.Join(list, ";")
	_, err := roster.Generate(read(t, "user,a,b\nal,"+long+","+long+"\n", nil), []roster.Mapping{{Field: "A", Attribute: "a", Separator: ";"}, {Field: "B", Attribute: "b", Separator: ";"}}, nil)
	require.ErrorIs(t, err, roster.ErrUnproven)
	require.ErrorIs(t, err, rls.ErrTooManyRules)
}

// sorted returns the lines of a table in order, the header first.
func sorted(text string) string {
	lines := slices.Collect(strings.Lines(text))
	slices.Sort(lines[1:])
	return strings.Join(lines, "")
}
