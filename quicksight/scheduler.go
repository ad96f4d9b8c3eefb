package quicksight

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/namespace"
)

// lookEvery is how often the service looks for refreshes that are due.
const lookEvery = time.Second

// keepSchedules runs refresh schedules until the service is closed.
func (s *Service) keepSchedules() {
	defer s.running.Done()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
			if err := s.RunSchedules(s.ctx); err != nil && s.ctx.Err() == nil {
				s.opts.Logger.Error("quicksight: refresh schedules were not run", "error", err)
			}
		}
	}
}

// RunSchedules begins the refreshes whose time has come by the clock of the
// service. The service does so itself, once a second; a program that moves its
// clock need not wait. A schedule whose time came several times runs once. It is
// left out while an earlier ingestion of its data set runs or waits.
func (s *Service) RunSchedules(ctx context.Context) error {
	if s == nil || s.model == nil || s.ctx.Err() != nil {
		return ErrOptions
	}
	if len(s.records.part(kindSchedule, "")) == 0 {
		return nil
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	now := s.opts.Now()
	var errs []error
	for _, key := range s.records.ids(kindSchedule) {
		errs = append(errs, s.runSchedule(ctx, key, now))
	}
	return errors.Join(errs...)
}

// runSchedule begins one refresh. The schedule moves on first: a crash between
// the two leaves one out, and does not run one again and again.
func (s *Service) runSchedule(ctx context.Context, key string, now time.Time) error {
	var doc scheduleDoc
	ok, err := s.records.get(kindSchedule, key, &doc)
	if err != nil || !ok || now.Before(time.Time(doc.Next)) {
		return err
	}
	set, _, _ := strings.Cut(key, "/")
	doc.Next = moment(doc.Schedule.ScheduleFrequency.next(time.Time(doc.Schedule.StartAfterDateTime), now))
	if err := s.records.put(ctx, kindSchedule, key, doc); err != nil {
		return err
	}
	if s.ingesting(set) {
		return nil
	}
	if err := s.makeRoom(ctx, set); err != nil {
		return err
	}
	_, err = s.begin(ctx, set, arn.NewUUID(), "FULL_REFRESH", "SCHEDULED")
	return err
}

// ingesting reports whether a data set has an ingestion that runs or waits. One more
// would read the same rows after it, and those of a slow source would fill the queue.
func (s *Service) ingesting(set string) bool {
	return len(s.ingest.of(set)) > 0
}

// recoverRefreshes removes the ingestions, schedules and refresh properties of data sets
// that are not there.
func (s *Service) recoverRefreshes(ctx context.Context) error {
	sets := s.idsOf(s.kind(namespace.KindDataset))
	for _, kind := range []string{kindIngestion, kindSchedule, kindProperties} {
		for _, key := range s.records.ids(kind) {
			if set, _, _ := strings.Cut(key, "/"); !sets[set] {
				if err := s.records.remove(ctx, kind, key); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
