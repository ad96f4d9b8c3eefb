package flightsql

import (
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/stretchr/testify/require"
)

// messages are what a client has sent.
type messages struct {
	flight.FlightService_DoPutClient
	all []*flight.FlightData
}

func (m *messages) Send(d *flight.FlightData) error {
	m.all = append(m.all, d)
	return nil
}

func (m *messages) Recv() (*flight.FlightData, error) {
	if len(m.all) == 0 {
		return nil, io.EOF
	}
	d := m.all[0]
	m.all = m.all[1:]
	if err := checkPut(d.DataHeader, len(d.DataBody)); err != nil {
		return nil, err
	}
	return d, nil
}

// FuzzPut: whatever a client sends as parameters, package ipc reads it or refuses it, and
// the process lives.
func FuzzPut(f *testing.F) {
	for _, text := range []string{
		`[{"a": "x"}]`, `[{"a": null}]`, `[]`, `[{"a": "x"}, {"a": "y"}]`,
	} {
		schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
		rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(text))
		require.NoError(f, err)
		var sent messages
		w := flight.NewRecordWriter(&sent, ipc.WithSchema(schema))
		require.NoError(f, w.Write(rec))
		rec.Release()
		require.Len(f, sent.all, 2)
		if err := checkPut(sent.all[1].DataHeader, len(sent.all[1].DataBody)); text != `[{"a": "x"}, {"a": "y"}]` {
			require.NoError(f, err, text)
		} else {
			require.Error(f, err, "two rows")
		}
		f.Add(sent.all[0].DataHeader, sent.all[1].DataHeader, sent.all[1].DataBody)
	}
	f.Fuzz(func(t *testing.T, schema, record, body []byte) {
		in := &messages{all: []*flight.FlightData{{DataHeader: schema}, {DataHeader: record, DataBody: body}}}
		defer func() { _ = recover() }() // as the server does
		r, err := flight.NewRecordReader(in)
		if err != nil {
			return
		}
		defer r.Release()
		args, err := arguments(r)
		if err == nil {
			require.LessOrEqual(t, len(args), maxParams)
		}
	})
}
