package rlstest

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/boxes"
	"github.com/rowsight/rowsight/rls/internal/records"
)

// A Mutation is the result of a mutation test: the wrong rules that the cases
// do not detect. Tried is the sum of Killed, Equivalent, and the number of
// Survivors.
type Mutation struct {
	Possible   int // all mutants of the rules
	Tried      int // at most Options.MaxMutants
	Killed     int // a case fails with the mutant
	Equivalent int // the mutant changes no visible row
	Survivors  []Mutant
	Duration   time.Duration
}

// Mutate changes the rules, one change at a time, and checks whether a passing
// case then fails. If no case fails, nobody would notice the change if it were
// made by mistake.
//
// Mutate drops rules, assigns them to other principals, widens and narrows
// them, and drops, adds and swaps values. In tag rules it also drops keys of lists,
// lists, delimiters and match-all values. A change that does not change the visible
// rows of any user or group is equivalent and not a survivor. Only cases of
// affected viewers run again. The result is deterministic.
//
// The error is the error of ctx and comes with the zero Mutation.
func (s *Suite) Mutate(ctx context.Context, opts *Options) (Mutation, error) {
	o := *cmp.Or(opts, new(Options))
	o.Mutate = true
	r, err := s.Run(ctx, &o)
	if err != nil || r.Mutation == nil {
		return Mutation{}, err
	}
	return *r.Mutation, nil
}

// verdict is what came of a mutant.
type verdict uint8

const (
	survived verdict = iota
	killed
	equivalent
	impossible // not even rules
)

// attempt is a mutant and how to find out what comes of it.
type attempt struct {
	Mutant
	try func() verdict
}

func (s *Suite) mutate(ctx context.Context, o *Options, runs []run, results []Result) (Mutation, error) {
	start := time.Now()
	passes := func(i int) bool { return results[i].Status == Passed }
	var m Mutation
	var all []attempt
	if s.rules != nil {
		all, m.Possible = s.mutateRules(runs, passes, o.MaxMutants)
	}
	if s.config != nil {
		tags := s.mutateTags(runs, passes)
		m.Possible += len(tags)
		all = append(all, tags...)
	}
	all = sample(all, o.MaxMutants)
	verdicts := make([]verdict, len(all))
	if err := parallel(ctx, o.Workers, len(all), func(i int) { verdicts[i] = all[i].try() }); err != nil {
		return Mutation{}, err
	}
	for i, v := range verdicts {
		switch v {
		case impossible:
			m.Possible--
			continue
		case killed:
			m.Killed++
		case equivalent:
			m.Equivalent++
		default:
			m.Survivors = append(m.Survivors, all[i].Mutant)
		}
		m.Tried++
	}
	m.Duration = time.Since(start)
	return m, nil
}

// mutator tries changes of user-based rules.
type mutator struct {
	*Suite
	table   *ruleTable
	columns []string
	opts    rls.Options
	runs    []run
	viewers []*viewer
	byRule  map[int][]*viewer

	written func(rule int) []string // the cells of a rule, made once
}

// mutateRules returns at most limit mutants of the rules, spread evenly, and how
// many there are. It goes through them twice and does not hold them all: a large
// file has millions.
func (s *Suite) mutateRules(runs []run, use func(i int) bool, limit int) (all []attempt, possible int) {
	t := newRuleTable(s.rules)
	user, group := s.rules.PrincipalColumns()
	m := &mutator{Suite: s, table: t, columns: records.Header(s.rules, user, group), opts: *s.ruleOpt, runs: runs, viewers: s.viewers(t, use)}
	m.opts.MaxRunes = -1 // a longer list is a wrong rule and not a wrong file
	m.byRule = make(map[int][]*viewer)
	for _, v := range m.viewers {
		for _, i := range v.rules {
			m.byRule[i] = append(m.byRule[i], v)
		}
	}
	m.written = cached(len(t.all), func(i int) []string { return s.cells(t.all[i]) })
	for range s.changes(t) {
		possible++
	}
	i := 0
	for c := range s.changes(t) {
		if sampled(i, possible, limit) {
			all = append(all, attempt{c.Mutant, func() verdict { return m.try(c) }})
		}
		i++
	}
	return all, possible
}

// cached makes each of n things at most once, when it is first asked for.
func cached[T any](n int, build func(i int) T) func(i int) T {
	once := make([]sync.Once, n)
	made := make([]T, n)
	return func(i int) T {
		once[i].Do(func() { made[i] = build(i) })
		return made[i]
	}
}

// try finds out what comes of a change. First the cases are asked, because a
// mutant that one kills is not equivalent, and finding that out takes longer.
func (m *mutator) try(c change) verdict {
	var alone *rls.Rules
	if !c.drop {
		var err error
		if alone, err = m.read([][]string{c.cells}); err != nil {
			return impossible
		}
	}
	touched := m.byRule[c.rule]
	if c.gives >= 0 {
		touched = append(slices.Clone(touched), m.byRule[c.gives]...)
	}
	known := make(map[string]outcome)
	for _, v := range touched {
		applies := applies(alone, v.who)
		key := classOf(v.rules, applies)
		now, ok := known[key]
		if !ok {
			before := &m.runs[v.cases[0]]
			now = m.outcome(before, m.rulesFor(v.who, v.rules, c, applies))
			if now.err == nil { // an error tells whose it is
				known[key] = now
			}
		}
		if now.same {
			continue
		}
		for _, i := range v.cases {
			if !m.cases[i].holds(m.data, now.seen, now.err) {
				return killed
			}
		}
	}
	if m.equivalent(c, alone) {
		return equivalent
	}
	return survived
}

// outcome is what a viewer sees with a mutant.
type outcome struct {
	seen
	err  error
	same bool // as without it
}

func (m *mutator) outcome(before *run, now run) outcome {
	if before.key == now.key {
		return outcome{same: true}
	}
	saw, err := now.see(m.data)
	return outcome{seen: saw, err: err}
}

// applies reports whether rules apply to a viewer.
func applies(rules *rls.Rules, who namespace.Principal) bool {
	for range rules.Applied(who) {
		return true
	}
	return false
}

// classOf returns a text that viewers share who have the same rules.
func classOf(rules []int, applies bool) string {
	b := make([]byte, 0, 4*len(rules)+1)
	for _, i := range rules {
		b = binary.LittleEndian.AppendUint32(b, uint32(i))
	}
	if applies {
		b = append(b, 1)
	}
	return string(b)
}

// rulesFor resolves a viewer with a change made. The viewer's rules are read
// anew, and no others, so that the limits, repeated rules and every option work
// as they do for the whole file.
func (m *mutator) rulesFor(who namespace.Principal, own []int, c change, applies bool) run {
	cells := make([][]string, 0, len(own)+1)
	for _, i := range own {
		if i != c.rule {
			cells = append(cells, m.written(i))
		}
	}
	if applies {
		cells = append(cells, c.cells)
	}
	rules, err := m.read(cells)
	if err != nil {
		return newRun(predicate.Predicate{}, err)
	}
	return newRun(rules.For(who))
}

func (m *mutator) read(cells [][]string) (*rls.Rules, error) {
	return rls.Read(&rows{columns: m.columns, cells: cells}, &m.opts)
}

// equivalent reports whether a change alters what nobody sees. It is enough to
// look at each principal that the rule names, or named, alone: what a user sees
// who is in groups is what each of them sees, together, up to the limits on what
// may apply to one viewer (U14, U15).
func (m *mutator) equivalent(c change, alone *rls.Rules) bool {
	named := principalsOf(m.table.all[c.rule])
	for r := range alone.All() {
		named = append(named, principalsOf(r)...)
	}
	for _, who := range named {
		var own []int
		for r := range m.rules.Applied(who) {
			i := r.Index()
			own = append(append(own, i), m.table.again[i]...)
		}
		slices.Sort(own)
		before := newRun(m.rules.For(who))
		now := m.rulesFor(who, own, c, applies(alone, who))
		switch {
		case before.key == now.key:
		case before.err != nil && now.err != nil: // nothing is seen, for another reason
		case before.err != nil || now.err != nil:
			return false
		case !same(before.rows, now.rows):
			return false
		}
	}
	return true
}

// maxSteps bounds the comparison for one mutant, of which there may be many
// thousands.
const maxSteps = 1 << 20

// same reports whether p and q are known to have the same rows. If that is too
// hard to decide, the mutant counts as one that a case has to kill.
func same(p, q predicate.Predicate) bool {
	ok, err := boxes.Same(predicate.NewEffort(context.Background(), maxSteps), p, q)
	return ok && err == nil
}

// principalsOf returns the user and the group that a rule names, each alone.
func principalsOf(r rls.Rule) (named []namespace.Principal) {
	if user := r.UserID(); !user.IsZero() {
		named = append(named, namespace.Principal{User: user})
	}
	if group := r.GroupID(); !group.IsZero() {
		named = append(named, namespace.Principal{Groups: []namespace.Identity{group}})
	}
	return named
}
