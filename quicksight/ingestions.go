package quicksight

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/source"
)

// kindIngestion are ingestions, by the id of the data set and their own.
const kindIngestion = "ingestion"

// maxIngestions is how many ingestions of a data set are remembered. maxRunning is how
// many data sets have one that runs, and maxIngestion how long one reads, without
// [Options.Ingestions] and [Options.IngestionTime].
const (
	maxIngestions = 100
	maxRunning    = 2
	maxIngestion  = time.Hour
)

// An ingestion is one refresh as the API describes it.
type ingestion struct {
	Arn                    string
	IngestionId            string
	IngestionStatus        string
	ErrorInfo              *ingestionError `json:",omitempty"`
	RowInfo                *rowInfo        `json:",omitempty"`
	CreatedTime            moment
	IngestionTimeInSeconds int64
	IngestionSizeInBytes   int64
	RequestSource          string
	RequestType            string
}

func (i ingestion) ended() bool {
	return slices.Contains([]string{"COMPLETED", "FAILED", "CANCELLED"}, i.IngestionStatus)
}

type ingestionError struct{ Type, Message string }

type rowInfo struct{ RowsIngested, RowsDropped, TotalRowsInDataset int64 }

// ingests are the ingestions that run or wait.
type ingests struct {
	mu      sync.Mutex
	running map[string][]*run // by data set, in the order in which they began
	slots   chan struct{}
	most    time.Duration // that one reads
}

func (g *ingests) open(o *Options) error {
	if o.Ingestions < 0 || o.IngestionTime < 0 {
		return fmt.Errorf("%w: got %d ingestions and %s for one, want numbers from 0", ErrOptions, o.Ingestions, o.IngestionTime)
	}
	g.running, g.slots = make(map[string][]*run), make(chan struct{}, cmp.Or(o.Ingestions, maxRunning))
	g.most = cmp.Or(o.IngestionTime, maxIngestion)
	return nil
}

// of returns the ingestions of a data set that run or wait.
func (g *ingests) of(set string) []*run {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.running[set])
}

type run struct {
	id     string
	cancel context.CancelCauseFunc
	done   chan struct{}
}

var (
	errCancelled = errors.New("cancelled by CancelIngestion")
	errDeleted   = errors.New("the data set was deleted")
	errReplaced  = errors.New("the definition of the data set was replaced")
	errSlow      = errors.New("the rows were not read in the time that an ingestion has")
)

type ingestionInput struct {
	DataSetId     string
	IngestionId   string
	IngestionType string
	page
}

// resource is the data set: the API authorises ingestions on it as on their own
// ARN, which has the data set in front.
func (in *ingestionInput) resource(s *Service) string {
	arn := s.arn(namespace.KindDataset, in.DataSetId)
	if in.IngestionId == "" {
		return arn
	}
	return arn + "/ingestion/" + in.IngestionId
}

func (in *ingestionInput) find(c *call) (dataSetDoc, error) { return c.s.dataSet(in.DataSetId) }

func ingestionKey(set, id string) string { return set + "/" + id }

// begin starts an ingestion. The caller holds the lock on changes.
func (s *Service) begin(ctx context.Context, set, id, how, by string) (ingestion, error) {
	var there ingestion
	if ok, err := s.records.get(kindIngestion, ingestionKey(set, id), &there); ok || err != nil {
		return there, errors.Join(err, refuse(exists, "the data set has an ingestion of this id"))
	}
	i := ingestion{
		Arn: s.arn(namespace.KindDataset, set) + "/ingestion/" + id, IngestionId: id, IngestionStatus: "INITIALIZED",
		CreatedTime: s.now(), RequestSource: by, RequestType: how,
	}
	if err := s.records.put(ctx, kindIngestion, ingestionKey(set, id), i); err != nil {
		return i, err
	}
	runCtx, cancel := context.WithCancelCause(s.ctx)
	r := &run{id, cancel, make(chan struct{})}
	s.ingest.mu.Lock()
	earlier := slices.Clone(s.ingest.running[set])
	s.ingest.running[set] = append(s.ingest.running[set], r)
	s.ingest.mu.Unlock()
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		defer s.finished(set, r)
		s.carryOut(runCtx, set, i, earlier)
	}()
	return i, nil
}

func (s *Service) finished(set string, r *run) {
	r.cancel(nil)
	s.ingest.mu.Lock()
	defer s.ingest.mu.Unlock()
	s.ingest.running[set] = slices.DeleteFunc(s.ingest.running[set], func(o *run) bool { return o == r })
	close(r.done)
}

// carryOut reads the rows and writes down what became of them.
func (s *Service) carryOut(ctx context.Context, set string, i ingestion, earlier []*run) {
	result, err := s.refresh(ctx, set, i, earlier)
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errDeleted) || s.ctx.Err() != nil:
		return // there is no data set, or the next Open says that it was cut off
	case err == nil:
		i.IngestionStatus = "COMPLETED"
		i.RowInfo = &rowInfo{result.RowsIngested, result.RowsDropped, result.TotalRowsInDataset}
		i.IngestionSizeInBytes = result.IngestionSizeInBytes
	case errors.Is(cause, errCancelled):
		i.IngestionStatus = "CANCELLED"
		i.ErrorInfo = &ingestionError{"INGESTION_CANCELED", errCancelled.Error()}
	case errors.Is(cause, errReplaced):
		i.IngestionStatus = "FAILED"
		i.ErrorInfo = &ingestionError{"INGESTION_SUPERSEDED", errReplaced.Error()}
	default:
		i.IngestionStatus = "FAILED"
		i.ErrorInfo = &ingestionError{errorType(err), reasonOf(err)}
	}
	i.IngestionTimeInSeconds = int64(s.opts.Now().Sub(time.Time(i.CreatedTime)).Seconds())
	if err := s.records.put(s.ctx, kindIngestion, ingestionKey(set, i.IngestionId), i); err != nil {
		s.opts.Logger.Error("quicksight: the end of an ingestion could not be written", "dataset", set, "error", err)
	}
}

// queue waits until the ingestions of the data set that began earlier have ended, and
// then until fewer than the most run. So a data set never has more than one of the slots.
func (s *Service) queue(ctx context.Context, set string, i ingestion, earlier []*run) error {
	if len(earlier) == 0 {
		select {
		case s.ingest.slots <- struct{}{}:
			return nil
		default:
		}
	}
	i.IngestionStatus = "QUEUED"
	if err := s.records.put(ctx, kindIngestion, ingestionKey(set, i.IngestionId), i); err != nil {
		return err
	}
	for _, r := range earlier {
		select {
		case <-r.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	select {
	case s.ingest.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Service) refresh(ctx context.Context, set string, i ingestion, earlier []*run) (_ spice.Ingestion, err error) {
	if err := s.queue(ctx, set, i, earlier); err != nil {
		return spice.Ingestion{}, err
	}
	defer func() { <-s.ingest.slots }()
	ctx, cancel := context.WithTimeoutCause(ctx, s.ingest.most, errSlow)
	defer cancel()
	defer func() {
		if err != nil && context.Cause(ctx) == errSlow {
			err = errSlow // whatever the source made of it
		}
	}()
	i.IngestionStatus = "RUNNING"
	if err := s.records.put(ctx, kindIngestion, ingestionKey(set, i.IngestionId), i); err != nil {
		return spice.Ingestion{}, err
	}
	doc, err := s.dataSet(set)
	if err != nil {
		return spice.Ingestion{}, err
	}
	for _, id := range doc.Plan.sources() {
		if _, err := s.catalog.Wait(ctx, id); err != nil {
			return spice.Ingestion{}, err
		}
	}
	d, err := s.store.Dataset(set)
	if err != nil {
		return spice.Ingestion{}, err
	}
	return d.Refresh(ctx, s.source(doc.Plan), spice.RefreshFull)
}

// reasonOf says why rows could not be read, without a value of them.
func reasonOf(err error) string {
	var database *databaseError
	if errors.As(err, &database) {
		return database.Error()
	}
	for _, known := range []error{
		errSlow, source.ErrNotFound, source.ErrNotReady, source.ErrNoRole, source.ErrTrust, source.ErrDenied, source.ErrManifest, source.ErrData, source.ErrColumns, source.ErrNoData,
		spice.ErrKey, spice.ErrNoColumn, spice.ErrNotText, spice.ErrSpiceChild, spice.ErrNoParent, spice.ErrRules, spice.ErrSchema, spice.ErrType, spice.ErrTooLong, spice.ErrEncoding,
		source.ErrFormat, source.ErrCredentials, errRight, spice.ErrSource,
	} {
		if errors.Is(err, known) {
			return known.Error() + placeOf(err)
		}
	}
	return "internal error"
}

// placeOf returns where in a file an error is, " at file:line:column", as far as
// that is known. What is written there may be a row that nobody may see.
func placeOf(err error) string {
	var at *source.Error
	if !errors.As(err, &at) || at.Pos.File == "" {
		return ""
	}
	return " at " + at.Pos.String()
}

// errorType finds the name that the API has for a failure.
func errorType(err error) string {
	switch {
	case errors.Is(err, errSlow):
		return "QUERY_TIMEOUT"
	case errors.Is(err, source.ErrManifest), errors.Is(err, source.ErrData):
		return "S3_MANIFEST_ERROR"
	case errors.Is(err, source.ErrNoRole), errors.Is(err, source.ErrTrust):
		return "FAILURE_TO_ASSUME_ROLE"
	case errors.Is(err, source.ErrDenied):
		return "PERMISSION_DENIED"
	case errors.Is(err, spice.ErrKey), errors.Is(err, spice.ErrRules), errors.Is(err, spice.ErrNoColumn), errors.Is(err, spice.ErrNotText):
		return "CUSTOMER_ERROR"
	case errors.Is(err, spice.ErrSource):
		return "DATA_TOLERANCE_EXCEPTION"
	}
	return "INTERNAL_SERVICE_ERROR"
}

// await waits until the ingestions of a data set that run now have ended, for
// half a minute at most.
func (s *Service) await(ctx context.Context, set string) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for _, r := range s.ingest.of(set) {
		select {
		case <-r.done:
		case <-ctx.Done():
			return
		}
	}
}

// stop ends the ingestions of a data set and waits until they have ended. The
// caller holds the lock on changes, so none begins meanwhile.
func (s *Service) stop(set string, why error) {
	for _, r := range s.ingest.of(set) {
		r.cancel(why)
		<-r.done
	}
}

func (s *Service) ingestionsOf(set string) (all []ingestion, err error) {
	all, err = ofDataSet[ingestion](s.records, kindIngestion, set)
	slices.SortFunc(all, func(a, b ingestion) int { // the newest first
		if c := time.Time(b.CreatedTime).Compare(time.Time(a.CreatedTime)); c != 0 {
			return c
		}
		return cmp.Compare(b.IngestionId, a.IngestionId)
	})
	return all, err
}

// recoverIngestions marks the ingestions that were cut off as failed.
func (s *Service) recoverIngestions(ctx context.Context) error {
	for _, key := range s.records.ids(kindIngestion) {
		var i ingestion
		if _, err := s.records.get(kindIngestion, key, &i); err != nil {
			return err
		}
		if i.ended() {
			continue
		}
		i.IngestionStatus, i.ErrorInfo = "FAILED", &ingestionError{"INTERNAL_SERVICE_ERROR", "the service ended while the ingestion ran"}
		if err := s.records.put(ctx, kindIngestion, key, i); err != nil {
			return err
		}
	}
	return nil
}

// makeRoom forgets the oldest ingestion of a data set that has many, if it has
// ended.
func (s *Service) makeRoom(ctx context.Context, set string) error {
	all, err := s.ingestionsOf(set)
	if err != nil || len(all) < maxIngestions {
		return err
	}
	oldest := all[len(all)-1]
	if !oldest.ended() {
		return nil
	}
	return s.records.remove(ctx, kindIngestion, ingestionKey(set, oldest.IngestionId))
}

func createIngestion(c *call, in *ingestionInput, doc dataSetDoc) (any, error) {
	switch {
	case doc.ImportMode != "SPICE":
		return nil, refuse(invalidParameter, "the data set has no rows of its own: its ImportMode is %s", doc.ImportMode)
	case in.IngestionType == "INCREMENTAL_REFRESH":
		return nil, refuse(invalidParameter, "IngestionType: this service has no incremental refresh")
	}
	if err := c.s.makeRoom(c.ctx(), in.DataSetId); err != nil {
		return nil, err
	}
	i, err := c.s.begin(c.ctx(), in.DataSetId, in.IngestionId, "FULL_REFRESH", "MANUAL")
	return map[string]any{"Arn": i.Arn, "IngestionId": i.IngestionId, "IngestionStatus": i.IngestionStatus}, err
}

func describeIngestion(c *call, in *ingestionInput) (any, error) {
	i, err := find[ingestion](c.s.records, kindIngestion, ingestionKey(in.DataSetId, in.IngestionId), "the ingestion is not there")
	return struct{ Ingestion ingestion }{i}, err
}

func listIngestions(c *call, in *ingestionInput, _ dataSetDoc) (any, error) {
	return pageOf(c, in.page, "Ingestions", c.s.records.under(kindIngestion, ingestionKey(in.DataSetId, "")), func(key string) (i ingestion, there bool, err error) {
		there, err = c.s.records.get(kindIngestion, key, &i)
		return i, there, err
	})
}

// cancelIngestion ends an ingestion that runs. The rows of before stay.
func cancelIngestion(c *call, in *ingestionInput) (any, error) {
	runs := c.s.ingest.of(in.DataSetId)
	at := slices.IndexFunc(runs, func(r *run) bool { return r.id == in.IngestionId })
	if at < 0 {
		if _, err := describeIngestion(c, in); err != nil {
			return nil, err
		}
		return nil, refuse(invalidParameter, "the ingestion has ended")
	}
	runs[at].cancel(errCancelled)
	<-runs[at].done
	return map[string]any{"Arn": in.resource(c.s), "IngestionId": in.IngestionId}, nil
}
