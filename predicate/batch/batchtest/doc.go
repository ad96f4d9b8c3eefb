// Package batchtest checks what Arrow records hold beside their rows, in tests.
//
//	visible, err := filter.Apply(sales)
//	require.Empty(t, batchtest.Leftovers(visible))
//	require.Empty(t, batchtest.Find(visible, []byte("secret")))
//
// A record can hold more than its rows. The bytes before and after a slice are
// in its buffers. A NULL has a slot, and a NULL struct has children. A dictionary
// has values that no row uses. A buffer has capacity beyond its length. Whoever
// gets the record can read all of this, and formats such as Arrow IPC and
// Parquet send some of it.
//
// [Leftovers] lists the bytes of a record that belong to no value and are not 0.
// The records that package batch returns have none. [Find] lists where a text
// lies in a record, whether in a value or not.
package batchtest
