package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(&out, namespace.Named("anna", "emea")))
	require.Equal(t, "[{1 US} {2 EMEA}]\n[map[id:1 region:APAC]]\n", out.String())
	out.Reset()
	require.NoError(t, run(&out, namespace.Named("eve")))
	require.Equal(t, "[]\n[]\n", out.String(), "a viewer without a rule sees no row")
}
