package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestServerLimits: no time-out and no limit of the server is left at its zero,
// which would be none.
func TestServerLimits(t *testing.T) {
	server := reflect.ValueOf(newServer(http.NotFoundHandler())).Elem()
	limits := 0
	for i := range server.NumField() {
		name := server.Type().Field(i).Name
		if strings.HasSuffix(name, "Timeout") || strings.HasPrefix(name, "Max") {
			require.False(t, server.Field(i).IsZero(), name)
			limits++
		}
	}
	require.GreaterOrEqual(t, limits, 5, "the fields are those of http.Server")
}

// TestLimitBody: a body over the limit is refused, whether its length is said or
// not.
func TestLimitBody(t *testing.T) {
	var read error
	h := limit(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, read = io.Copy(io.Discard, r.Body) }))
	for size, reason := range map[int]string{maxBody: "the limit", maxBody + 1: "one byte more"} {
		for _, chunked := range []bool{false, true} {
			read = nil
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", size)))
			if chunked {
				r.ContentLength = -1
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			refused := read != nil || w.Code == http.StatusRequestEntityTooLarge
			require.Equal(t, size > maxBody, refused, reason)
		}
	}
}

// TestLimitRequests: more requests at a time than allowed are told to come again,
// and there is room again afterwards.
func TestLimitRequests(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	h := limit(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { entered <- struct{}{}; <-leave }))
	get := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		return w
	}
	done := make(chan struct{})
	for range maxRequests {
		go func() { get(); done <- struct{}{} }()
		<-entered
	}
	w := get()
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.NotEmpty(t, w.Header().Get("Retry-After"))
	close(leave)
	for range maxRequests {
		<-done
	}
	go func() { <-entered }()
	require.Equal(t, http.StatusOK, get().Code)
}

// TestTimeouts: a client that is slow within the limits of one part is not slower
// than the whole may be.
func TestTimeouts(t *testing.T) {
	require.LessOrEqual(t, headerTimeout, readTimeout)
	require.LessOrEqual(t, readTimeout, writeTimeout)
	require.Less(t, writeTimeout, 10*time.Minute)
}
