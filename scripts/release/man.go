package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cpuguy83/go-md2man/v2/md2man"
)

// manPages returns the manual pages of the command and its subcommands. They are made
// of the pages in docs/cli, which tests hold equal to what help prints.
func manPages(docs, version string, made time.Time) (files []file, err error) {
	paths, err := filepath.Glob(filepath.Join(docs, "*.md"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s: got no pages of subcommands, want one for each", docs)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		name := "rowsight"
		if base := strings.TrimSuffix(filepath.Base(path), ".md"); base != "README" {
			name += "-" + base
		}
		page, err := manPage(name, version, made, string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		files = append(files, file{"man/" + name + ".1", page, 0o644})
	}
	return files, nil
}

// manPage turns a page of docs/cli into a manual page:
//
//	title, sentence    NAME
//	first block        SYNOPSIS
//	block of text      DESCRIPTION and EXIT STATUS
//	Examples           EXAMPLES
//	Flags              OPTIONS
//	table of commands  COMMANDS
//
// A line of another form is an error: nothing of a page is left out in silence.
func manPage(name, version string, made time.Time, text string) ([]byte, error) {
	out := &markdown{}
	out.line(`%% %q "1" %q "rowsight %s" "rowsight"`, strings.ToUpper(name), made.UTC().Format(time.DateOnly), strings.TrimPrefix(version, "v"))
	section, commands := "", false
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == "" || strings.HasPrefix(line, "<!--") || line == "|---|---|" || strings.HasPrefix(line, "[The tutorial]"):
		case strings.HasPrefix(line, "# "):
			section = "name"
		case line == "## Examples" || line == "## Flags":
			section = line[3:]
		case strings.HasPrefix(line, "## "):
			return nil, fmt.Errorf("a section that manual pages do not have: %q", line)
		case strings.HasPrefix(line, "```"):
			block := fenced(lines)
			switch {
			case section == "name" && line == "```":
				out.heading("SYNOPSIS")
				out.code(unindented(block))
			case section == "name" && name == "rowsight":
				out.heading("EXAMPLES")
				out.code(block)
			case section == "name":
				out.heading("DESCRIPTION")
				out.description(block)
			case section == "Examples":
				out.heading("EXAMPLES")
				out.code(block)
			case section == "Flags":
				out.heading("OPTIONS")
				if err := out.flags(block); err != nil {
					return nil, err
				}
			default:
				return nil, fmt.Errorf("a block in no section: %q", line)
			}
		case line == "| subcommand | |":
			out.heading("COMMANDS")
			commands = true
		case commands && commandRow.MatchString(line):
			m := commandRow.FindStringSubmatch(line)
			out.term("**rowsight "+escaped(m[1])+"**", m[2])
		case section == "name" && name == "rowsight": // the sentences of the index
			paragraph := []string{line}
			for lines.Scan() && lines.Text() != "" {
				paragraph = append(paragraph, lines.Text())
			}
			out.heading("NAME")
			out.line("rowsight - see who sees which rows")
			out.heading("SYNOPSIS")
			out.code([]string{"rowsight COMMAND [flags] [ARGUMENTS]", "rowsight help COMMAND"})
			out.heading("DESCRIPTION")
			out.line("%s", escaped(strings.Join(paragraph, " ")))
		case section == "name":
			out.heading("NAME")
			out.line("%s - %s", escaped(name), escaped(strings.ToLower(line[:1])+strings.TrimSuffix(line[1:], ".")))
		default:
			return nil, fmt.Errorf("a line that no section has: %q", line)
		}
	}
	out.heading("SEE ALSO")
	if name != "rowsight" {
		out.line("**rowsight**(1)")
	}
	out.line("")
	out.line("%s", escaped("https://"+path))
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return minus(md2man.Render([]byte(out.String()))), nil
}

// minus makes each "-" of a manual page a minus: readers may show a hyphen for it,
// which shells do not take for the beginning of a flag.
func minus(page []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(page) {
		if !bytes.HasPrefix(line, []byte(".")) {
			line = bytes.ReplaceAll(bytes.ReplaceAll(line, []byte(`\-`), []byte("-")), []byte("-"), []byte(`\-`))
		}
		b.Write(line)
	}
	return b.Bytes()
}

// commandRow is a row of the table of subcommands: name and sentence.
var commandRow = regexp.MustCompile(`^\| \[([a-z ]+)\]\([a-z-]+\.md\) \| (.*) \|$`)

// fenced returns the lines up to the end of a block.
func fenced(lines *bufio.Scanner) (block []string) {
	for lines.Scan() && lines.Text() != "```" {
		block = append(block, lines.Text())
	}
	return block
}

func unindented(lines []string) []string {
	for i := range lines {
		lines[i] = strings.TrimLeft(lines[i], " ")
	}
	return lines
}

// markdown is what md2man reads.
type markdown struct{ strings.Builder }

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *markdown) heading(title string) { m.line("\n# %s\n", title) }

func (m *markdown) code(lines []string) { m.line("\n```\n%s\n```\n", strings.Join(lines, "\n")) }

func (m *markdown) term(term, text string) { m.line("%s\n: %s\n", term, escaped(text)) }

// description writes the text of a subcommand: paragraphs, and blocks that are
// indented and keep their lines. A line alone right before a block is its heading.
func (m *markdown) description(lines []string) {
	for len(lines) > 0 {
		var part []string
		block := strings.HasPrefix(lines[0], " ")
		for len(lines) > 0 && (lines[0] == "" && block || lines[0] != "" && strings.HasPrefix(lines[0], " ") == block) {
			part, lines = append(part, lines[0]), lines[1:]
		}
		switch {
		case block:
			for len(part) > 0 && part[len(part)-1] == "" {
				part = part[:len(part)-1]
			}
			m.code(part)
		case len(part) == 1 && part[0] == "Exit codes":
			m.heading("EXIT STATUS")
		case len(part) == 1 && len(lines) > 0 && strings.HasPrefix(lines[0], " "):
			m.line("\n## %s\n", escaped(part[0]))
		default:
			m.line("%s\n", escaped(strings.Join(part, " ")))
		}
		for len(lines) > 0 && lines[0] == "" {
			lines = lines[1:]
		}
	}
}

// flagLine is a line that help prints for a flag: an abbreviation, its name, what it
// takes, and what it does.
var flagLine = regexp.MustCompile(`^(?:(-[a-z]), | {4})(--[a-z0-9-]+)(?: (\S+)| *\[=[^]]*\])? {2,}(.*)$`)

func (m *markdown) flags(lines []string) error {
	for _, line := range lines {
		f := flagLine.FindStringSubmatch(line)
		if f == nil {
			return fmt.Errorf("a line that is no flag: %q", line)
		}
		term := "**" + escaped(f[2]) + "**"
		if f[1] != "" {
			term = "**" + escaped(f[1]) + "**, " + term
		}
		if f[3] != "" {
			term += " *" + escaped(f[3]) + "*"
		}
		m.term(term, f[4])
	}
	return nil
}

// escaped returns text that Markdown does not take for markup.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if slices.Contains([]rune("\\`*_{}[]()#+-.!:|&<>~^"), r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
