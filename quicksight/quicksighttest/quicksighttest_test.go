package quicksighttest_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// In a test: server := quicksighttest.NewServer(t)
func ExampleNewServer() {
	test := testing.InternalTest{Name: "TestRows", F: func(t *testing.T) {
		server := quicksighttest.NewServer(t)
		rows, err := server.Rows(t.Context(), "sales", "default", "MarthaRivera")
		if err != nil || rows.RowCount != 1 {
			t.Errorf("got %d rows, %v", rows.RowCount, err)
		}
	}}
	fmt.Println(test.Name)
	// Output: TestRows
}

// In a test: server := quicksighttest.NewEmptyServer(t, "")
func ExampleNewEmptyServer() {
	test := testing.InternalTest{Name: "TestUsers", F: func(t *testing.T) {
		server := quicksighttest.NewEmptyServer(t, "")
		err := server.Do(t.Context(), "POST", "/namespaces/default/groups", map[string]string{"GroupName": "APAC"}, nil)
		if err != nil {
			t.Error(err)
		}
	}}
	fmt.Println(test.Name)
	// Output: TestUsers
}

// TestZero: the zero Server answers nothing, an unsigned request is refused, and
// whoever no rule names sees no row.
func TestZero(t *testing.T) {
	require.Error(t, new(quicksighttest.Server).Do(t.Context(), "GET", "/namespaces", nil, nil))
	s := quicksighttest.NewServer(t)
	answer, err := http.Get(s.URL + "/accounts/" + s.Account + "/namespaces")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 403, answer.StatusCode)
	rows, err := s.Rows(t.Context(), "sales", "default", "Nobody")
	require.NoError(t, err)
	require.Zero(t, rows.RowCount)
}

// TestClock: the clock of the server can be moved.
func TestClock(t *testing.T) {
	s := quicksighttest.NewEmptyServer(t, "")
	before := s.Now()
	s.Advance(time.Hour)
	require.GreaterOrEqual(t, s.Now().Sub(before), time.Hour)
	require.NoError(t, s.Do(t.Context(), "GET", "/namespaces", nil, nil), "Do signs by the clock of the server")
}
