package rlstest

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSmoke(t *testing.T) {
	for _, f := range []string{"sales/sales.rlstest.yaml", "tenants/tenants.rlstest.yaml"} {
		s, err := Load(os.DirFS("testdata"), f)
		require.NoError(t, err)
		r := runSuite(t, s, &Options{Mutate: true})
		require.NoError(t, WriteText(os.Stdout, []Report{r}, nil))
	}
}
