package quicksight_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestNextRefresh: when a schedule runs, in its time zone, across the changes of
// summer time and the ends of months.
func TestNextRefresh(t *testing.T) {
	tests := []struct {
		reason, interval, week, month, zone, at, start, after, want string
	}{
		{"the hour after the start", "HOURLY", "", "", "", "", "2024-05-01T12:10:00Z", "2024-05-01T12:30:00Z", "2024-05-01T13:10:00Z"},
		{"at the hour itself the next one", "HOURLY", "", "", "", "", "2024-05-01T12:10:00Z", "2024-05-01T13:10:00Z", "2024-05-01T14:10:00Z"},
		{"not before the start", "HOURLY", "", "", "", "", "2024-05-02T00:00:00Z", "2024-05-01T12:30:00Z", "2024-05-02T00:00:00Z"},
		{"an hour with a time of the day", "HOURLY", "", "", "", "06:20", "2024-05-01T12:10:00Z", "2024-05-01T12:30:00Z", "2024-05-01T13:20:00Z"},
		{"an hour with a time of the day, later this hour", "HOURLY", "", "", "", "06:40", "2024-05-01T12:10:00Z", "2024-05-01T12:30:00Z", "2024-05-01T12:40:00Z"},
		{"later today", "DAILY", "", "", "", "13:00", "2024-05-01T00:00:00Z", "2024-05-01T12:00:00Z", "2024-05-01T13:00:00Z"},
		{"tomorrow", "DAILY", "", "", "", "12:00", "2024-05-01T00:00:00Z", "2024-05-01T12:00:00Z", "2024-05-02T12:00:00Z"},
		{"another zone has another day", "DAILY", "", "", "Asia/Tokyo", "01:00", "2024-05-01T00:00:00Z", "2024-05-01T17:00:00Z", "2024-05-02T16:00:00Z"},
		{"before summer time", "DAILY", "", "", "Europe/Rome", "09:00", "2024-03-01T00:00:00Z", "2024-03-29T12:00:00Z", "2024-03-30T08:00:00Z"},
		{"in summer time", "DAILY", "", "", "Europe/Rome", "09:00", "2024-03-01T00:00:00Z", "2024-03-30T12:00:00Z", "2024-03-31T07:00:00Z"},
		{"a day of the week", "WEEKLY", "MONDAY", "", "", "08:00", "2024-05-01T00:00:00Z", "2024-05-01T12:00:00Z", "2024-05-06T08:00:00Z"},
		{"a week later", "WEEKLY", "WEDNESDAY", "", "", "12:00", "2024-05-01T00:00:00Z", "2024-05-01T12:00:00Z", "2024-05-08T12:00:00Z"},
		{"a day of the month", "MONTHLY", "", "5", "", "08:00", "2024-05-01T00:00:00Z", "2024-05-05T08:00:00Z", "2024-06-05T08:00:00Z"},
		{"the last day", "MONTHLY", "", "LAST_DAY_OF_MONTH", "", "08:00", "2024-01-01T00:00:00Z", "2024-01-31T09:00:00Z", "2024-02-29T08:00:00Z"},
		{"the last day of the year", "MONTHLY", "", "LAST_DAY_OF_MONTH", "", "08:00", "2024-01-01T00:00:00Z", "2024-12-31T09:00:00Z", "2025-01-31T08:00:00Z"},
		{"a start in the future", "MONTHLY", "", "1", "", "08:00", "2024-07-01T08:00:00Z", "2024-01-01T00:00:00Z", "2024-07-01T08:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			when := func(text string) time.Time {
				at, err := time.Parse(time.RFC3339, text)
				require.NoError(t, err)
				return at
			}
			got, err := quicksight.NextRefresh(tt.interval, tt.week, tt.month, tt.zone, tt.at, when(tt.start), when(tt.after))
			require.NoError(t, err)
			require.Equal(t, tt.want, got.Format(time.RFC3339))
		})
	}
}

// hourly is a schedule.
func hourly(id string) object {
	return object{"Schedule": object{"ScheduleId": id, "ScheduleFrequency": object{"Interval": "HOURLY"}, "RefreshType": "FULL_REFRESH"}}
}

type ingestionList struct {
	Ingestions []struct{ IngestionId, IngestionStatus, RequestSource, RequestType string }
}

func scheduled(t *testing.T, s *quicksighttest.Server, set string) (ids []string) {
	t.Helper()
	var list ingestionList
	require.NoError(t, s.Do(t.Context(), "GET", "/data-sets/"+set+"/ingestions", nil, &list))
	for _, i := range list.Ingestions {
		if i.RequestSource == "SCHEDULED" {
			require.Equal(t, "FULL_REFRESH", i.RequestType)
			ids = append(ids, i.IngestionId)
		}
	}
	return ids
}

// TestSchedules: a schedule refreshes a data set by the clock of the service, once
// however often its time came, also after the service was opened again, and no
// longer than it is there.
func TestSchedules(t *testing.T) {
	s := quicksighttest.NewServer(t)
	const path = "/data-sets/sales/refresh-schedules"
	require.NoError(t, s.Do(t.Context(), "POST", path, hourly("each"), nil))
	s.Advance(59 * time.Minute)
	require.Empty(t, scheduled(t, s, "sales"))

	require.NoError(t, s.WriteObject("rowsight-demo", "sales.csv", "Order,Region,Segment,Amount\n1,US,Enterprise,1\n2,US,Enterprise,2\n"))
	s.Advance(2 * time.Minute)
	ids := scheduled(t, s, "sales")
	require.Len(t, ids, 1)
	require.NoError(t, s.WaitIngestion(t.Context(), "sales", ids[0]))
	require.Equal(t, int64(2), count(t, s, "sales", "MarthaRivera"), "the new rows, and the rules")
	require.Zero(t, count(t, s, "sales", "Nobody"))

	s.Advance(10 * time.Hour)
	ids = scheduled(t, s, "sales")
	require.Len(t, ids, 2, "once")
	for _, id := range ids {
		require.NoError(t, s.WaitIngestion(t.Context(), "sales", id))
	}

	var all struct {
		RefreshSchedules []struct{ ScheduleId, Arn string }
	}
	require.NoError(t, s.Do(t.Context(), "GET", path, nil, &all))
	require.Len(t, all.RefreshSchedules, 1)
	require.Equal(t, arn("dataset/sales/refresh-schedule/each"), all.RefreshSchedules[0].Arn)

	daily := object{"Schedule": object{"ScheduleId": "each", "ScheduleFrequency": object{"Interval": "DAILY", "TimeOfTheDay": "12:00", "Timezone": "Europe/Rome"}, "RefreshType": "FULL_REFRESH"}}
	require.NoError(t, s.Do(t.Context(), "PUT", path, daily, nil))
	before := len(scheduled(t, s, "sales"))
	s.Advance(24 * time.Hour)
	require.Len(t, scheduled(t, s, "sales"), before+1)
	require.NoError(t, s.Do(t.Context(), "DELETE", path+"/each", nil, nil))
	s.Advance(48 * time.Hour)
	require.Len(t, scheduled(t, s, "sales"), before+1)

	// A data set takes its schedules along.
	require.NoError(t, s.Do(t.Context(), "POST", path, hourly("again"), nil))
	require.NoError(t, s.Do(t.Context(), "DELETE", "/data-sets/sales", nil, nil))
	require.NoError(t, s.AddCSV(t.Context(), "sales2", "a\n1\n", nil))
	require.Equal(t, "ResourceNotFoundException", code(s.Do(t.Context(), "GET", path, nil, nil)))
	s.Advance(2 * time.Hour)
	require.Empty(t, scheduled(t, s, "sales2"))
}

// TestScheduleWaits: while a refresh of a data set waits for slow ones, its schedule
// adds no other. Other data sets have theirs.
func TestScheduleWaits(t *testing.T) {
	s := quicksighttest.NewServer(t)
	require.NoError(t, s.AddCSV(t.Context(), "sales2", "a\n1\n", nil))
	for _, set := range []string{"sales", "sales2"} {
		require.NoError(t, s.Do(t.Context(), "POST", "/data-sets/"+set+"/refresh-schedules", hourly("each"), nil))
	}
	release := s.Service.HoldIngestions()
	for range 5 {
		s.Advance(2 * time.Hour)
	}
	waiting := map[string]string{}
	for _, set := range []string{"sales", "sales2"} {
		ids := scheduled(t, s, set)
		require.Len(t, ids, 1, set)
		waiting[set] = ids[0]
	}
	release()
	for set, id := range waiting {
		require.NoError(t, s.WaitIngestion(t.Context(), set, id))
	}
	s.Advance(2 * time.Hour)
	require.Len(t, scheduled(t, s, "sales"), 2, "and the next time as usual")
}

// TestScheduleKept: a service that was closed runs its schedules when it is
// opened again.
func TestScheduleKept(t *testing.T) {
	s := quicksighttest.NewServer(t)
	require.NoError(t, s.Do(t.Context(), "POST", "/data-sets/sales/refresh-schedules", hourly("each"), nil))
	require.NoError(t, s.Service.Close())
	later := time.Now().Add(2 * time.Hour)
	opened, err := quicksight.Open(t.Context(), s.Dir, &quicksight.Options{Account: s.Account, Region: s.Region, Unauthenticated: true, Now: func() time.Time { return later }})
	require.NoError(t, err)
	require.NoError(t, opened.RunSchedules(t.Context()))
	require.Len(t, opened.Ingestions("sales", "SCHEDULED"), 1)
	require.NoError(t, opened.RunSchedules(t.Context()))
	require.Len(t, opened.Ingestions("sales", "SCHEDULED"), 1, "once")
	require.NoError(t, opened.Close())
	require.ErrorIs(t, opened.RunSchedules(t.Context()), quicksight.ErrOptions)
	require.ErrorIs(t, new(quicksight.Service).RunSchedules(t.Context()), quicksight.ErrOptions)
}

// TestSchedulesRefused: schedules that the service cannot run are refused, and
// are not there afterwards.
func TestSchedulesRefused(t *testing.T) {
	s := quicksighttest.NewServer(t)
	require.NoError(t, s.Do(t.Context(), "POST", "/data-sets", object{
		"DataSetId": "child", "Name": "child", "ImportMode": "DIRECT_QUERY", "PhysicalTableMap": object{},
		"LogicalTableMap": object{"c": object{"Alias": "c", "Source": object{"DataSetArn": arn("dataset/sales")}}},
	}, nil))
	of := func(frequency object, more object) object {
		return object{"Schedule": with(object{"ScheduleId": "x", "ScheduleFrequency": frequency, "RefreshType": "FULL_REFRESH"}, more)}
	}
	day := object{"Interval": "DAILY", "TimeOfTheDay": "12:00"}
	tests := []struct {
		reason, set string
		body        object
		want        string
	}{
		{"incremental", "sales", of(day, object{"RefreshType": "INCREMENTAL_REFRESH"}), "InvalidParameterValueException"},
		{"every 15 minutes", "sales", of(object{"Interval": "MINUTE15"}, nil), "InvalidParameterValueException"},
		{"no time of the day", "sales", of(object{"Interval": "DAILY"}, nil), "InvalidParameterValueException"},
		{"a time that is none", "sales", of(with(day, object{"TimeOfTheDay": "24:00"}), nil), "InvalidParameterValueException"},
		{"a zone that is none", "sales", of(with(day, object{"Timezone": "Mars/Olympus"}), nil), "InvalidParameterValueException"},
		{"the zone of this machine", "sales", of(with(day, object{"Timezone": "Local"}), nil), "InvalidParameterValueException"},
		{"a file as a zone", "sales", of(with(day, object{"Timezone": "../../etc/passwd"}), nil), "InvalidParameterValueException"},
		{"weekly without a day", "sales", of(with(day, object{"Interval": "WEEKLY"}), nil), "InvalidParameterValueException"},
		{"weekly with a day of the month", "sales", of(with(day, object{"Interval": "WEEKLY", "RefreshOnDay": object{"DayOfMonth": "1"}}), nil), "InvalidParameterValueException"},
		{"monthly on the 31st", "sales", of(with(day, object{"Interval": "MONTHLY", "RefreshOnDay": object{"DayOfMonth": "31"}}), nil), "InvalidParameterValueException"},
		{"daily with a day", "sales", of(with(day, object{"RefreshOnDay": object{"DayOfWeek": "MONDAY"}}), nil), "InvalidParameterValueException"},
		{"a start that is none", "sales", of(day, object{"StartAfterDateTime": "soon"}), "InvalidParameterValueException"},
		{"a start after the end of time", "sales", of(day, object{"StartAfterDateTime": 1e18}), "InvalidParameterValueException"},
		{"an id with a slash", "sales", of(day, object{"ScheduleId": "a/b"}), "InvalidParameterValueException"},
		{"the ARN of another schedule", "sales", of(day, object{"Arn": arn("dataset/other/refresh-schedule/x")}), "InvalidParameterValueException"},
		{"a data set that is not there", "nobody", of(day, nil), "ResourceNotFoundException"},
		{"a data set without rows of its own", "child", of(day, nil), "PreconditionNotMetException"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			err := s.Do(t.Context(), "POST", "/data-sets/"+tt.set+"/refresh-schedules", tt.body, nil)
			require.Equal(t, tt.want, code(err), "%v", err)
			require.Equal(t, "ResourceNotFoundException", code(s.Do(t.Context(), "GET", "/data-sets/"+tt.set+"/refresh-schedules/x", nil, nil)))
		})
	}
	t.Run("how many", func(t *testing.T) {
		const path = "/data-sets/sales/refresh-schedules"
		require.NoError(t, s.Do(t.Context(), "POST", path, hourly("a"), nil))
		require.Equal(t, "ResourceExistsException", code(s.Do(t.Context(), "POST", path, hourly("a"), nil)))
		require.Equal(t, "LimitExceededException", code(s.Do(t.Context(), "POST", path, hourly("b"), nil)), "one each hour")
		require.Equal(t, "ResourceNotFoundException", code(s.Do(t.Context(), "PUT", path, of(day, nil), nil)))
		for _, id := range []string{"b", "c", "d", "e"} {
			require.NoError(t, s.Do(t.Context(), "POST", path, of(day, object{"ScheduleId": id}), nil))
		}
		require.Equal(t, "LimitExceededException", code(s.Do(t.Context(), "POST", path, of(day, object{"ScheduleId": "f"}), nil)))
		require.NoError(t, s.Do(t.Context(), "PUT", path, hourly("a"), nil))
	})
	t.Run("properties", func(t *testing.T) {
		const path = "/data-sets/sales/refresh-properties"
		require.Equal(t, "ResourceNotFoundException", code(s.Do(t.Context(), "GET", path, nil, nil)))
		window := func(column string) object {
			return object{"DataSetRefreshProperties": object{"RefreshConfiguration": object{"IncrementalRefresh": object{"LookbackWindow": object{"ColumnName": column, "Size": 1, "SizeUnit": "DAY"}}}}}
		}
		require.Equal(t, "InvalidParameterValueException", code(s.Do(t.Context(), "PUT", path, window("Region"), nil)), "text")
		require.Equal(t, "InvalidParameterValueException", code(s.Do(t.Context(), "PUT", path, window("Nowhere"), nil)))
		require.Equal(t, "PreconditionNotMetException", code(s.Do(t.Context(), "PUT", "/data-sets/child/refresh-properties", window("Region"), nil)))
		require.NoError(t, s.Do(t.Context(), "PUT", path, object{"DataSetRefreshProperties": object{"FailureConfiguration": object{"EmailAlert": object{"AlertStatus": "DISABLED"}}}}, nil))
		require.NoError(t, s.Do(t.Context(), "DELETE", path, nil, nil))
		require.Equal(t, "ResourceNotFoundException", code(s.Do(t.Context(), "DELETE", path, nil, nil)))
	})
}
