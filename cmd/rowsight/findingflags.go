package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls/report"
	"github.com/rowsight/rowsight/rls/vet"
)

// findingFlags say how findings are silenced and written, and which ones fail.
type findingFlags struct {
	outputFlags
	config, failOn string
	list           bool
}

func (f *findingFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", "`FILE` in YAML that silences findings and changes severities")
	flags.StringVar(&f.failOn, "fail-on", "error", "exit with code 3 on findings of `SEVERITY` or higher: error, warning, info, never")
	f.outputFlags.register(cmd, "`FORMAT` of the findings: text, json, sarif, github, and html for a report", "text", "json", "sarif", "github", "html")
	choices(cmd, "fail-on", "error", "warning", "info", "never")
	flags.BoolVar(&f.list, "list", false, "list all finding ids and exit")
}

// start reads the configuration, and notes where a report comes from.
func (f *findingFlags) start(cmd *cobra.Command, args []string, title string, uses ...use) (config *vet.Config, from *origin, err error) {
	if config, err = readVetConfig(cmd.Context(), f.config); err != nil {
		return nil, nil, err
	}
	noteWide(cmd.ErrOrStderr(), f.config, config)
	if f.format == "html" {
		from, err = newOrigin(cmd, args, title, append(uses, use{"vet configuration", []string{f.config}})...)
	}
	return config, from, err
}

// finish writes findings, and returns a [foundError] if one has the severity of
// --fail-on, or a higher one. inputs are files that the output must not be.
func (f *findingFlags) finish(cmd *cobra.Command, config *vet.Config, from *origin, findings []vet.Finding, sarif func(io.Writer, []vet.Finding) error, inputs ...string) error {
	findings, err := config.Apply(findings)
	if err != nil {
		return err
	}
	write := map[string]func(io.Writer, []vet.Finding) error{
		"text": vet.WriteText, "json": vet.WriteJSON, "sarif": sarif, "github": vet.WriteGitHub,
		"html": func(w io.Writer, findings []vet.Finding) error {
			return from.write(w, func(w io.Writer, page *report.Page) error { return vet.WriteHTML(w, findings, page) })
		},
	}[f.format]
	if err := writeOut(cmd, f.out, append(slices.Clip(inputs), f.config), func(w io.Writer) error { return write(w, findings) }); err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), summary(findings))
	if worst := vet.Max(findings); f.failOn != "never" {
		if limit, err := vet.ParseSeverity(f.failOn); err != nil || worst >= limit {
			return &foundError{fmt.Sprintf("findings of severity %s: --fail-on is %s", worst, f.failOn)}
		}
	}
	return nil
}

// summary counts findings: those that are listed, and those that stand for
// more.
func summary(findings []vet.Finding) string {
	var count [vet.Error + 1]int
	silenced := 0
	for _, f := range findings {
		if f.Silenced != "" {
			silenced += 1 + f.More
		} else {
			count[f.Severity] += 1 + f.More
		}
	}
	s := fmt.Sprintf("%s, %s, %s", plain.Count(count[vet.Error], "error"), plain.Count(count[vet.Warning], "warning"), plain.Count(count[vet.Info], "note"))
	if silenced > 0 {
		s += fmt.Sprintf("; %d silenced", silenced)
	}
	return s
}

func listKinds(w io.Writer, kinds []vet.Kind) error {
	for _, k := range kinds {
		if _, err := fmt.Fprintf(w, "%s  %-7s  %s\n", k.ID, k.Severity, k.Title); err != nil {
			return &dataError{err}
		}
	}
	return nil
}
