package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/rowsight/rowsight/spice/embed"
)

// A client asks the service over HTTP, as the session of one tenant.
type client struct {
	base, token string
}

// clients starts the service, and returns a client for each of some tenants.
func clients(ctx context.Context, s *Service, c settings, n int) (all []client, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	server := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // Close ends it
	stop = func() { _ = server.Close() }
	for i := range n {
		token, err := s.Token(ctx, tenant(i*37%c.tenants))
		if err != nil {
			stop()
			return nil, nil, err
		}
		all = append(all, client{"http://" + listener.Addr().String(), token})
	}
	return all, stop, nil
}

func (c client) do(ctx context.Context, method, path string, body []byte, accept string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/json")
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	response, err := http.DefaultClient.Do(r)
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.Join(fmt.Errorf("%s %s: %s", method, path, response.Status), response.Body.Close())
	}
	return response, err
}

// dashboard asks the questions of a dashboard.
func (c client) dashboard(ctx context.Context) error {
	for _, q := range kpis() {
		text, err := json.Marshal(q)
		if err != nil {
			return err
		}
		response, err := c.do(ctx, http.MethodPost, "/query", text, "")
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			return err
		}
	}
	return nil
}

// sum gets all visible rows, and adds up what the first question asks for.
func (c client) sum(ctx context.Context) (first time.Duration, err error) {
	begin := time.Now()
	response, err := c.do(ctx, http.MethodGet, "/rows", nil, embed.MediaType)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	head := make([]byte, 1)
	if _, err := io.ReadFull(response.Body, head); err != nil {
		return 0, err
	}
	first = time.Since(begin)
	reader, err := ipc.NewReader(io.MultiReader(bytes.NewReader(head), response.Body))
	if err != nil {
		return 0, err
	}
	defer reader.Release()
	var revenue, quantity float64
	for reader.Next() {
		rec := reader.Record()
		quantities := rec.Column(rec.Schema().FieldIndices("quantity")[0]).(*array.Int64)
		amounts := rec.Column(rec.Schema().FieldIndices("revenue")[0]).(*array.Decimal128)
		for i := range int(rec.NumRows()) {
			quantity += float64(quantities.Value(i))
			revenue += amounts.Value(i).ToFloat64(2)
		}
	}
	if err := reader.Err(); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	if revenue == 0 || quantity == 0 {
		return 0, errors.New("no rows")
	}
	return first, nil
}

// benchSessions lets sessions open the dashboard at once, again and again.
func benchSessions(ctx context.Context, s *Service, c settings, w io.Writer) error {
	all, stop, err := clients(ctx, s, c, c.sessions)
	if err != nil {
		return err
	}
	defer stop()
	var (
		mu    sync.Mutex
		took  []time.Duration
		errs  []error
		wait  sync.WaitGroup
		until = time.Now().Add(c.length)
	)
	for _, one := range all {
		wait.Go(func() {
			for time.Now().Before(until) {
				begin := time.Now()
				err := one.dashboard(ctx)
				mu.Lock()
				took = append(took, time.Since(begin))
				mu.Unlock()
				if err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
					return
				}
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	slices.Sort(took)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintf(w, "%d sessions, %d dashboards of %d questions in %v: %.0f questions a second, p50 %.1f ms, p99 %.1f ms; memory from the system %d MB\n",
		c.sessions, len(took), len(kpis()), c.length, float64(len(took)*len(kpis()))/c.length.Seconds(), ms(took[len(took)/2]), ms(took[len(took)*99/100]), m.Sys>>20)
	return nil
}

// benchStream measures the rows of a session as a stream, against its dashboard.
func benchStream(ctx context.Context, s *Service, c settings, w io.Writer) error {
	all, stop, err := clients(ctx, s, c, c.rounds)
	if err != nil {
		return err
	}
	defer stop()
	var firsts, sums, boards, again []time.Duration
	for _, one := range all {
		begin := time.Now()
		first, err := one.sum(ctx)
		if err != nil {
			return err
		}
		firsts, sums = append(firsts, first), append(sums, time.Since(begin))
		for _, times := range []*[]time.Duration{&boards, &again} {
			begin = time.Now()
			if err := one.dashboard(ctx); err != nil {
				return err
			}
			*times = append(*times, time.Since(begin))
		}
	}
	for name, times := range map[string][]time.Duration{"first byte of all visible rows": firsts, "all visible rows, summed": sums, "dashboard, first time": boards, "dashboard, again": again} {
		slices.Sort(times)
		fmt.Fprintf(w, "%-32s median %8.2f ms\n", name, ms(times[len(times)/2]))
	}
	return nil
}
