package studio_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio/memory"
)

// A slowHost stops in its first Save until the test lets it go on.
type slowHost struct {
	*memory.Host
	begun, goOn chan struct{}
}

func (s *slowHost) Save(path string, old, content []byte, like string) (string, error) {
	if begun := s.begun; begun != nil {
		s.begun = nil
		close(begun)
		<-s.goOn
	}
	return s.Host.Save(path, old, content, like)
}

// TestOpenWhileSaving: rules that are opened while others are saved do not take
// the place of the saved file.
func TestOpenWhileSaving(t *testing.T) {
	m := &memory.Host{Saves: true}
	begun := make(chan struct{})
	host := &slowHost{Host: m, begun: begun, goOn: make(chan struct{})}
	e, err := studio.New(t.Context(), host, studio.Files{Rules: m.Put("rules.csv", []byte(rulesText))})
	require.NoError(t, err)
	saved := make(chan error)
	revision := rev(t, e)
	go func() {
		_, err := e.Call(t.Context(), "save", []byte(`{"rev":`+revision+`,"unchecked":true}`))
		saved <- err
	}()
	<-begun
	_, err = e.Drop(t.Context(), "rules", "other.csv", []byte("UserName,Region\nEve,\n"))
	require.NoError(t, err)
	close(host.goOn)
	require.NoError(t, <-saved)
	_, err = e.Call(t.Context(), "save", []byte(`{"rev":`+rev(t, e)+`,"unchecked":true}`))
	require.NoError(t, err)
	now, err := m.Read("rules.csv")
	require.NoError(t, err)
	require.Equal(t, rulesText, string(now))
}
