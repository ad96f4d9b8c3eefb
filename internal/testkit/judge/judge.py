"""Reads damaged files with pyarrow and says whether our answer is right.

A question: kind (1 byte), length (8 bytes, little endian) and bytes of the
damaged file, length and bytes of our answer, an Arrow stream of its visible
rows. An answer: one line, a verdict and why.
"""
import io
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

COLUMN, VALUE = sys.argv[1], sys.argv[2]

# What full validation says of values, and not of how they are laid out.
VALUES = ("UTF8", "does not fit in precision", "acceptable range", "whole number of days", "within a day")


def read(kind, data):
    """Returns the record batches of a damaged file."""
    if kind == ord("p"):
        return pq.read_table(io.BytesIO(data), use_threads=False).combine_chunks().to_batches()
    with ipc.open_stream(data) as r:
        return [b for b in r]


def rows(batch, column=None):
    """Returns the rows of a batch as Python values."""
    cols = [bytes_of(c).to_pylist() for c in batch.columns]
    return list(zip(*cols)) if cols else []


def bytes_of(a):
    """Makes binary of text, since text may hold anything after damage."""
    t = a.type
    if pa.types.is_string(t):
        return a.view(pa.binary())
    if pa.types.is_large_string(t):
        return a.view(pa.large_binary())
    if pa.types.is_string_view(t):
        return a.view(pa.binary_view())
    if pa.types.is_dictionary(t):
        return bytes_of(a.dictionary).take(a.indices)
    return a


def has_null(t):
    """Reports whether a type is null or has it inside."""
    if pa.types.is_null(t):
        return True
    if pa.types.is_dictionary(t) or pa.types.is_run_end_encoded(t):
        return has_null(t.value_type)
    return any(has_null(t.field(i).type) for i in range(t.num_fields))


def visible(batch):
    at = batch.schema.get_all_field_indices(COLUMN)
    if len(at) != 1:
        raise pa.ArrowInvalid("not one column " + COLUMN)
    want = VALUE.encode()
    c = batch.column(at[0])
    if pa.types.is_run_end_encoded(c.type):
        return [v == VALUE for v in c.to_pylist()]
    return [v == want for v in bytes_of(c).to_pylist()]


def judge(kind, damaged, ours):
    try:
        batches = read(kind, damaged)
    except Exception as e:
        verdict = "envelope" if any(v in str(e) for v in ("flatbuffers", "schema message")) else "refused"
        return "%s %s: %s" % (verdict, type(e).__name__, str(e)[:300])
    why = None
    for b in batches:
        try:
            b.validate(full=True)
        except Exception as e:
            # A type that became null by damage has a count that nobody reads.
            null = "null_count value" in str(e) and any(has_null(t) for t in b.schema.types)
            if not null and not any(v in str(e) for v in VALUES):
                return "refused %s" % str(e)[:300]
            why = e
    got = []
    if ours:  # a stream of no records has no schema either
        with ipc.open_stream(ours) as r:
            got = [b for b in r]
    for b in got:
        try:
            b.validate(full=True)
        except Exception as e:
            if not any(v in str(e) for v in VALUES):
                return "differs our answer: %s" % str(e)[:300]
    try:
        want = []
        for b in batches:
            want += [row for row, show in zip(rows(b), visible(b)) if show]
        have = []
        for b in got:
            have += rows(b)
    except (UnicodeDecodeError, OverflowError, ValueError) as e:
        return "values %s" % str(e)[:100]
    if repr(want) != repr(have):
        return "differs want %s, got %s" % (repr(want)[:300], repr(have)[:300])
    return "values" if why else "equal"


def main():
    i, o = sys.stdin.buffer, sys.stdout
    print("ready", pa.__version__, flush=True)
    while kind := i.read(1):
        damaged = i.read(int.from_bytes(i.read(8), "little"))
        ours = i.read(int.from_bytes(i.read(8), "little"))
        try:
            verdict = judge(kind[0], damaged, ours)
        except BaseException as e:  # of pyarrow itself
            verdict = "unjudged %s: %s" % (type(e).__name__, str(e)[:200])
        print(verdict.replace("\n", " "), flush=True)


main()
