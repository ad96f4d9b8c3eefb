package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls/roster"
)

// generateFlags say what rules are made of a roster.
type generateFlags struct {
	users    rosterFlags
	maps     []string
	lists    []string
	all      string
	literals []string
	out      string
	opts     roster.GenerateOptions
}

func newGenerate() *cobra.Command {
	var f generateFlags
	cmd := &cobra.Command{
		Use:     "generate --users ROSTER --map COLUMN=ATTRIBUTE... [flags]",
		Short:   "Write rules from a roster",
		Long:    generateHelp,
		Example: generateExamples,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	f.users.ofGroups = true
	f.users.register(flags, "; its attributes say what each user may see")
	flags.StringArrayVar(&f.maps, "map", nil, "`COLUMN=ATTRIBUTE`: a column of the data, and the column of the roster with the values for it; may be repeated")
	flags.StringArrayVar(&f.lists, "list", nil, "`COLUMN[=SEPARATOR]`: the cells for this column are lists (default separator: a comma, with quotes as in rules); may be repeated")
	flags.StringVar(&f.all, "all", "", "`VALUE` of an attribute that means all values")
	flags.StringArrayVar(&f.literals, "literal", nil, "`VALUE` such as * that is an ordinary value and does not mean all values; may be repeated")
	flags.BoolVar(&f.opts.Groups, "groups", false, "write one rule for each group; its members must have the same attributes")
	flags.BoolVar(&f.opts.SkipMissing, "skip-missing", false, "leave out lines that lack an attribute; users without another line then see nothing")
	registerOut(cmd, &f.out)
	return cmd
}

func (f *generateFlags) run(cmd *cobra.Command) error {
	mapping, err := f.mapping()
	if f.users.paths == nil {
		err = errors.Join(errors.New("the roster is missing: want --users FILE"), err)
	}
	if err != nil {
		return err
	}
	r, err := f.users.read(cmd)
	if err != nil {
		return err
	}
	rules, err := roster.Generate(r, mapping, &f.opts)
	if errors.Is(err, roster.ErrUnclear) {
		err = errors.Join(err, errors.New("say what such a value is: --all VALUE if it stands for all values, or --literal VALUE if it is a value like others"))
	}
	if err != nil {
		return err
	}
	if err := writeOut(cmd, f.out, f.users.files(), rules.WriteCSV); err != nil {
		return err
	}
	noteLists(cmd.ErrOrStderr(), r, mapping)
	from := plain.Count(r.Len(), "user")
	if r.OfGroups() {
		from = "groups"
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s from %s\n", plain.Count(rules.Len(), "rule"), from)
	return nil
}

// mapping returns what the flags map. Every problem is reported.
func (f *generateFlags) mapping() ([]roster.Mapping, error) {
	list, err := pairs("map", "COLUMN=ATTRIBUTE", f.maps)
	if f.maps == nil {
		err = errors.Join(err, errors.New("the mapping is missing: want --map COLUMN=ATTRIBUTE"))
	}
	var mapping []roster.Mapping
	for _, m := range list {
		mapping = append(mapping, roster.Mapping{Field: m[0], Attribute: m[1], All: f.all, Literal: f.literals})
	}
	for _, arg := range f.lists {
		column, separator, given := strings.Cut(arg, "=")
		if !given {
			separator = ","
		}
		at := slices.IndexFunc(mapping, func(m roster.Mapping) bool { return m.Field == column })
		switch {
		case separator == "":
			err = errors.Join(err, fmt.Errorf("--list %s: got no separator, want COLUMN=SEPARATOR, or COLUMN for commas", arg))
		case at < 0 && f.maps != nil:
			err = errors.Join(err, fmt.Errorf("--list: no --map has the column %q", column))
		case at >= 0 && mapping[at].Separator != "":
			err = errors.Join(err, fmt.Errorf("--list: column %q is given twice", column))
		case at >= 0:
			mapping[at].Separator = unescape(separator)
		}
	}
	return mapping, err
}

// unescape returns the separator that a flag gives: \t is a tab, and \n a line
// end.
func unescape(separator string) string {
	return strings.NewReplacer(`\t`, "\t", `\n`, "\n").Replace(separator)
}

// noteLists says which attributes were taken for one value and look like lists.
func noteLists(w io.Writer, r *roster.Roster, mapping []roster.Mapping) {
	for _, m := range mapping {
		if m.Separator != "" {
			continue
		}
		cells, first := 0, ""
		for text := range r.Cells(m.Attribute) {
			if strings.ContainsAny(text, ",;|\t\n") {
				if cells++; cells == 1 {
					first = text
				}
			}
		}
		if cells > 0 {
			fmt.Fprintf(w, "note: column %q of the roster: %q is one value, like every cell; if the cells are lists, use --list %s or --list '%s=SEPARATOR'\n", m.Attribute, first, m.Field, m.Field)
		}
	}
}
