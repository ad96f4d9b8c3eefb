package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls/report"
)

// TestCommandLine: whatever flags are given, in every command that writes
// reports, the command line has them, and no value of a tag.
func TestCommandLine(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	checked := 0
	for range 200 {
		for _, cmd := range subcommands(newRoot()) {
			if name := cmd.Name(); name != "who" && name != "diff" && name != "vet" {
				continue
			}
			cmd.InitDefaultHelpFlag()
			var want []string
			cmd.Flags().VisitAll(func(f *pflag.Flag) {
				if rnd.IntN(3) > 0 || f.Name == "help" {
					return
				}
				switch f.Value.Type() {
				case "stringArray":
					secret := "s3cret" + strings.Repeat("=", rnd.IntN(2)) + "'x"
					value := "k'" + f.Name
					if strings.HasPrefix(f.Name, "tag") && f.Name == "tag" {
						require.NoError(t, cmd.Flags().Set(f.Name, value+"="+secret))
					} else {
						require.NoError(t, cmd.Flags().Set(f.Name, value))
					}
					want = append(want, "--"+f.Name, shellWord(value)[:3])
				case "string":
					require.NoError(t, cmd.Flags().Set(f.Name, "a b"))
					want = append(want, "--"+f.Name+" 'a b'")
				case "int":
					require.NoError(t, cmd.Flags().Set(f.Name, "7"))
					want = append(want, "--"+f.Name+" 7")
				case "bool":
					require.NoError(t, cmd.Flags().Set(f.Name, "true"))
					want = append(want, "--"+f.Name)
				}
			})
			got := commandLine(cmd, []string{"data.csv", "it's"})
			require.True(t, strings.HasPrefix(got, cmd.CommandPath()), got)
			require.True(t, strings.HasSuffix(got, ` data.csv 'it'\''s'`), got)
			require.NotContains(t, got, "s3cret")
			for _, w := range want {
				require.Contains(t, got, w)
			}
			checked += len(want)
		}
	}
	require.Greater(t, checked, 1000)
}

// TestOriginChanges: a report of files that changed while it was made is none.
func TestOriginChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.csv")
	require.NoError(t, os.WriteFile(path, []byte("UserName,Region\nal,US\n"), 0o600))
	cmd := newWho()
	cmd.SetContext(t.Context())
	o, err := newOrigin(cmd, nil, "", use{"rules", []string{path, ""}})
	require.NoError(t, err)
	write := func(w io.Writer, page *report.Page) error { return page.Write(w, "") }
	var b bytes.Buffer
	require.NoError(t, o.write(&b, write))
	require.Contains(t, b.String(), path)
	require.NoError(t, os.Chtimes(path, time.Now(), time.Now().Add(time.Hour)))
	require.ErrorContains(t, o.write(&b, write), "changed while the report was made")
}
