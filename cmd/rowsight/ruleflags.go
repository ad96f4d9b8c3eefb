package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/rulefile"
	"github.com/rowsight/rowsight/rls"
)

// ruleFlags say how permission datasets are read: the options of package rls.
type ruleFlags struct {
	namespace     string
	user, group   string
	delimiter     string
	sheet         string
	nullWords     []string
	dual          string
	hideNulls     bool
	maxCharacters int
	allowNoFields bool
	settings      string
	dataSet       string // of a document with several; also of tag rules
}

func (f *ruleFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.namespace, "rules-namespace", "", "`NAMESPACE` that the names in the rules belong to (default \"default\")")
	flags.StringVar(&f.user, "user-column", "", "`NAME` of the column of users in the rules (default: UserName or UserARN)")
	flags.StringVar(&f.group, "group-column", "", "`NAME` of the column of groups in the rules (default: GroupName or GroupARN)")
	flags.StringVar(&f.delimiter, "rules-delimiter", "", "`CHARACTER` between CSV fields of the rules; \\t is a tab (default: a comma, or what the header shows)")
	flags.StringVar(&f.sheet, "sheet", "", "`NAME` of the sheet, if rules are a workbook (.xlsx) with several")
	flags.StringArrayVar(&f.nullWords, "null-word", nil, "`TEXT` that means no value: a cell of the rules with this text is a wildcard; may be repeated")
	flags.StringVar(&f.dual, "dual", "", "`READING` of rules with both a user and a group: either, user-first, reject. either applies the rule to the user and to the group, user-first to the user only; reject makes it an error (default \"either\")")
	flags.BoolVar(&f.hideNulls, "hide-nulls", false, "hide rows in which a restricted column is NULL or empty, also under a wildcard")
	flags.IntVar(&f.maxCharacters, "max-characters", 0, "allow at most `N` characters in a cell of the rules; -1 is no limit (default 2047)")
	flags.BoolVar(&f.allowNoFields, "allow-no-fields", false, "accept rules without a restricted column: every viewer that they name sees every row")
	flags.StringVar(&f.settings, "settings", "", "`FILE` with the JSON object RowLevelPermissionDataSet of the QuickSight API, which gives the namespace, the format version and the status")
	flags.StringVar(&f.dataSet, "data-set", "", "`NAME` of the dataset, if the document of --tags or --settings describes several: its id, name, or logical id")
}

// given reports whether any flag is there.
func (f *ruleFlags) given() bool {
	return f.namespace != "" || f.user != "" || f.group != "" || f.delimiter != "" || f.sheet != "" || f.nullWords != nil || f.dual != "" ||
		f.hideNulls || f.maxCharacters != 0 || f.allowNoFields || f.settings != ""
}

// options are the flags as the options of package rls. Every problem is
// reported.
func (f *ruleFlags) options(ctx context.Context) (*rls.Options, error) {
	var errs []error
	opts := &rls.Options{
		Namespace: f.namespace, User: f.user, Group: f.group, NullWords: f.nullWords,
		HideNulls: f.hideNulls, MaxRunes: f.maxCharacters, AllowNoFields: f.allowNoFields,
	}
	var err error
	if opts.Delimiter, err = delimiter(f.delimiter); err != nil {
		errs = append(errs, fmt.Errorf("--rules-delimiter: %w", err))
	}
	switch f.dual {
	case "", "either":
	case "user-first":
		opts.Dual = rls.UserFirst
	case "reject":
		opts.Dual = rls.Reject
	default:
		errs = append(errs, fmt.Errorf("--dual: got %q, want either, user-first or reject", f.dual))
	}
	if f.maxCharacters < -1 {
		errs = append(errs, fmt.Errorf("--max-characters: got %d, want a number from 1, or -1", f.maxCharacters))
	}
	if f.settings != "" {
		text, err := openDocument(ctx, f.settings)
		if err == nil {
			opts.Settings, err = rls.ParseSettingsOf(text, f.dataSet)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("--settings %s: %w", f.settings, err))
		}
	}
	return opts, errors.Join(errs...)
}

// delimiter returns the character that a flag gives; 0 for none.
func delimiter(s string) (rune, error) {
	switch {
	case s == "":
		return 0, nil
	case s == `\t`:
		return '\t', nil
	}
	r, _ := utf8.DecodeRuneInString(s)
	if utf8.RuneCountInString(s) != 1 || strings.ContainsAny(s, "\"\r\n\uFEFF\uFFFD\x00") {
		return 0, fmt.Errorf("got %q, want one character other than a quote or a line end", s)
	}
	return r, nil
}

// open opens a permission dataset in any format, as CSV text for the options.
func (f *ruleFlags) open(cmd *cobra.Command, path string) (*rulefile.File, *rls.Options, error) {
	opts, err := f.options(cmd.Context())
	if err != nil {
		return nil, nil, err
	}
	headers := slices.DeleteFunc(append(rls.StandardColumns(), f.user, f.group), func(s string) bool { return s == "" })
	file, err := rulefile.Open(cmd.Context(), path, &rulefile.Options{Delimiter: opts.Delimiter, Sheet: f.sheet, SheetFlag: "--sheet", Headers: headers, Stdin: cmd.InOrStdin()})
	if err != nil {
		return nil, nil, err
	}
	opts.File, opts.Delimiter = file.Name, file.Delimiter
	return file, opts, nil
}

// read reads a permission dataset.
func (f *ruleFlags) read(cmd *cobra.Command, path string) (*rls.Rules, error) {
	return f.readWith(cmd, path, nil)
}

// readWith reads a permission dataset with settings in the place of those of the flags;
// nil keeps these.
func (f *ruleFlags) readWith(cmd *cobra.Command, path string, settings *rls.PermissionDataSet) (*rls.Rules, error) {
	file, opts, err := f.open(cmd, path)
	if err != nil {
		return nil, err
	}
	if settings != nil {
		opts.Settings = settings
	}
	noteAssumed(cmd.ErrOrStderr(), file)
	rules, err := rls.ReadCSV(file.Reader(), opts)
	return rules, file.Explain(err)
}

// noteAssumed says what was assumed to read a file.
func noteAssumed(w io.Writer, file *rulefile.File) {
	for _, assumed := range file.Assumed {
		fmt.Fprintf(w, "note: %s: %s\n", file.Name, assumed)
	}
}

// sameLetters reports whether two names have the same letters and digits, in any
// case and with any signs between them.
func sameLetters(a, b string) bool {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	return letters(a) == letters(b)
}
