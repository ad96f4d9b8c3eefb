package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls/report"
	"github.com/rowsight/rowsight/rls/roster"
	"github.com/rowsight/rowsight/rls/vet"
)

// An origin says where a report comes from. Files are digested before they are
// read, and a file that changes until the report is written is an error: the
// digest would be that of something else.
type origin struct {
	page  *report.Page
	infos map[string]os.FileInfo // by name
	stdin *digested              // nil if standard input is not read
}

// A use is what paths are to a command.
type use struct {
	role  string
	paths []string // "" is none
}

// digested digests what is read.
type digested struct {
	io.Reader
	hash hash.Hash
	size int64
}

func (d *digested) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	d.hash.Write(p[:n])
	d.size += int64(n)
	return n, err
}

// newOrigin digests the files that a command is about to read. Standard input
// is digested while it is read. Files with the tags of a session are not among
// them: a digest of a short text tells the text (T8).
func newOrigin(cmd *cobra.Command, args []string, title string, uses ...use) (*origin, error) {
	made, err := now()
	if err != nil {
		return nil, err
	}
	o := &origin{
		page:  &report.Page{Title: title, Time: made, Version: versionLine(), Command: commandLine(cmd, args)},
		infos: make(map[string]os.FileInfo),
	}
	var errs []error
	for _, u := range uses {
		for _, path := range u.paths {
			if path != "" {
				errs = append(errs, o.add(cmd, u.role, path))
			}
		}
	}
	return o, errors.Join(errs...)
}

func (o *origin) add(cmd *cobra.Command, role, path string) error {
	if path == input.Stdin {
		o.stdin = &digested{Reader: cmd.InOrStdin(), hash: sha256.New()}
		cmd.SetIn(o.stdin)
		o.page.Files = append(o.page.Files, report.File{Role: role, Name: path, Size: -1})
		return nil
	}
	names, err := input.Files(path)
	if err != nil {
		return err
	}
	for _, name := range names {
		file := report.File{Role: role, Name: name, Size: -1}
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		if info.Mode().IsRegular() {
			if file.SHA256, file.Size, err = digest(cmd.Context(), name); err != nil {
				return &dataError{err}
			}
			o.infos[name] = info
		}
		o.page.Files = append(o.page.Files, file)
	}
	return nil
}

// write calls write with the page, if its files are still those that were digested.
func (o *origin) write(w io.Writer, write func(io.Writer, *report.Page) error) error {
	for name, was := range o.infos {
		is, err := os.Stat(name)
		if err != nil {
			return &dataError{err}
		}
		if is.Size() != was.Size() || !is.ModTime().Equal(was.ModTime()) || !os.SameFile(is, was) {
			return &dataError{fmt.Errorf("%s: the file changed while the report was made", name)}
		}
	}
	if o.stdin != nil {
		if _, err := io.Copy(io.Discard, o.stdin); err != nil {
			return &dataError{err}
		}
		for i := range o.page.Files {
			if f := &o.page.Files[i]; f.Name == input.Stdin {
				f.Name, f.Size, f.SHA256 = "standard input", o.stdin.size, hex.EncodeToString(o.stdin.hash.Sum(nil))
			}
		}
	}
	return write(w, o.page)
}

// findings adds what vet finds in a file of rules. Standard input cannot be read
// twice, and a file that does not exist has no findings.
func (o *origin) findings(cmd *cobra.Command, f vetFlags, path string, tags bool, users *roster.Roster) error {
	if o == nil || path == input.Stdin || path == noRules {
		return nil
	}
	if slices.Contains(f.data, input.Stdin) {
		f.data = nil
	}
	found, err := f.file(cmd, path, tags, users, nil)
	if err != nil {
		return err
	}
	section, err := vet.Section(found)
	section.Title += " in " + printable(path)
	o.page.Sections = append(o.page.Sections, section)
	return err
}

// viewers says who the viewers are, and warns of those that the roster lacks.
func (o *origin) viewers(users *roster.Roster, path string, viewers []roster.Viewer) {
	if o == nil {
		return
	}
	o.page.Roster = "the users and groups that the rules name, each on its own, for no roster was given"
	if users != nil {
		o.page.Roster = plain.Count(users.Len(), "user") + " of the roster " + path + ", with their groups"
		if more := len(viewers) - users.Len(); more > 0 {
			o.page.Roster += fmt.Sprintf(", and %d more that only the rules name: %s", more, plain.Count(len(viewers), "viewer"))
		}
	}
	if text := unlisted(viewers); text != "" {
		o.page.Warnings = append(o.page.Warnings, text)
	}
}

func digest(ctx context.Context, name string) (sum string, size int64, err error) {
	file, err := input.OpenFile(ctx, name)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	h := sha256.New()
	if size, err = io.Copy(h, file); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// now returns the time that a report states. SOURCE_DATE_EPOCH sets it, so that
// the same files give the same report (reproducible-builds.org).
func now() (time.Time, error) {
	text, ok := os.LookupEnv("SOURCE_DATE_EPOCH")
	if !ok {
		return time.Now(), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < 0 || seconds > 253402300799 { // the year 9999
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: got %q, want seconds since 1970", text)
	}
	return time.Unix(seconds, 0), nil
}

// secretFlags hold tag values (T8), behind the first equals sign.
var secretFlags = [...]string{"tag"}

// commandLine returns the command as a shell would take it, with flags in the
// order they were given and without the values of tags.
func commandLine(cmd *cobra.Command, args []string) string {
	words := []string{cmd.CommandPath()}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, value := range values {
			for _, name := range secretFlags {
				if f.Name == name {
					key, _, _ := strings.Cut(value, "=")
					value = key + "=(hidden)"
				}
			}
			switch {
			case f.Value.Type() == "bool" && value == "true":
				words = append(words, "--"+f.Name)
			case f.Value.Type() == "bool":
				words = append(words, "--"+f.Name+"="+value)
			default:
				words = append(words, "--"+f.Name, shellWord(value))
			}
		}
	})
	for _, arg := range args {
		words = append(words, shellWord(arg))
	}
	return strings.Join(words, " ")
}

// shellWord quotes a word where a shell would take it apart.
func shellWord(s string) string {
	plain := s != ""
	for _, r := range s {
		plain = plain && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,@+%", r))
	}
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
