package main

import (
	"testing"

	"github.com/glebarez/sqlite"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

func TestVisible(t *testing.T) {
	db, err := gorm.Open(sqlite.Open(":memory:"), nil)
	require.NoError(t, err)
	require.NoError(t, db.AutoMigrate(&Order{}))
	texts := []string{"US", "a?b", "'; DROP TABLE orders; --", "@name", "{curly}", "us"}
	var all []Order
	for i := range texts {
		all = append(all, Order{uint(i + 1), &texts[i]})
	}
	all = append(all, Order{uint(len(texts) + 1), nil})
	require.NoError(t, db.Create(all).Error)

	for _, tt := range []predicate.Predicate{
		{}, predicate.All(), predicate.In("region", "US"), predicate.In("region", texts...), predicate.In("region", texts[1:5]...),
		predicate.HasValue("region"), predicate.Or(predicate.In("region", "a?b"), predicate.In("region", "@name")),
	} {
		var want, got []uint
		for _, o := range all {
			if tt.Match(func(string) (string, bool) {
				if o.Region == nil {
					return "", false
				}
				return *o.Region, true
			}) {
				want = append(want, o.ID)
			}
		}
		var orders []Order
		require.NoError(t, db.Scopes(Visible(tt, where.SQLite, "orders", "region")).Where("id > ?", 0).Order("id").Find(&orders).Error)
		for _, o := range orders {
			got = append(got, o.ID)
		}
		require.Equal(t, want, got, "%s", tt)
	}
	var orders []Order
	require.ErrorIs(t, db.Scopes(Visible(predicate.In("tenant", "x"), where.SQLite, "orders", "region")).Find(&orders).Error, where.ErrColumn)
	require.Empty(t, orders)
}
