package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio/example"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio/serve"
)

// studioFlags are the options of the subcommand, as they were given.
type studioFlags struct {
	rules, tags string
	data        string
	against     string
	users       rosterFlags
	read        ruleFlags
	dataRead    dataFlags
	port        int
	noOpen      bool
}

func newStudio() *cobra.Command {
	var f studioFlags
	cmd := &cobra.Command{
		Use:     "studio [flags]",
		Short:   "Edit rules on a local page that shows who sees what",
		Long:    studioHelp,
		Example: studioExamples,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.rules, "rules", "", "permission dataset to edit: `FILE` in CSV, or in another format that is saved as CSV")
	flags.StringVar(&f.tags, "tags", "", "tag rules to try: `FILE` with the JSON of RowLevelPermissionTagConfiguration")
	flags.StringVar(&f.data, "data", "", "`FILE` or folder of data that the rules restrict")
	f.users.register(flags, " (default: the users and groups that the rules name)")
	flags.StringVar(&f.against, "against", "", "also compare with another `FILE` of rules, or with the rules of a git revision such as HEAD~1")
	flags.IntVar(&f.port, "port", 0, "`NUMBER` of the port of 127.0.0.1 to listen on (default: any that is free)")
	flags.BoolVar(&f.noOpen, "no-open", false, "print the address and open no browser; the command then runs until you interrupt it")
	f.read.register(flags)
	f.dataRead.register(flags)
	return cmd
}

func (f *studioFlags) run(cmd *cobra.Command) error {
	if f.port < 0 || f.port > 65535 {
		return fmt.Errorf("--port: got %d, want 0 to 65535", f.port)
	}
	host, err := newStudioHost(cmd, f)
	if err != nil {
		return &dataError{err}
	}
	defer host.close()
	files := studio.Files{Rules: f.rules, Tags: f.tags, Data: f.data, Users: strings.Join(f.users.paths, "\x00")}
	if f.rules == "" && f.tags == "" && f.data == "" && f.users.paths == nil {
		if files, err = host.example(); err != nil {
			return &dataError{err}
		}
	}
	if f.against != "" {
		if files.Against, err = f.revision(cmd.Context(), host); err != nil {
			return err
		}
	}
	engine, err := studio.New(cmd.Context(), host, files)
	if err != nil {
		return err
	}
	server, err := serve.New(engine, &serve.Options{Port: f.port, EndWithPage: !f.noOpen})
	if err != nil {
		return fmt.Errorf("--port: %w", err)
	}
	out := cmd.ErrOrStderr()
	switch err := f.open(host, server.URL()); {
	case f.noOpen:
		fmt.Fprintf(out, "Open this address. It works once, and only on this machine. Ctrl+C ends the page.\n\n  %s\n", server.URL())
	case err != nil:
		fmt.Fprintf(out, "No browser can be started (%v). Open this address. It works once, and only on this machine.\n\n  %s\n", err, server.URL())
	default:
		fmt.Fprintf(out, "The page opens in your browser. The command ends when you close it.\nIf no page opens, use this address. It works once, and only on this machine.\n\n  %s\n", server.URL())
	}
	if err := server.Serve(cmd.Context()); err != nil {
		return &dataError{err}
	}
	if context.Cause(cmd.Context()) == errInterrupted && f.noOpen {
		return nil // the way to end it
	}
	return cmd.Context().Err()
}

// open opens an address in a browser. The address goes there in a file that only
// its owner can read: every user of the machine can list the arguments of programs.
func (f *studioFlags) open(host *studioHost, address string) error {
	if f.noOpen {
		return nil
	}
	path, err := host.Keep("open.html", []byte(fmt.Sprintf(openPage, html.EscapeString(address))))
	if err != nil {
		return err
	}
	file := (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")}).String()
	name, args := "xdg-open", []string{file}
	switch browser := os.Getenv("BROWSER"); {
	case browser != "":
		name = browser
	case runtime.GOOS == "darwin":
		name = "open"
	case runtime.GOOS == "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", file}
	}
	browser := exec.Command(name, args...)
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	if err := browser.Start(); err != nil {
		return err
	}
	go browser.Wait()
	return nil
}

// openPage leads a browser to an address.
const openPage = `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=%[1]s">
<title>rowsight studio</title>
<p><a href="%[1]s">Open rowsight studio</a></p>
`

// revision returns a file with the rules to compare with: --against names a file,
// or a revision of the repository that the rules are in.
func (f *studioFlags) revision(ctx context.Context, host *studioHost) (string, error) {
	if _, err := os.Stat(f.against); err == nil {
		return f.against, nil
	}
	if f.rules == "" {
		return "", errors.New("--against: a git revision needs --rules FILE")
	}
	if strings.HasPrefix(f.against, "-") {
		return "", fmt.Errorf("--against: got %q, want a file or a git revision", f.against)
	}
	show := exec.CommandContext(ctx, "git", "show", f.against+":./"+filepath.Base(f.rules))
	show.Dir = filepath.Dir(f.rules)
	text, err := show.Output()
	if err != nil {
		if failed, ok := errors.AsType[*exec.ExitError](err); ok {
			err = errors.New(strings.TrimSpace(string(failed.Stderr)))
		}
		return "", fmt.Errorf("--against: got %q, which is neither a file nor a git revision with %s: %w", f.against, f.rules, err)
	}
	return host.Keep(filepath.Base(f.rules), text)
}

// example stores the bundled example.
func (h *studioHost) example() (files studio.Files, err error) {
	var errs []error
	keep := func(name string) string {
		text, err := example.Files.ReadFile(name)
		if err == nil {
			var path string
			if path, err = h.Keep(name, text); err == nil {
				return path
			}
		}
		errs = append(errs, err)
		return ""
	}
	files = studio.Files{Rules: keep("rules.csv"), Data: keep("sales.csv"), Users: keep("users.csv"), Example: true}
	return files, errors.Join(errs...)
}
