package vet

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
)

func TestConfigApply(t *testing.T) {
	found := Finding{ID: "RS015", Severity: Info, Thing: `rule of group "Auditors"`, Pos: rls.Position{File: "exports/rules.csv", Line: 4}}
	cases := []struct {
		reason   string
		silence  Silence
		silenced bool
	}{
		{"by id", Silence{ID: "RS015"}, true},
		{"another id", Silence{ID: "RS014"}, false},
		{"the thing", Silence{ID: "RS015", Thing: `rule of group "Auditors"`}, true},
		{"another thing", Silence{ID: "RS015", Thing: `rule of group "Interns"`}, false},
		{"a pattern for the path", Silence{ID: "RS015", File: "exports/*.csv"}, true},
		{"a pattern for the name", Silence{ID: "RS015", File: "rules.csv"}, true},
		{"another file", Silence{ID: "RS015", File: "*.json"}, false},
		{"the line", Silence{ID: "RS015", Line: 4}, true},
		{"another line", Silence{ID: "RS015", Line: 5}, false},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			c.silence.Reason = "because"
			config := &Config{Silence: []Silence{c.silence}, Severity: map[string]Severity{"RS015": Error}}
			in := []Finding{found}
			out, err := config.Apply(in)
			require.NoError(t, err)
			require.Equal(t, Info, in[0].Severity, "the findings given are not changed")
			require.Equal(t, Error, out[0].Severity)
			if c.silenced {
				require.Equal(t, "because", out[0].Silenced)
				require.Equal(t, None, Max(out))
			} else {
				require.Empty(t, out[0].Silenced)
				require.Equal(t, Error, Max(out))
			}
		})
	}
}

// A configuration that is wrong silences nothing, and every problem is told.
func TestConfigInvalid(t *testing.T) {
	var c Config
	require.NoError(t, json.Unmarshal([]byte(`{"silence": [{"id": "RS015"}, {"id": "RS999", "reason": "x", "file": "[", "line": -1}], "severity": {"RS014": "none", "RS000": "error"}}`), &c))
	out, err := c.Apply([]Finding{{ID: "RS015", Severity: Info}})
	require.Equal(t, Info, Max(out))
	require.ErrorIs(t, err, ErrConfig)
	require.EqualError(t, err, `bad configuration of findings: silence[0]: RS015 has no reason, want one for the next reader
bad configuration of findings: silence[1]: no finding has the id "RS999"
bad configuration of findings: silence[1]: file "[": syntax error in pattern
bad configuration of findings: silence[1]: line is -1, want a positive number
bad configuration of findings: severity: no finding has the id "RS000"
bad configuration of findings: severity of RS014: got none, want info, warning or error; silence it to have none`)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"severity": {"RS014": "bad"}}`), &c), ErrSeverity)
}

func TestSeverityText(t *testing.T) {
	for _, s := range []Severity{None, Info, Warning, Error} {
		text, err := s.MarshalText()
		require.NoError(t, err)
		var back Severity
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, s, back)
	}
	_, err := Severity(9).MarshalText()
	require.ErrorIs(t, err, ErrSeverity)
	require.Equal(t, "Severity(9)", Severity(9).String())
}
