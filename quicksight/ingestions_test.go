package quicksight_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestSlowIngestions: an ingestion that takes too long fails, keeps the rows of before,
// and lets others run.
func TestSlowIngestions(t *testing.T) {
	s := quicksighttest.NewServer(t)
	begin := func(id string) error {
		require.NoError(t, s.Do(t.Context(), "PUT", "/data-sets/sales/ingestions/"+id, object{}, nil))
		return s.WaitIngestion(t.Context(), "sales", id)
	}
	before, err := s.Rows(t.Context(), "sales", "default", "PowerUser")
	require.NoError(t, err)
	s.Service.LimitIngestions(time.Nanosecond)
	for i := range 3 { // one more than run at once
		id := fmt.Sprint("slow-", i)
		require.Error(t, begin(id))
		var out struct {
			Ingestion struct {
				IngestionStatus string
				ErrorInfo       struct{ Type, Message string }
			}
		}
		require.NoError(t, s.Do(t.Context(), "GET", "/data-sets/sales/ingestions/"+id, nil, &out))
		require.Equal(t, "FAILED", out.Ingestion.IngestionStatus)
		require.Equal(t, "QUERY_TIMEOUT", out.Ingestion.ErrorInfo.Type)
		require.Contains(t, out.Ingestion.ErrorInfo.Message, "time that an ingestion has")
	}
	after, err := s.Rows(t.Context(), "sales", "default", "PowerUser")
	require.NoError(t, err)
	require.Equal(t, before, after)
	s.Service.LimitIngestions(0)
	require.NoError(t, begin("good"))
}
