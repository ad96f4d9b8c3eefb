package spark_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/spark"
)

func TestX(t *testing.T) {
	t0 := time.Now()
	c, err := spark.Start(t.Context(), nil)
	if errors.Is(err, spark.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Log(time.Since(t0))
	defer c.Close()
	db := c.DB()
	try := func(q string, args ...any) {
		t0 := time.Now()
		rows, err := db.Query(q, args...)
		if err != nil {
			t.Log(q, err)
			return
		}
		defer rows.Close()
		cols, _ := rows.Columns()
		for rows.Next() {
			v := make([]any, len(cols))
			p := make([]any, len(cols))
			for i := range v {
				p[i] = &v[i]
			}
			require.NoError(t, rows.Scan(p...))
			t.Logf("%s: %q %v", q, v, time.Since(t0))
		}
	}
	try("select 1, 'a', null, ?", "it's \\ \n \u2028 😀 \ufeff")
	try("create table t (id int, a string, c char(5)) using parquet")
	try("insert into t values (1, 'US', 'US'), (2, 'US ', 'UK'), (3, null, null)")
	try("select id, a='US', c='US', cast(c as string)='US', c collate UTF8_BINARY = 'US', c in ('US'), array_contains(array('US'), c) from t")
	try("select length('a\x00b')")
}
