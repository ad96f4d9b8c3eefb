package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/output"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/rulefile"
	"github.com/rowsight/rowsight/tagrules"
)

// readConfig reads a tag configuration.
func readConfig(ctx context.Context, path, dataSet string) (*tagrules.Config, error) {
	text, err := openDocument(ctx, path)
	if err != nil {
		return nil, err
	}
	return tagrules.Parse(text, &tagrules.Options{File: path, DataSet: dataSet})
}

// openDocument opens a JSON or YAML document. PowerShell writes what a command
// prints as UTF-16, and so files of the AWS CLI.
func openDocument(ctx context.Context, path string) (io.Reader, error) {
	file, err := rulefile.Open(ctx, path, &rulefile.Options{Document: func([]byte) bool { return true }})
	if err != nil {
		return nil, err
	}
	return file.Reader(), nil
}

// isConfig reports whether a file is meant to be a tag configuration, which is
// JSON, and not a permission dataset, which is CSV.
func isConfig(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".json", ".yaml", ".yml", ".tf", ".tfstate":
		return true
	}
	return false
}

// writeOut calls write with standard output, or with the file that path names,
// which appears when write is done and not at all after an error. inputs are
// files that were read, and must not be overwritten. After the end of the
// command's context nothing is written.
func writeOut(cmd *cobra.Command, path string, inputs []string, write func(io.Writer) error) error {
	if err := cmd.Context().Err(); err != nil {
		return &dataError{err}
	}
	if path == "" {
		return dataFault(write(cmd.OutOrStdout()))
	}
	file, err := output.Create(path, func(info fs.FileInfo) bool { return sameFile(inputs, info) })
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	defer file.Discard()
	if err = write(file); err == nil {
		err = cmd.Context().Err()
	}
	if err == nil {
		err = file.Commit()
	}
	return dataFault(err)
}

// writeBytes writes text as [writeOut] does.
func writeBytes(cmd *cobra.Command, path string, inputs []string, text []byte) error {
	return writeOut(cmd, path, inputs, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// writeTextOrJSON writes v as JSON if that is the format, and as its text otherwise.
func writeTextOrJSON(w io.Writer, format string, v fmt.Stringer) error {
	if format == "json" {
		return writeIndented(w, v)
	}
	_, err := io.WriteString(w, v.String())
	return err
}

// writeIndented writes v as JSON that people can read, too.
func writeIndented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// pairs parses arguments of the form NAME=VALUE and reports every one that is
// none. Values may hold further equals signs.
func pairs(flag, want string, args []string) ([][2]string, error) {
	var all [][2]string
	var errs []error
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok || name == "" {
			errs = append(errs, fmt.Errorf("--%s: got %q, want %s", flag, arg, want))
			continue
		}
		all = append(all, [2]string{name, value})
	}
	return all, errors.Join(errs...)
}
