package migrate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/records"
)

// errBinds is why rules are refused that read as they should and do not do what
// they should: with them somebody would see more or less.
var errBinds = errors.New("the rewritten rules would change what a user sees")

// rules rewrites one file and proves it.
func (m *planner) rules(files Files, f RuleFile) error {
	if files == nil {
		return errNoFiles
	}
	data, err := files.ReadRules(m.ctx, f.Name)
	if err != nil {
		return err
	}
	f.Options.File = f.Name
	old, err := rls.ReadCSV(bytes.NewReader(data), &f.Options)
	if err != nil {
		return err
	}
	r := Rules{Source: f.Name, SourceOptions: f.Options, SourceSHA256: sum(data), Target: f.Name, TargetOptions: f.Options}
	w := rewriter{m: m, old: old, opts: f.Options, version: f.FormatVersion}
	if w.version == "" {
		w.version = old.FormatVersion()
	}
	if old.FormatVersion() == rls.Version2 && w.version == rls.Version1 {
		return fmt.Errorf("rules of %s cannot become %s: names know no account and no namespace", rls.Version2, rls.Version1)
	}
	text, err := w.rewrite()
	if err != nil {
		return err
	}
	if r.Copied = w.copied; w.copied > 0 {
		r.Target, r.Data, r.TargetOptions = f.Target, text, w.options()
		if r.Target == "" {
			ext := path.Ext(f.Name)
			r.Target = strings.TrimSuffix(f.Name, ext) + "." + m.in.To + ext
		}
		r.TargetOptions.File = r.Target
		if r.Target == f.Name || slices.ContainsFunc(m.plan.Rules, func(o Rules) bool { return o.Target == r.Target || o.Source == r.Target }) {
			return fmt.Errorf("target %q is a file of its own already", r.Target)
		}
	}
	new := old
	if w.copied > 0 {
		if new, err = rls.ReadCSV(strings.NewReader(r.Data), &r.TargetOptions); err != nil {
			return err
		}
	}
	m.plan.Rules = append(m.plan.Rules, r)
	report := newReport(m.plan)
	before, after := m.plan.principals()
	for i, u := range m.plan.Users {
		report.rows(r.Target, u.Old, u.NewArn, old, new, before[i], after[i])
	}
	if err := report.others(m.ctx, m.d, m.plan, r.Target, old, new); err != nil {
		return err
	}
	if !report.Passed() {
		return fmt.Errorf("%w:\n%s", errBinds, report)
	}
	return nil
}

func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// A rewriter copies the rules of those who move.
type rewriter struct {
	m       *planner
	old     *rls.Rules
	opts    rls.Options
	version rls.FormatVersion // of what is written
	copied  int
}

// rewrite returns the new file.
//
//	version 1 → 1   for new users only          | old rule | –        |
//	version 1 → 2   old rules by ARN, and copies | old rule | new rule |
//	version 2 → 2   old rules, and copies        | old rule | new rule |
//
// A copy names the new user in place of the old, the new group in place of the
// old. If a rule names a user who moves and a group of which nobody moves, or
// the other way round, the copy is for the one that moves.
func (w *rewriter) rewrite() (string, error) {
	header := records.Header(w.old, "UserName", "GroupName")
	if w.version == rls.Version2 {
		header = records.Header(w.old, "UserARN", "GroupARN")
	}
	var b bytes.Buffer
	out := csvtext.NewWriter(&b, nil)
	err := out.Write(header)
	write := func(rule rls.Rule, user, group string) {
		err = errors.Join(err, out.Write(records.Record(w.old, rule, user, group)))
	}
	for rule := range w.old.All() {
		if w.version == rls.Version2 {
			write(rule, w.arn(namespace.KindUser, rule.User()), w.arn(namespace.KindGroup, rule.Group()))
		}
		user, group := w.moved(rule)
		if user != "" || group != "" {
			write(rule, user, group)
			w.copied++
		}
	}
	err = errors.Join(err, out.Flush())
	return b.String(), err
}

// moved returns what the copy of a rule has in its principal columns, "" for
// who does not move.
func (w *rewriter) moved(rule rls.Rule) (user, group string) {
	if old, ok := w.identity(namespace.KindUser, rule.UserID()); ok {
		user = w.m.user[old]
	}
	if rule.User() != "" && user == "" && w.opts.Dual == rls.UserFirst {
		return "", "" // the rule is the user's alone
	}
	if old, ok := w.identity(namespace.KindGroup, rule.GroupID()); ok {
		if i, ok := w.m.group[old]; ok {
			group = w.m.plan.Groups[i].New.Name
		}
	}
	if w.version == rls.Version2 {
		to := w.m.in.To
		user, group = w.text(namespace.KindUser, to, user), w.text(namespace.KindGroup, to, group)
	}
	return user, group
}

// identity returns the name of a principal of a rule, if it is of the namespace
// that users move from.
func (w *rewriter) identity(kind namespace.Kind, id namespace.Identity) (name string, ok bool) {
	if id.IsZero() || !id.ARN.IsZero() {
		return id.Name, !id.IsZero() && id.ARN.Same(w.m.d.ARN(kind, w.m.in.From, id.Name))
	}
	return id.Name, id.Namespace == w.m.in.From
}

// arn returns what stands for a principal of the old file in one of version 2.
func (w *rewriter) arn(kind namespace.Kind, text string) string {
	if w.old.FormatVersion() == rls.Version2 {
		return text
	}
	return w.text(kind, w.old.Namespace(), text)
}

func (w *rewriter) text(kind namespace.Kind, ns, name string) string {
	return w.m.d.ARN(kind, ns, name).String() // "" for ""
}

// options returns how the new file is to be used: as the old one, with the
// standard names of columns, and with the namespace of version 1.
func (w *rewriter) options() rls.Options {
	o := w.opts
	o.User, o.Group, o.Delimiter, o.FormatVersion, o.Namespace = "", "", 0, w.version, ""
	if w.version == rls.Version1 {
		o.Namespace = w.m.in.To
	}
	if o.Settings != nil {
		s := *o.Settings
		s.FormatVersion, s.Namespace = w.version, nil
		if w.version == rls.Version1 {
			s.Namespace = &w.m.plan.To
		}
		o.Settings = &s
	}
	return o
}

// readSource reads the file of rules that the plan was made from.
func readSource(ctx context.Context, files Files, r Rules) ([]byte, error) {
	if files == nil {
		return nil, errNoFiles
	}
	text, err := files.ReadRules(ctx, r.Source)
	if err == nil && sum(text) != r.SourceSHA256 {
		err = fmt.Errorf("%s: %w", r.Source, ErrOutdated)
	}
	return text, err
}

// readBoth reads a file of rules before and after, as they are now.
func readBoth(ctx context.Context, files Files, r Rules) (old, new *rls.Rules, err error) {
	before, err := readSource(ctx, files, r)
	if err != nil {
		return nil, nil, err
	}
	after := before
	if r.Target != r.Source {
		if after, err = files.ReadRules(ctx, r.Target); err != nil {
			return nil, nil, err
		}
	}
	old, err = rls.ReadCSV(bytes.NewReader(before), &r.SourceOptions)
	if err != nil {
		return nil, nil, err
	}
	new, err = rls.ReadCSV(bytes.NewReader(after), &r.TargetOptions)
	return old, new, err
}

var errNoFiles = errors.New("the plan has rules, but Files is nil")
