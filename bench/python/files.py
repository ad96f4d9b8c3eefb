"""Runs DuckDB and Polars for bench e2e: one query, files in, a file out or a count.

    python files.py JOB.json

The job names engine, flow, in, out, threads and the rules. The answer is a JSON
object on standard output: {"version", "work_ns", "count"}. work_ns is the time of
the query without the start of Python and its imports.
"""

import json
import sys
import time


def balanced(items, join):
    """Joins items as a tree that is log(n) deep: engines recurse over it."""
    items = list(items)
    while len(items) > 1:
        pairs = [join(a, b) for a, b in zip(items[::2], items[1::2])]
        items = pairs + items[len(pairs) * 2 :]
    return items[0]


def quote(value):
    return "'" + value.replace("'", "''") + "'"


def duckdb_in(_, rules):
    def test(rule):
        return " and ".join(
            f"{name} = {quote(values[0])}" if len(values) == 1 else f"{name} in ({', '.join(map(quote, values))})"
            for name, values in rule.items()
        )

    return " or ".join(f"({test(rule)})" for rule in rules)


def duckdb_join(con, rules):
    """One table of tuples for each set of columns that rules restrict together."""
    tuples = {}
    for rule in rules:
        names = tuple(sorted(rule))
        rows = [()]
        for name in names:
            rows = [row + (v,) for row in rows for v in rule[name]]
        tuples.setdefault(names, set()).update(rows)
    conditions = []
    for i, (names, rows) in enumerate(sorted(tuples.items())):
        columns = list(zip(*sorted(rows)))
        lists = ", ".join(f"unnest(?) as {name}" for name in names)
        con.execute(f"create temp table rules_{i} as select {lists}", [list(c) for c in columns])
        names = ", ".join(names)
        conditions.append(f"({names}) in (select ({names}) from rules_{i})")
    return " or ".join(conditions)


def run_duckdb(job, condition):
    import duckdb

    start = time.perf_counter_ns()
    con = duckdb.connect(config={"threads": job["threads"]})
    source = f"read_parquet({quote(job['in'])})"
    if job["flow"] == "csv-csv":
        source = f"read_csv({quote(job['in'])}, header=true, all_varchar=true, delim=',', quote='\"', escape='\"')"
    where = condition(con, job["rules"])
    count = None
    if job["flow"] == "parquet-count":
        count = con.execute(f"select count(*) from {source} where {where}").fetchone()[0]
    else:
        kind = "parquet" if job["flow"] == "parquet-parquet" else "csv, header"
        con.execute(f"copy (select * from {source} where {where}) to {quote(job['out'])} (format {kind})")
    return duckdb.__version__, time.perf_counter_ns() - start, count


def run_polars(job, join):
    import polars as pl

    start = time.perf_counter_ns()
    frame = pl.scan_csv(job["in"], infer_schema=False) if job["flow"] == "csv-csv" else pl.scan_parquet(job["in"])
    rules = job["rules"]
    if join:
        name, values = next(iter(rules[0].items()))
        frame = frame.join(pl.LazyFrame({name: values}), on=name, how="semi", maintain_order="left")
    else:

        def test(name, values):
            if len(values) == 1:
                return pl.col(name) == values[0]
            return pl.col(name).is_in(pl.Series(values, dtype=pl.String).implode())

        conditions = (balanced([test(n, v) for n, v in rule.items()], lambda a, b: a & b) for rule in rules)
        frame = frame.filter(balanced(conditions, lambda a, b: a | b))
    count = None
    if job["flow"] == "parquet-count":
        count = frame.select(pl.len()).collect(engine="streaming").item()
    elif job["flow"] == "csv-csv":
        frame.sink_csv(job["out"])
    else:
        frame.sink_parquet(job["out"])
    return pl.__version__, time.perf_counter_ns() - start, count


ENGINES = {
    "duckdb-in": lambda job: run_duckdb(job, duckdb_in),
    "duckdb-join": lambda job: run_duckdb(job, duckdb_join),
    "polars-in": lambda job: run_polars(job, False),
    "polars-join": lambda job: run_polars(job, True),
}


def main():
    with open(sys.argv[1]) as f:
        job = json.load(f)
    version, ns, count = ENGINES[job["engine"]](job)
    print(json.dumps({"version": version, "work_ns": ns, "count": count}))


main()
