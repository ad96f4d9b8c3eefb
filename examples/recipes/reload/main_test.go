package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
)

func TestReload(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.csv")
	write := func(text string) {
		require.NoError(t, os.WriteFile(path+".new", []byte(text), 0o644))
		require.NoError(t, os.Rename(path+".new", path))
	}
	anna := namespace.Named("anna")
	region := predicate.Column{Name: "region", Type: "text", Text: true}
	_, err := Open(path, region)
	require.Error(t, err)
	write("UserName,region\nanna,US\n")
	rules, err := Open(path, region)
	require.NoError(t, err)
	go rules.Watch(t.Context(), time.Millisecond)
	becomes := func(want predicate.Predicate) {
		require.Eventually(t, func() bool {
			p, err := rules.For(anna)
			return err == nil && p.Equal(want)
		}, 20*time.Second, time.Millisecond, "%s", want)
	}
	becomes(predicate.In("region", "US"))
	for _, broken := range []string{"UserName,region\nanna\n", "UserName,Region\nanna,EMEA\n", ""} {
		write(broken)
		time.Sleep(20 * time.Millisecond)
		becomes(predicate.In("region", "US"))
	}
	write("UserName,region\nanna,EMEA\n")
	becomes(predicate.In("region", "EMEA"))
	write("UserName,region\nbob,EMEA\n")
	becomes(predicate.Predicate{})
}
