package spice

import (
	"context"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

const twoUsers = `UserName,Region,Segment
anna,EMEA,
ben,US,SMB
ben,APAC,Enterprise;SMB
`

func regionTags(status tagrules.Status) *tagrules.Config {
	return &tagrules.Config{Status: status, TagRules: []tagrules.Rule{{TagKey: "region", ColumnName: "Region", TagMultiValueDelimiter: ",", MatchAllValue: "*"}}}
}

// Zero values see nothing, of unrestricted datasets too (S1).
func TestZero(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	require.Len(t, see(t, d, user("anybody")), 15, "the dataset is not empty")

	require.Empty(t, see(t, d, Session{}))
	schema, err := d.Schema(context.Background(), Session{})
	require.NoError(t, err)
	require.Zero(t, schema.NumFields())
	p, err := d.Predicate(Session{})
	require.NoError(t, err)
	require.Equal(t, predicate.OpNone, p.Op())
	_, err = d.Distinct(context.Background(), Session{}, "Region")
	require.ErrorIs(t, err, ErrNoColumn)

	_, err = w.store.CreateDataset(context.Background(), DatasetInput{})
	require.ErrorIs(t, err, ErrInput)
	require.Error(t, d.Attach(context.Background(), Permissions{}))
	_, err = d.Refresh(context.Background(), nil, "")
	require.ErrorIs(t, err, ErrInput)
	require.Len(t, see(t, d, user("anybody")), 15, "what failed changed nothing")
}

// V1, every cell of the table.
func TestWhoSeesWhat(t *testing.T) {
	all := predicate.All()
	anna := predicate.In("Region", "EMEA")
	none := predicate.Predicate{}
	for _, tt := range []struct {
		reason       string
		users, tags  string // statuses; "" is none attached
		anna, carl   predicate.Predicate
		tagged, bare predicate.Predicate
	}{
		{"no rules: everybody sees all", "", "", all, all, all, all},
		{"user rules: anonymous sessions see nothing", "ENABLED", "", anna, none, none, none},
		{"tag rules: registered viewers see nothing", "", "ENABLED", none, none, predicate.In("Region", "US"), none},
		{"both: each kind by its own", "ENABLED", "ENABLED", anna, none, predicate.In("Region", "US"), none},
		{"disabled user rules restrict nobody", "DISABLED", "", all, all, all, all},
		{"disabled tag rules restrict nobody", "", "DISABLED", all, all, all, all},
		{"disabled user rules are none: tag rules stay", "DISABLED", "ENABLED", none, none, predicate.In("Region", "US"), none},
		{"disabled tag rules are none: user rules stay", "ENABLED", "DISABLED", anna, none, none, none},
		{"both disabled", "DISABLED", "DISABLED", all, all, all, all},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			w := newWorld(t)
			d := w.create("sales", sales())
			if tt.users != "" {
				p := permissions(w.rules("rules", twoUsers))
				p.Settings.Status = rls.Status(tt.users)
				require.NoError(t, d.Attach(context.Background(), p))
			}
			if tt.tags != "" {
				require.NoError(t, d.SetTagRules(context.Background(), regionTags(tagrules.Status(tt.tags)), nil))
			}
			for range 2 { // as set, and as stored
				require.Equal(t, want(sales(), tt.anna), see(t, d, user("anna")))
				require.Equal(t, want(sales(), tt.carl), see(t, d, user("carl")), "no rule names carl")
				require.Equal(t, want(sales(), tt.tagged), see(t, d, tagged("region", "US")))
				require.Equal(t, want(sales(), tt.bare), see(t, d, tagged()), "no tags")
				require.Empty(t, see(t, d, Session{}))
				w.open(w.store.disk)
				var err error
				d, err = w.store.Dataset("sales")
				require.NoError(t, err)
			}
		})
	}
}

func TestSessions(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	require.NoError(t, d.SetTagRules(context.Background(), regionTags(""), nil))

	both := tagged("region", "US")
	both.Principal = user("anna").Principal
	refused(t, d, both, ErrSession)
	refused(t, d, Session{Anonymous: user("anna").Principal.User.ARN}, ErrSession)
	refused(t, d, tagged("region", "US", "region", "EMEA"), ErrSession)

	onlyTags := Session{Tags: []tagrules.Tag{{Key: "region", Value: "US"}}}
	require.Len(t, see(t, d, onlyTags), 3, "tags make a session anonymous")

	late := tagged("region", "US")
	late.Expires = w.clock.Now().Add(time.Minute)
	require.Len(t, see(t, d, late), 3)
	w.clock.add(time.Minute)
	refused(t, d, late, ErrExpired)
	require.NotContains(t, tagged("region", "secret").String(), "secret")
}

// V3: changes hold for the next read, an open stream keeps what it had.
func TestChangesHoldForTheNextRead(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	rules := w.rules("rules", twoUsers)
	w.attach(d, rules)
	require.Equal(t, want(sales(), predicate.In("Region", "EMEA")), see(t, d, user("anna")))

	rows := 0
	for rec, err := range d.Records(context.Background(), user("anna")) {
		require.NoError(t, err)
		// In the middle of a stream: other rules, other rows, no rules.
		_, err := rules.Refresh(context.Background(), csvTable("UserName,Region\nanna,US\n"), RefreshFull)
		require.NoError(t, err)
		require.Equal(t, want(sales(), predicate.In("Region", "US")), see(t, d, user("anna")))
		_, err = d.Refresh(context.Background(), sales()[:7], RefreshFull)
		require.NoError(t, err)
		rows += int(rec.NumRows())
	}
	require.Equal(t, 3, rows)
	require.Len(t, see(t, d, user("anna")), 3, "US of the rows that are left")

	second := w.rules("second", "UserName,Segment\nanna,SMB\n")
	w.attach(d, second)
	require.Equal(t, want(sales()[:7], predicate.In("Segment", "SMB")), see(t, d, user("anna")), "the second replaces the first")
	require.NoError(t, d.Detach(context.Background()))
	require.Len(t, see(t, d, user("anna")), 6)
}

// V4: who deletes the permission dataset first locks everybody out.
func TestDeletedRules(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	w.attach(d, w.rules("rules", twoUsers))
	require.NoError(t, d.SetTagRules(context.Background(), regionTags(""), nil))
	require.NotEmpty(t, see(t, d, user("anna")))

	require.NoError(t, w.store.DeleteDataset(context.Background(), "rules"))
	for range 2 {
		refused(t, d, user("anna"), ErrNoRules)
		refused(t, d, tagged("region", "US"), ErrNoRules)
		about, err := d.Describe(context.Background())
		require.NoError(t, err)
		require.True(t, about.Restricted)
		require.Nil(t, about.RowLevelPermissionDataSet)
		if _, err := w.store.Dataset("rules"); err != nil {
			w.rules("rules", twoUsers) // another one of that name is another one
		}
	}
	w.open(w.store.disk)
	d, err := w.store.Dataset("sales")
	require.NoError(t, err)
	refused(t, d, user("anna"), ErrNoRules)
	rules, err := w.store.Dataset("rules")
	require.NoError(t, err)
	w.attach(d, rules)
	require.Len(t, see(t, d, user("anna")), 3)
}

func TestRulesThatCannotBeUsed(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	w.attach(d, w.rules("rules", twoUsers))
	for _, tt := range []struct {
		reason, csv string
		want        error
	}{
		{"a column that the data lacks", "UserName,Country\nanna,FR\n", ErrNoColumn},
		{"no principal column", "Region\nEMEA\n", rls.ErrNoPrincipal},
		{"a quote out of place", "UserName,Region\nanna,EM\"EA\n", rls.ErrBareQuote},
	} {
		other := w.rules("r"+tt.csv[:3], tt.csv)
		require.ErrorIs(t, d.Attach(ctx, permissions(other)), tt.want, tt.reason)
		require.Len(t, see(t, d, user("anna")), 3, "the old rules go on holding")
		require.NoError(t, w.store.DeleteDataset(ctx, other.ID()))
	}
	plain := w.create("plain", csvTable("UserName,Region\nanna,EMEA\n"))
	require.ErrorIs(t, d.Attach(ctx, permissions(plain)), ErrInput, "a dataset of rows is no permission dataset")
	refused(t, w.rules("more", twoUsers), user("anna"), ErrNotVisible)

	rules, err := w.store.Dataset("rules")
	require.NoError(t, err)
	for _, tt := range []struct {
		reason, csv string
		want        error
	}{
		{"a refresh that a dataset could not use", "UserName,Country\nanna,FR\n", ErrNoColumn},
		{"rules that cannot be read", "UserName,Region\nanna,\"\"\n", rls.ErrEmptyItem},
	} {
		_, err := rules.Refresh(ctx, csvTable(tt.csv), RefreshFull)
		require.ErrorIs(t, err, tt.want, tt.reason)
		require.Len(t, see(t, d, user("anna")), 3, tt.reason)
	}
	_, err = d.Refresh(ctx, csvTable("id,Segment\n1,SMB\n"), RefreshFull)
	require.ErrorIs(t, err, ErrNoColumn, "rows without a restricted column")
	require.Len(t, see(t, d, user("anna")), 3)

	p := permissions(rules)
	p.DenyStale = true
	require.NoError(t, d.Attach(ctx, permissions(rules)), "the failed refresh left good rules")
	require.ErrorIs(t, d.Attach(ctx, p), ErrRules)
	_, err = rules.Refresh(ctx, csvTable(twoUsers), RefreshFull)
	require.NoError(t, err)
	require.NoError(t, d.Attach(ctx, p))
	_, err = rules.Refresh(ctx, failing{csvTable(twoUsers)}, RefreshFull)
	require.ErrorIs(t, err, errSource)
	refused(t, d, user("anna"), ErrRules)
}

// Rules that were read for an attachment that came to nothing are not taken for
// those of the next one.
func TestRulesOfAnotherAttachment(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	wide := w.rules("wide", "UserName,Region,Country\nanna,,FR\n")
	narrow := w.rules("narrow", twoUsers)
	require.ErrorIs(t, d.Attach(ctx, permissions(wide)), ErrNoColumn)
	w.attach(d, narrow)
	require.Equal(t, want(sales(), predicate.In("Region", "EMEA")), see(t, d, user("anna")))

	// The same rules, read in another way.
	lists := w.rules("lists", "UserName,Region\nanna,NULL\n")
	p := permissions(lists)
	p.Options = &rls.Options{NullWords: []string{"NULL"}}
	require.NoError(t, d.Attach(ctx, p))
	require.Len(t, see(t, d, user("anna")), 15)
	w.attach(d, lists)
	require.Empty(t, see(t, d, user("anna")))
	w.open(w.store.disk)
	d, err := w.store.Dataset("sales")
	require.NoError(t, err)
	require.Empty(t, see(t, d, user("anna")))
	lists, err = w.store.Dataset("lists")
	require.NoError(t, err)
	p.Settings.Arn = lists.ARN().String()
	require.NoError(t, d.Attach(ctx, p))
	w.open(w.store.disk)
	d, err = w.store.Dataset("sales")
	require.NoError(t, err)
	require.Len(t, see(t, d, user("anna")), 15, "how rules are read is stored with them")
}

type rulesFunc func() (*rls.Rules, error)

func (f rulesFunc) Rules(context.Context) (*rls.Rules, error) { return f() }

// Rules that are not stored hold until the store is closed, and then nobody
// sees a row.
func TestRulesThatAreNotStored(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	read := func(csv string) *rls.Rules {
		rules, err := rls.Read(newTextRows(csvTable(csv)), nil)
		require.NoError(t, err)
		return rules
	}
	require.NoError(t, d.Attach(ctx, Permissions{Rules: read("UserName,Region\nanna,EMEA\n")}))
	require.Len(t, see(t, d, user("anna")), 3)
	require.Empty(t, see(t, d, user("ben")))
	require.ErrorIs(t, d.Attach(ctx, Permissions{Rules: read("UserName,Country\nanna,FR\n")}), ErrNoColumn)
	require.Len(t, see(t, d, user("anna")), 3, "the old rules go on holding")

	var now *rls.Rules
	var nowErr error
	live := rulesFunc(func() (*rls.Rules, error) { return now, nowErr })
	require.ErrorIs(t, d.Attach(ctx, Permissions{Source: live}), ErrNoRules)
	now = read("UserName,Region\nanna,EMEA;US\n")
	require.NoError(t, d.Attach(ctx, Permissions{Source: live}))
	require.Len(t, see(t, d, user("anna")), 6)
	now = read("UserName,Region\nben,EMEA\n")
	require.Empty(t, see(t, d, user("anna")), "the source is asked at every read")
	now, nowErr = nil, errSource
	refused(t, d, user("anna"), ErrRules)
	now, nowErr = nil, nil
	refused(t, d, user("anna"), ErrNoRules)
	now = read("UserName,Country\nanna,FR\n")
	refused(t, d, user("anna"), ErrNoColumn)
	now = read("UserName,Region\nanna,EMEA\n")
	require.Len(t, see(t, d, user("anna")), 3)

	w.open(w.store.disk)
	d, err := w.store.Dataset("sales")
	require.NoError(t, err)
	refused(t, d, user("anna"), ErrNoRules)
	require.NoError(t, d.Attach(ctx, Permissions{Source: live}))
	require.Len(t, see(t, d, user("anna")), 3)
}

// V6.
func TestColumnRules(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	w.attach(d, w.rules("rules", "UserName,GroupName,Region\nanna,,EMEA\n,sellers,US\n"))
	anna, group := user("anna"), user("x", "sellers")
	far := anna.Principal.User.ARN
	far.Region = "eu-west-1"
	require.NoError(t, d.SetColumnRules(ctx,
		ColumnRule{[]string{"Region", "Customer"}, arns(group.Principal.Groups[0].ARN)},
		ColumnRule{[]string{"Customer"}, arns(far)},
	))
	names := func(s Session) (names []string) {
		schema, err := d.Schema(ctx, s)
		require.NoError(t, err)
		for rec, err := range d.Records(ctx, s) {
			require.NoError(t, err)
			require.True(t, rec.Schema().Equal(schema))
		}
		for _, f := range schema.Fields() {
			names = append(names, f.Name)
		}
		return names
	}
	require.Equal(t, []string{"id", "Segment", "Customer"}, names(anna), "by a rule with another Region in its ARN")
	require.Equal(t, want(sales(), predicate.In("Region", "EMEA")), see(t, d, anna), "the filter reads what the viewer does not see")
	require.Equal(t, []string{"id", "Region", "Segment", "Customer"}, names(group))
	require.Equal(t, []string{"id", "Segment"}, names(user("carl")))
	require.Equal(t, []string{"id", "Segment"}, names(tagged()), "anonymous sessions never")
	_, err := d.Distinct(ctx, anna, "Region")
	require.ErrorIs(t, err, ErrNoColumn)
	texts, err := d.Distinct(ctx, group, "Region")
	require.NoError(t, err)
	require.Equal(t, []string{"US"}, texts, "of visible rows only")

	require.ErrorIs(t, d.SetColumnRules(ctx, ColumnRule{[]string{"Nope"}, arns(far)}), ErrNoColumn)
	require.ErrorIs(t, d.SetColumnRules(ctx, ColumnRule{nil, arns(far)}), ErrInput)
	require.ErrorIs(t, d.SetColumnRules(ctx, ColumnRule{[]string{"id"}, nil}), ErrInput)
	require.Equal(t, []string{"id", "Segment"}, names(user("carl")), "the old rules go on holding")
	require.NoError(t, d.SetColumnRules(ctx))
	require.Len(t, names(user("carl")), 4)
}

// V2.
func TestPrepare(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	w.attach(d, w.rules("rules", twoUsers))
	owner, group := user("owner"), user("x", "owners")
	prepare := func(s Session) (n int64, err error) {
		for rec, err := range d.Prepare(ctx, s) {
			if err != nil {
				return n, err
			}
			n += rec.NumRows()
		}
		return n, nil
	}
	_, err := prepare(owner)
	require.ErrorIs(t, err, ErrNotOwner, "nobody is an owner by default")
	owners := arns(owner.Principal.User.ARN, group.Principal.Groups[0].ARN)
	require.NoError(t, d.Update(ctx, DatasetUpdate{Owners: &owners}))
	for _, s := range []Session{owner, group} {
		n, err := prepare(s)
		require.NoError(t, err)
		require.Equal(t, int64(15), n)
		last := w.audit.Records()[len(w.audit.Records())-1]
		require.Equal(t, "PrepareDataSet", last.EventName)
		require.Equal(t, int64(15), *last.ServiceEventDetails.EventResponseDetails.Rows)
		require.Empty(t, see(t, d, s), "in dashboards the rules hold for owners, too")
	}
	for _, s := range []Session{user("anna"), {}, tagged()} {
		n, err := prepare(s)
		require.ErrorIs(t, err, ErrNotOwner)
		require.Zero(t, n)
	}
}

// V8: a schema says nothing of rows, and records end where visible rows say.
func TestNothingOfHiddenRows(t *testing.T) {
	ctx := context.Background()
	boundaries := func(hidden int) (sizes []int64, schema *arrow.Schema) {
		w := newWorld(t)
		rows := table{{"id", "Region"}}
		for i := range 20_000 {
			rows = append(rows, []string{"v", "EMEA"})
			for range hidden * (i % 3) {
				rows = append(rows, []string{"h", "US"})
			}
		}
		d := w.create("sales", rows)
		w.attach(d, w.rules("rules", "UserName,Region\nanna,EMEA\n"))
		for rec, err := range d.Records(ctx, user("anna")) {
			require.NoError(t, err)
			sizes = append(sizes, rec.NumRows())
			schema = rec.Schema()
		}
		return sizes, schema
	}
	none, schema := boundaries(0)
	many, other := boundaries(2)
	require.Equal(t, none, many)
	require.Equal(t, []int64{8192, 8192, 3616}, none)
	require.True(t, schema.Equal(other))
}

// TestColumnRulesThatNameNothing checks that a rule for a column which is not
// there, or not under that name, shows nobody anything: whoever wrote it meant
// some column.
func TestColumnRulesThatNameNothing(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	onlyAnn := func(column string) []ColumnRule {
		return []ColumnRule{{ColumnNames: []string{column}, Principals: arns(user("ann").Principal.User.ARN)}}
	}
	db := &later{table: csvTable("id,ssn\n1,078-05-1120\n")}
	d, err := w.store.CreateDataset(ctx, DatasetInput{ID: "people", ImportMode: DirectQuery})
	require.NoError(t, err)
	require.NoError(t, d.SetColumnRules(ctx, onlyAnn("SSN")...), "nobody knows the columns yet")
	require.NoError(t, d.Connect(db))
	refused(t, d, user("bob"), ErrNoColumn)
	require.ErrorIs(t, d.SetColumnRules(ctx, onlyAnn("SSN")...), ErrNoColumn)
	require.NoError(t, d.SetColumnRules(ctx, onlyAnn("ssn")...))
	require.Equal(t, []string{"1"}, see(t, d, user("bob")))

	db.table = csvTable("id,social\n1,078-05-1120\n")
	refused(t, d, user("bob"), ErrNoColumn)
	refused(t, d, user("ann"), ErrNoColumn)

	require.NoError(t, d.SetColumnRules(ctx))
	child, err := w.store.CreateDataset(ctx, DatasetInput{
		ID: "child", Parent: "people", ColumnRules: onlyAnn("social"),
		Columns: []Column{{Name: "id"}, {Name: "number", From: "social"}},
	})
	require.NoError(t, err)
	refused(t, child, user("bob"), ErrNoColumn)
}
