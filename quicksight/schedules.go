package quicksight

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rowsight/rowsight/namespace"
)

// The kinds of records of refresh schedules, by the id of the data set and their
// own, and of refresh properties, by the id of the data set.
const (
	kindSchedule   = "schedule"
	kindProperties = "refresh-properties"
)

// maxSchedules is how many refresh schedules a data set has at most.
const maxSchedules = 5

// A schedule is a refresh schedule as the API describes one.
type schedule struct {
	ScheduleId         string
	ScheduleFrequency  frequency
	StartAfterDateTime moment
	RefreshType        string
	Arn                string
}

type frequency struct {
	Interval     string
	RefreshOnDay *refreshDay `json:",omitempty"`
	Timezone     string      `json:",omitempty"`
	TimeOfTheDay string      `json:",omitempty"`
}

type refreshDay struct {
	DayOfWeek  string `json:",omitempty"`
	DayOfMonth string `json:",omitempty"`
}

// A scheduleDoc is a schedule with what the service needs to run it.
type scheduleDoc struct {
	Schedule schedule
	Next     moment // when it runs next
}

type scheduleInput struct {
	DataSetId  string
	ScheduleId string
	Schedule   struct {
		ScheduleId         string
		ScheduleFrequency  frequency
		StartAfterDateTime json.RawMessage
		RefreshType        string
		Arn                string
	}
}

func (in *scheduleInput) id() string {
	if in.ScheduleId != "" {
		return in.ScheduleId
	}
	return in.Schedule.ScheduleId
}

func (in *scheduleInput) resource(s *Service) string {
	return s.arn(namespace.KindDataset, in.DataSetId) + "/refresh-schedule/" + in.id()
}

func (in *scheduleInput) set(s *Service) string { return s.arn(namespace.KindDataset, in.DataSetId) }

func (in *scheduleInput) find(c *call) (scheduleDoc, error) {
	return find[scheduleDoc](c.s.records, kindSchedule, in.key(), "the refresh schedule is not there")
}

func (in *scheduleInput) key() string { return in.DataSetId + "/" + in.id() }

var (
	scheduleID = regexp.MustCompile(`^[\w-]{1,512}$`)
	timeOfDay  = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
)

var weekdays = map[string]time.Weekday{
	"SUNDAY": time.Sunday, "MONDAY": time.Monday, "TUESDAY": time.Tuesday, "WEDNESDAY": time.Wednesday,
	"THURSDAY": time.Thursday, "FRIDAY": time.Friday, "SATURDAY": time.Saturday,
}

// zone returns the time zone of a frequency; UTC without one.
func (f frequency) zone() (*time.Location, error) {
	if f.Timezone == "Local" { // of this machine, which the caller does not know
		return nil, errors.New("want the name of a time zone")
	}
	return time.LoadLocation(f.Timezone)
}

// check reports what is wrong with a frequency.
func (f frequency) check() error {
	const field = "Schedule.ScheduleFrequency"
	day := refreshDay{}
	if f.RefreshOnDay != nil {
		day = *f.RefreshOnDay
	}
	if _, err := f.zone(); err != nil {
		return refuse(invalidParameter, "%s.Timezone: got a time zone that is not known", field)
	}
	if f.TimeOfTheDay != "" && !timeOfDay.MatchString(f.TimeOfTheDay) {
		return refuse(invalidParameter, "%s.TimeOfTheDay: want HH:MM", field)
	}
	switch f.Interval {
	case "HOURLY", "DAILY":
		if f.RefreshOnDay != nil {
			return refuse(invalidParameter, "%s.RefreshOnDay: want none with %s", field, f.Interval)
		}
	case "WEEKLY":
		if day.DayOfWeek == "" || day.DayOfMonth != "" {
			return refuse(invalidParameter, "%s.RefreshOnDay: want DayOfWeek alone with WEEKLY", field)
		}
	case "MONTHLY":
		if day.DayOfMonth == "" || day.DayOfWeek != "" {
			return refuse(invalidParameter, "%s.RefreshOnDay: want DayOfMonth alone with MONTHLY", field)
		}
	default:
		return refuse(invalidParameter, "%s.Interval: got %s, which is for incremental refreshes only; this service has none", field, f.Interval)
	}
	if f.TimeOfTheDay == "" && f.Interval != "HOURLY" {
		return refuse(invalidParameter, "%s.TimeOfTheDay: field missing", field)
	}
	return nil
}

// next returns the first time of a frequency after a moment, and not before the
// start. HOURLY counts from the start, or from its time of the day.
func (f frequency) next(start, after time.Time) time.Time {
	zone, err := f.zone()
	if err != nil {
		zone = time.UTC // check has refused it
	}
	if after.Before(start) {
		after = start.Add(-time.Nanosecond)
	}
	hour, minute := 0, 0
	if h, m, ok := strings.Cut(f.TimeOfTheDay, ":"); ok {
		hour, _ = strconv.Atoi(h)
		minute, _ = strconv.Atoi(m)
	}
	local := after.In(zone)
	at := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, hour, minute, 0, 0, zone)
	}
	if f.Interval == "HOURLY" {
		first := start
		if f.TimeOfTheDay != "" {
			s := start.In(zone)
			first = at(s.Year(), s.Month(), s.Day()-1)
		}
		if passed := after.Sub(first); passed >= 0 {
			first = first.Add((passed/time.Hour + 1) * time.Hour)
		}
		return first.UTC()
	}
	for i := 0; ; i++ { // at most 32 days, or 3 months
		var t time.Time
		switch {
		case f.Interval == "MONTHLY" && f.RefreshOnDay.DayOfMonth == "LAST_DAY_OF_MONTH":
			t = at(local.Year(), local.Month()+time.Month(i)+1, 0)
		case f.Interval == "MONTHLY":
			day, _ := strconv.Atoi(f.RefreshOnDay.DayOfMonth)
			t = at(local.Year(), local.Month()+time.Month(i), day)
		default:
			t = at(local.Year(), local.Month(), local.Day()+i)
			if f.Interval == "WEEKLY" && t.Weekday() != weekdays[f.RefreshOnDay.DayOfWeek] {
				continue
			}
		}
		if t.After(after) {
			return t.UTC()
		}
	}
}

// schedule reads the schedule of a request.
func (c *call) schedule(in *scheduleInput) (scheduleDoc, error) {
	if _, err := c.refreshed(in.DataSetId); err != nil {
		return scheduleDoc{}, err
	}
	out := schedule{ScheduleId: in.id(), ScheduleFrequency: in.Schedule.ScheduleFrequency, RefreshType: in.Schedule.RefreshType, Arn: in.resource(c.s)}
	if !scheduleID.MatchString(out.ScheduleId) {
		return scheduleDoc{}, refuse(invalidParameter, "Schedule.ScheduleId: want 1 to 512 of A-Z, a-z, 0-9, '_', '-'")
	}
	if in.Schedule.Arn != "" && in.Schedule.Arn != out.Arn {
		return scheduleDoc{}, refuse(invalidParameter, "Schedule.Arn: it is the ARN of another schedule")
	}
	if out.RefreshType != "FULL_REFRESH" {
		return scheduleDoc{}, refuse(invalidParameter, "Schedule.RefreshType: want FULL_REFRESH: this service has no incremental refresh")
	}
	if err := out.ScheduleFrequency.check(); err != nil {
		return scheduleDoc{}, err
	}
	out.StartAfterDateTime = c.s.now()
	if text := in.Schedule.StartAfterDateTime; text != nil {
		at, err := parseMoment(text)
		if err != nil {
			return scheduleDoc{}, refuse(invalidParameter, "Schedule.StartAfterDateTime: want seconds since 1970, or a time such as 2024-05-01T12:00:00Z, from 1970 to 9999")
		}
		out.StartAfterDateTime = at
	}
	next := out.ScheduleFrequency.next(time.Time(out.StartAfterDateTime), c.s.opts.Now())
	return scheduleDoc{out, moment(next)}, nil
}

// parseMoment reads a time as clients write it.
func parseMoment(text json.RawMessage) (moment, error) {
	var t time.Time
	var word string
	if json.Unmarshal(text, &word) == nil {
		var err error
		if t, err = time.Parse(time.RFC3339, word); err != nil {
			if t, err = time.Parse("2006-01-02T15:04:05", word); err != nil {
				return moment{}, err
			}
		}
	} else {
		seconds, err := strconv.ParseFloat(string(text), 64)
		if err != nil || seconds < 0 || seconds >= 253402300800 {
			return moment{}, errors.New("out of range")
		}
		t = time.UnixMilli(int64(seconds * 1000))
	}
	if t = t.UTC(); t.Year() < 1970 || t.Year() > 9999 {
		return moment{}, errors.New("out of range")
	}
	return moment(t), nil
}

// schedulesOf returns the schedules of a data set in the order of their ids.
func (s *Service) schedulesOf(set string) ([]scheduleDoc, error) {
	return ofDataSet[scheduleDoc](s.records, kindSchedule, set)
}

func createRefreshSchedule(c *call, in *scheduleInput) (any, error) { return c.putSchedule(in, true) }

func updateRefreshSchedule(c *call, in *scheduleInput) (any, error) { return c.putSchedule(in, false) }

func (c *call) putSchedule(in *scheduleInput, create bool) (any, error) {
	doc, err := c.schedule(in)
	if err != nil {
		return nil, err
	}
	all, err := c.s.schedulesOf(in.DataSetId)
	if err != nil {
		return nil, err
	}
	there := false
	for _, other := range all {
		if other.Schedule.ScheduleId == doc.Schedule.ScheduleId {
			there = true
		} else if doc.Schedule.ScheduleFrequency.Interval == "HOURLY" && other.Schedule.ScheduleFrequency.Interval == "HOURLY" {
			return nil, refuse(limitExceeded, "the data set has another schedule that is HOURLY")
		}
	}
	switch {
	case create && there:
		return nil, refuse(exists, "the data set has a refresh schedule of this id")
	case !create && !there:
		return nil, refuse(notFound, "the refresh schedule is not there")
	case create && len(all) >= maxSchedules:
		return nil, refuse(limitExceeded, "the data set has %d refresh schedules", maxSchedules)
	}
	return map[string]any{"ScheduleId": doc.Schedule.ScheduleId, "Arn": doc.Schedule.Arn}, c.s.records.put(c.ctx(), kindSchedule, in.key(), doc)
}

func describeRefreshSchedule(_ *call, _ *scheduleInput, doc scheduleDoc) (any, error) {
	return map[string]any{"RefreshSchedule": doc.Schedule, "Arn": doc.Schedule.Arn}, nil
}

func listRefreshSchedules(c *call, in *scheduleInput) (any, error) {
	if _, err := c.s.dataSet(in.DataSetId); err != nil {
		return nil, err
	}
	docs, err := c.s.schedulesOf(in.DataSetId)
	list := []schedule{}
	for _, doc := range docs {
		list = append(list, doc.Schedule)
	}
	return map[string]any{"RefreshSchedules": list}, err
}

func deleteRefreshSchedule(c *call, in *scheduleInput, doc scheduleDoc) (any, error) {
	return map[string]any{"ScheduleId": doc.Schedule.ScheduleId, "Arn": doc.Schedule.Arn}, c.s.records.remove(c.ctx(), kindSchedule, in.key())
}

// forgetRefreshes deletes the ingestions, schedules and refresh properties of a data set.
func (s *Service) forgetRefreshes(ctx context.Context, set string) error {
	return errors.Join(
		s.records.remove(ctx, kindIngestion, slices.Collect(s.records.under(kindIngestion, set+"/")(""))...),
		s.records.remove(ctx, kindSchedule, slices.Collect(s.records.under(kindSchedule, set+"/")(""))...),
		s.records.remove(ctx, kindProperties, set),
	)
}
