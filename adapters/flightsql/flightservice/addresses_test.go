package flightservice_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"

	fsql "github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/flightservice"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestAddresses: the IP restriction of the account holds for embedded sessions here, too.
func TestAddresses(t *testing.T) {
	s := quicksighttest.NewServer(t)
	server, err := flightservice.New(s.Service, flightsql.Plain{}, nil)
	require.NoError(t, err)
	listener, _ := net.Listen("tcp", "127.0.0.1:0")
	go server.Serve(context.WithoutCancel(t.Context()), listener)
	var out struct{ EmbedUrl string }
	require.NoError(t, s.Do(t.Context(), "POST", "/embed-url/registered-user", map[string]any{
		"UserArn": "arn:aws:quicksight:us-east-1:111122223333:user/default/PowerUser", "ExperienceConfiguration": map[string]any{"Dashboard": map[string]any{"InitialDashboardId": "sales"}},
	}, &out))
	_, code, _ := strings.Cut(out.EmbedUrl, "code=")
	b, _ := json.Marshal(map[string]string{"Code": code})
	res, err := http.Post(s.URL+"/embed/redeem", "application/json", bytes.NewReader(b))
	require.NoError(t, err)
	var r struct{ SessionToken string }
	require.NoError(t, json.NewDecoder(res.Body).Decode(&r))
	require.NoError(t, s.Do(t.Context(), "POST", "/ip-restriction", map[string]any{"IpRestrictionRuleMap": map[string]string{"192.0.2.0/24": "office"}, "Enabled": true}, nil))
	q, _ := http.NewRequest("GET", s.URL+"/embed/rows/sales", nil)
	q.Header.Set("Authorization", "Bearer "+r.SessionToken)
	res, _ = http.DefaultClient.Do(q)
	require.Equal(t, http.StatusForbidden, res.StatusCode)
	c, err := fsql.NewClient(listener.Addr().String(), nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+r.SessionToken)
	_, err = c.Execute(ctx, "SELECT count(*) FROM sales")
	require.Error(t, err)
	require.NoError(t, s.Do(t.Context(), "POST", "/ip-restriction", map[string]any{"Enabled": false}, nil))
	info, err := c.Execute(ctx, "SELECT count(*) FROM sales")
	require.NoError(t, err, "the restriction is what denied")
	require.NoError(t, s.Do(t.Context(), "POST", "/ip-restriction", map[string]any{"Enabled": true}, nil))
	_, err = c.DoGet(ctx, info.Endpoint[0].Ticket)
	require.Error(t, err, "it holds between two calls")
}
