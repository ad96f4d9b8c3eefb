package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/source"
)

// TestOpenDatabase: a data source is a server on a network, and one.
func TestOpenDatabase(t *testing.T) {
	tests := []struct {
		reason, host string
		ok           bool
	}{
		{"a name", "db.example.com", true},
		{"an address", "192.0.2.1", true},
		{"a folder with a socket, where the user of this process needs no password", "/var/run/postgresql", false},
		{"two hosts", "db.example.com,db.example.org", false},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			db, err := openDatabase(t.Context(), source.Connection{Host: tt.host, Port: 5432, Database: "d"})
			if !tt.ok {
				require.ErrorIs(t, err, errDSN)
				return
			}
			require.NoError(t, err)
			require.NoError(t, db.Close())
		})
	}
}
