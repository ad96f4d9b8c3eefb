package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/internal/columns"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/spice/audit"
)

const (
	auditHelp = `Audit answers questions from audit records of datasets and keys: the log of a store (the
file audit.jsonl in a folder of rowsight serve) and the files that AWS CloudTrail delivers.
LOG holds one record, a list, an object with Records, or one of these on each line, with or
without gzip; - is standard input.

  key      which key encrypts a dataset, according to its newest record of the kinds
           CreateGrant and RetireGrant
  reads    who read its rows, and whether the read succeeded; with --key-use also each use
           of its key. In CloudTrail, uses of the key are the only trace of a read
  changes  changes of the dataset, and of the keys that it has used
  verify   whether somebody changed, removed or inserted a line of LOG. It works for logs
           of a store, in which each line has a digest of all earlier lines. Several files
           are one log, in the order given

--label lists the reads of sessions with that label. A program can label its sessions, for
example by tenant.

--dataset names a dataset by its ARN, or by its id if that is unique. Without it, key,
reads and changes answer for all datasets of the records. They trust the content of LOG;
only verify checks it. Times are in UTC.

verify prints the head of the log, its position and digest. Keep the head in a place where
the writers of the log cannot write, and pass it with --head later: verify then detects
lines that were cut off the end. It cannot detect records that were never written.

Exit codes
  0  done, with or without matching records
  1  wrong usage, or a missing file
  2  a record that cannot be read, an answer that cannot be written
  3  verify: the log was altered`

	auditExamples = `  # which key encrypts each dataset, according to CloudTrail?
  rowsight audit key cloudtrail/*.json.gz

  # who read the visits?
  rowsight audit reads --dataset visits audit.jsonl

  # who read it in the sessions of one customer?
  rowsight audit reads --label customer-1 audit.jsonl

  # how was the dataset changed?
  rowsight audit changes --format json \
      --dataset arn:aws:quicksight:us-east-1:111122223333:dataset/visits audit.jsonl

  # was the log altered?
  rowsight audit verify --head "$(cat safe/head)" audit.jsonl`
)

// auditFlags are the options of the subcommand, as they were given.
type auditFlags struct {
	dataset string
	label   string // of reads
	keyUse  bool
	outputFlags

	keyFile string // of verify
	head    string
	start   string
}

// questions are what a trail can be asked.
var questions = []string{"key", "reads", "changes", "verify"}

func newAudit() *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{
		Use: `audit key|reads|changes [--dataset DATASET] [flags] LOG...
  rowsight audit verify [flags] LOG...`,
		Short:   "Say who read a dataset, and which key encrypts it",
		Long:    auditHelp,
		Example: auditExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return questions, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveDefault
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.dataset, "dataset", "", "`DATASET`: an ARN, or the id at its end (default: all)")
	flags.StringVar(&f.label, "label", "", "`LABEL` of sessions, such as a tenant: list only their reads (reads)")
	flags.BoolVar(&f.keyUse, "key-use", false, "also list uses of the key (reads)")
	flags.StringVar(&f.keyFile, "key-file", "", "`FILE` with the key of the log, in hexadecimal digits (verify)")
	flags.StringVar(&f.head, "head", "", "`HEAD` that verify printed earlier (verify)")
	flags.StringVar(&f.start, "start", "", "`HEAD` of the file before the first LOG (verify)")
	f.outputFlags.register(cmd, "`FORMAT` to write: table, csv or json", "table", "csv", "json")
	return cmd
}

func (f *auditFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.check(cmd, args); err != nil {
		return err
	}
	if args[0] == "verify" {
		return f.verify(cmd, args[1:])
	}
	trail, err := readTrail(cmd, args[1:])
	if err != nil {
		return err
	}
	datasets, err := f.datasets(trail)
	if err != nil {
		return err
	}
	var a answer
	switch args[0] {
	case "key":
		a = keysInUse(trail, datasets)
	case "reads":
		ask := trail.Reads
		if f.keyUse {
			ask = trail.WhoRead
		}
		a = eventsOf(datasets, labelled(ask, f.label))
	case "changes":
		a = eventsOf(datasets, trail.Changes)
	}
	return writeOut(cmd, f.out, args[1:], func(w io.Writer) error { return a.write(w, f.format) })
}

// check reports everything that is wrong with the command line.
func (f *auditFlags) check(cmd *cobra.Command, args []string) error {
	var errs []error
	verify := len(args) > 0 && args[0] == "verify"
	switch {
	case len(args) == 0:
		errs = append(errs, errors.New("the question is missing: want key, reads, changes or verify"))
	case !slices.Contains(questions, args[0]):
		errs = append(errs, fmt.Errorf("got %q, want key, reads, changes or verify", args[0]))
	case len(args) == 1:
		errs = append(errs, errors.New("the logs are missing: want LOG"))
	}
	for _, flag := range []string{"label", "key-use"} {
		if cmd.Flags().Changed(flag) && len(args) > 0 && args[0] != "reads" {
			errs = append(errs, fmt.Errorf("--%s is for reads", flag))
		}
	}
	if cmd.Flags().Changed("label") {
		if err := audit.CheckLabel(f.label); err != nil {
			errs = append(errs, fmt.Errorf("--label: %w", err))
		}
	}
	for _, flag := range []string{"key-file", "head", "start"} {
		if cmd.Flags().Changed(flag) && !verify {
			errs = append(errs, fmt.Errorf("--%s is for verify", flag))
		}
	}
	for _, flag := range []string{"dataset", "format"} {
		if cmd.Flags().Changed(flag) && verify {
			errs = append(errs, fmt.Errorf("--%s is not for verify, which reads all lines", flag))
		}
	}
	return errors.Join(append(errs, checkChoices(cmd))...)
}

// openLog opens a log, or standard input.
func openLog(cmd *cobra.Command, path string) (io.ReadCloser, error) {
	if path == input.Stdin {
		return io.NopCloser(input.Reader(cmd.Context(), cmd.InOrStdin())), nil
	}
	return input.OpenFile(cmd.Context(), path)
}

// readTrail reads all logs. An answer from some of the records might be a wrong
// one: if one cannot be read there is none.
func readTrail(cmd *cobra.Command, paths []string) (*audit.Trail, error) {
	trail := new(audit.Trail)
	var bad []error
	for _, path := range paths {
		log, err := openLog(cmd, path)
		if err != nil {
			return nil, err
		}
		bad = append(bad, trail.Read(log, path))
		log.Close()
	}
	if err := errors.Join(bad...); err != nil {
		return nil, &dataError{err}
	}
	return trail, nil
}

// datasets returns the ARNs to answer for.
func (f *auditFlags) datasets(trail *audit.Trail) ([]string, error) {
	if strings.HasPrefix(f.dataset, "arn:") {
		return []string{f.dataset}, nil
	}
	var datasets, all []string
	for _, arn := range trail.Resources() {
		_, resource, _ := strings.Cut(arn, ":dataset/")
		if f.dataset == "" || resource == f.dataset {
			datasets = append(datasets, arn)
		}
		all = append(all, arn)
	}
	switch {
	case f.dataset == "" || len(datasets) == 1:
		return datasets, nil
	case len(datasets) > 1:
		return nil, fmt.Errorf("--dataset: %d datasets have the id %q: want one of %s", len(datasets), f.dataset, strings.Join(datasets, ", "))
	}
	return nil, fmt.Errorf("--dataset: no record names %q; the records name %s", f.dataset, cmp.Or(strings.Join(all, ", "), "none"))
}

// An answer is a table, and the same for programs.
type answer struct {
	head []string
	rows [][]string
	json any
}

// keyInUse is the answer for one dataset.
type keyInUse struct {
	Dataset string       `json:"dataset"`
	Key     string       `json:"key"`   // "" is none
	Event   *audit.Event `json:"event"` // null: no record says
}

func keysInUse(trail *audit.Trail, datasets []string) answer {
	a := answer{head: []string{"Dataset", "Key", "Since", "Event"}}
	all := []keyInUse{}
	for _, arn := range datasets {
		event, ok := trail.KeyInUse(arn)
		if !ok {
			all = append(all, keyInUse{Dataset: arn})
			a.rows = append(a.rows, []string{arn, "(no grant event)", "", ""})
			continue
		}
		all = append(all, keyInUse{arn, event.Key, &event})
		a.rows = append(a.rows, []string{arn, cmp.Or(event.Key, "(none)"), stamp(event.Time), event.Name})
	}
	a.json = all
	return a
}

// labelled keeps events of sessions with a label; "" keeps all.
func labelled(ask func(string) []audit.Event, label string) func(string) []audit.Event {
	return func(dataset string) []audit.Event {
		return slices.DeleteFunc(ask(dataset), func(e audit.Event) bool { return label != "" && e.Who.Label != label })
	}
}

func eventsOf(datasets []string, ask func(string) []audit.Event) answer {
	a := answer{head: []string{"Time", "Who", "Event", "Error", "Rows", "Version", "Rules", "Change", "Dataset", "Key", "Label"}}
	type place struct {
		file string
		line int
		id   string
	}
	seen := make(map[place]bool) // an event may be of several datasets
	events := []audit.Event{}
	for _, arn := range datasets {
		for _, e := range ask(arn) {
			at := place{e.File, e.Line, e.Name + stamp(e.Time) + e.Resource + e.Key + e.Who.String()}
			if !seen[at] {
				seen[at] = true
				events = append(events, e)
			}
		}
	}
	slices.SortStableFunc(events, func(a, b audit.Event) int { return a.Time.Compare(b.Time) })
	for _, e := range events {
		a.rows = append(a.rows, []string{
			stamp(e.Time), e.Who.String(), e.Name, e.Error, number(e.Rows), number(&e.Version), e.RulesVersion, e.Change, e.Resource, e.Key, e.Who.Label,
		})
	}
	a.json = events
	return a
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

// number returns a number, and nothing for none. Versions count from 1.
func number[T int64 | uint64](n *T) string {
	if n == nil {
		return ""
	}
	if _, version := any(n).(*uint64); version && *n == 0 {
		return ""
	}
	return fmt.Sprint(*n)
}

func (a answer) write(w io.Writer, format string) error {
	switch format {
	case "csv":
		out := csv.NewWriter(w)
		out.Write(a.head) // a csv.Writer keeps its error
		out.WriteAll(a.rows)
		return out.Error()
	case "json":
		return writeIndented(w, a.json)
	}
	var table [][]string
	filled := a.filled()
	for _, row := range append([][]string{a.head}, a.rows...) {
		var cells []string
		for _, c := range filled {
			cell := row[c]
			if cell != "" && !strings.HasPrefix(cell, "(") {
				cell = plain.Text(cell) // a log may hold anything, and terminals obey
			}
			cells = append(cells, cell)
		}
		table = append(table, cells)
	}
	_, err := w.Write(columns.Append(nil, table))
	return err
}

// filled returns the columns that hold anything: all others only take room.
func (a answer) filled() (columns []int) {
	for c := range a.head {
		if len(a.rows) == 0 || slices.ContainsFunc(a.rows, func(row []string) bool { return row[c] != "" }) {
			columns = append(columns, c)
		}
	}
	return columns
}

// verify verifies files that are one log.
func (f *auditFlags) verify(cmd *cobra.Command, paths []string) error {
	check, err := f.checkFlags(cmd.Context())
	if err != nil {
		return err
	}
	logs := make([]*countedLog, len(paths))
	var all []io.Reader
	for i, path := range paths {
		log, err := openLog(cmd, path)
		if err != nil {
			return err
		}
		defer log.Close()
		logs[i] = &countedLog{Reader: log}
		all = append(all, logs[i])
	}
	head, err := check.Verify(io.MultiReader(all...))
	if line, ok := errors.AsType[*audit.LineError](err); ok {
		at, n := 0, line.Line // of the file that the line is in
		for at < len(logs)-1 && n > logs[at].lines {
			n -= logs[at].lines
			at++
		}
		err = fmt.Errorf("%s:%d: %w", paths[at], n, line.Err)
		if slices.ContainsFunc(tampered, func(why error) bool { return errors.Is(err, why) }) {
			return &foundError{err.Error()}
		}
	}
	if err != nil {
		return &dataError{err}
	}
	return writeOut(cmd, f.out, paths, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s, as written; the head is\n%s\n", plain.Count(int(head.Sequence-check.Start.Sequence), "record"), head)
		return err
	})
}

// tampered is what verify looks for. Other errors are those of disks.
var tampered = []error{audit.ErrLine, audit.ErrTorn, audit.ErrSequence, audit.ErrPrevious, audit.ErrDigest, audit.ErrHead}

// checkFlags returns what the flags say a log is verified against.
func (f *auditFlags) checkFlags(ctx context.Context) (check audit.Check, err error) {
	var errs []error
	for _, flag := range []struct {
		name, value string
		head        *audit.Head
	}{{"start", f.start, &check.Start}, {"head", f.head, &check.Head}} {
		if flag.value == "" {
			continue
		}
		if *flag.head, err = audit.ParseHead(strings.TrimSpace(flag.value)); err != nil {
			errs = append(errs, fmt.Errorf("--%s: %w", flag.name, err))
		}
	}
	if f.keyFile != "" {
		text, err := input.ReadFile(ctx, f.keyFile, maxValue)
		if err != nil {
			return audit.Check{}, errors.Join(append(errs, err)...)
		}
		if check.Key, err = hex.DecodeString(strings.TrimSpace(string(text))); err != nil { // which would quote it
			errs = append(errs, fmt.Errorf("--key-file: %s: want hexadecimal digits", f.keyFile))
		}
	}
	return check, errors.Join(errs...)
}

// A countedLog counts the lines of a log while it is read.
type countedLog struct {
	io.Reader
	lines int
}

func (c *countedLog) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.lines += bytes.Count(p[:n], []byte{'\n'})
	return n, err
}
