"""Runs the Python engines for bench: a JSON object a line in, one a line out.

    {"do": "open", "path": …, "threads": n, "sample": rows, "one_batch": rows}
    {"do": "define", "case": "F1", "columns": […], "rules": [{"tenant": […]}, …]}
    {"do": "prepare", "engine": "polars", "case": "F1"}
    {"do": "run", "engine": …, "case": …, "kind": "mask" | "rows", "part": 0 | 1 | 2, "check": bool}

Answers are {"ns": …} and, for a check, {"answer": {…}}; {"error": …} if the
engine failed. Times are taken here, so that the pipe is in none of them. The
threads of Polars and DataFusion are set by the environment, before this starts.
"""

import functools
import json
import sys
import time

import datafusion
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

TEXT = ["region", "segment", "customer", "tenant", "product", "note"]
EPOCH = 1_700_000_000_000


def balanced(items, join):
    """Joins items as a tree that is log(n) deep: engines recurse over it."""
    items = list(items)
    while len(items) > 1:
        pairs = [join(a, b) for a, b in zip(items[::2], items[1::2])]
        items = pairs + items[len(pairs) * 2 :]
    return items[0]


def answer_of(table, rows):
    """The sums over a pyarrow table that bench compares."""
    ids = pc.subtract(table["ts"], EPOCH)
    if len(table) == 0:
        return {"Rows": 0, "IDs": 0, "Mix": 0, "Bytes": 0, "Amount": 0}
    square = pc.multiply(ids, ids)
    mix = pc.subtract(square, pc.multiply(pc.divide(square, 1_000_003), 1_000_003))
    answer = {"Rows": len(table), "IDs": pc.sum(ids).as_py(), "Mix": pc.sum(mix).as_py(), "Bytes": 0, "Amount": 0}
    if rows:
        for name in TEXT:
            column = table[name]
            if pa.types.is_dictionary(column.type):
                column = column.cast(column.type.value_type)
            if not pa.types.is_large_string(column.type):
                column = column.cast(pa.large_string())
            answer["Bytes"] += pc.sum(pc.binary_length(column)).as_py() or 0
        answer["Amount"] = pc.sum(table["amount"]).as_py()
    return answer


class PyArrow:
    """is_in kernels over a table, and Table.filter."""

    def __init__(self, parts, threads):
        self.parts = parts

    def prepare(self, case):
        if any(not rule for rule in case["rules"]):
            return True
        return [[(name, pa.array(values)) for name, values in rule.items()] for rule in case["rules"]]

    def mask(self, query, part):
        table = self.parts[part]
        if query is True or not query:
            return pa.chunked_array([pa.repeat(pa.scalar(query is True), len(table))])

        def test(rule):
            return functools.reduce(pc.and_, (pc.is_in(table[name], value_set=values) for name, values in rule))

        return functools.reduce(pc.or_, (test(rule) for rule in query))

    def rows(self, query, part):
        return self.parts[part].filter(self.mask(query, part))

    def visible(self, result, kind, part):
        return result if kind == "rows" else self.parts[part].filter(result)


class Polars:
    """is_in expressions over a DataFrame; dictionaries become categoricals."""

    def __init__(self, parts, threads):
        self.parts = [pl.from_arrow(table) for table in parts]

    def prepare(self, case):
        if any(not rule for rule in case["rules"]):
            return pl.lit(True)
        if not case["rules"]:
            return pl.lit(False)

        def test(name, values):
            column = self.parts[0][name]
            if len(values) == 1:
                return pl.col(name) == values[0]
            series = pl.Series(values, dtype=pl.String)
            if column.dtype != pl.String:
                series = series.cast(column.dtype)
            return pl.col(name).is_in(series.implode())

        rules = (balanced([test(n, v) for n, v in rule.items()], lambda a, b: a & b) for rule in case["rules"])
        return balanced(rules, lambda a, b: a | b)

    def mask(self, query, part):
        frame = self.parts[part]
        mask = frame.select(query.alias("mask"))["mask"]
        if len(mask) != len(frame):  # a literal
            mask = frame.select(pl.repeat(mask[0], pl.len()).alias("mask"))["mask"]
        return mask

    def rows(self, query, part):
        return self.parts[part].filter(query)

    def visible(self, result, kind, part):
        if kind == "mask":
            result = self.parts[part].filter(result)
        return result.to_arrow()


class PolarsJoin(Polars):
    """Semi-joins with frames of values; only where there is one rule."""

    def prepare(self, case):
        if len(case["rules"]) != 1 or len(case["columns"]) != 1:
            return None
        name = case["columns"][0]
        values = pl.DataFrame({name: case["rules"][0][name]})
        dtype = self.parts[0][name].dtype
        return values.with_columns(pl.col(name).cast(dtype)), name

    def mask(self, query, part):
        values, name = query
        return self.parts[part].select(name, "ts").join(values, on=name, how="semi")

    def rows(self, query, part):
        values, name = query
        return self.parts[part].join(values, on=name, how="semi")

    def visible(self, result, kind, part):
        return result.to_arrow()


class DataFusion:
    """IN lists over tables in memory; a mask is a count."""

    def __init__(self, parts, threads):
        config = datafusion.SessionConfig().with_target_partitions(threads)
        self.context = datafusion.SessionContext(config)
        self.frames = []
        for i, table in enumerate(parts):
            batches = table.to_batches()
            share = [batches[k::threads] for k in range(threads)]
            self.context.register_record_batches(f"part_{i}", [s for s in share if s])
            self.frames.append(self.context.table(f"part_{i}"))

    def prepare(self, case):
        lit, col = datafusion.lit, datafusion.col
        if any(not rule for rule in case["rules"]):
            return lit(True)
        if not case["rules"]:
            return lit(False)

        def test(name, values):
            return datafusion.functions.in_list(col(name), [lit(v) for v in values])

        rules = (balanced([test(n, v) for n, v in rule.items()], lambda a, b: a & b) for rule in case["rules"])
        return balanced(rules, lambda a, b: a | b)

    def mask(self, query, part):
        return self.frames[part].filter(query).count()

    def rows(self, query, part):
        return self.frames[part].filter(query).collect()


ENGINES = {"pyarrow": PyArrow, "polars": Polars, "polars-join": PolarsJoin, "datafusion": DataFusion}


class Server:
    def __init__(self):
        self.engines, self.queries, self.cases = {}, {}, {}

    def open(self, m):
        pa.set_cpu_count(m["threads"])
        pa.set_io_thread_count(1)
        self.threads = m["threads"]
        with pa.memory_map(m["path"]) as source:
            whole = pa.ipc.open_file(source).read_all()
        self.parts = [whole.slice(0, m["sample"]), whole.slice(0, m["one_batch"]), whole]
        versions = {"pyarrow": pa.__version__, "datafusion": datafusion.__version__}
        versions["polars"] = versions["polars-join"] = pl.__version__
        return {"versions": versions}

    def define(self, m):
        m["rules"], m["columns"] = m["rules"] or [], m["columns"] or []  # Go's empty lists are null
        self.cases[m["case"]] = m
        self.queries = {k: q for k, q in self.queries.items() if k[1] != m["case"]}
        return {}

    def prepare(self, m):
        if m["engine"] not in self.engines:
            self.engines[m["engine"]] = ENGINES[m["engine"]](self.parts, self.threads)
        engine = self.engines[m["engine"]]
        start = time.perf_counter_ns()
        query = engine.prepare(self.cases[m["case"]])
        ns = time.perf_counter_ns() - start
        self.queries[m["engine"], m["case"]] = query
        return {"ns": ns, "unsupported": query is None}

    def run(self, m):
        engine, kind, part = self.engines[m["engine"]], m["kind"], m["part"]
        query = self.queries[m["engine"], m["case"]]
        start = time.perf_counter_ns()
        result = (engine.mask if kind == "mask" else engine.rows)(query, part)
        ns = time.perf_counter_ns() - start
        out = {"ns": ns}
        if m["check"]:
            if m["engine"] == "datafusion":
                batches = engine.rows(query, part)
                visible = pa.Table.from_batches(batches, engine.frames[part].schema()) if batches else self.parts[part].slice(0, 0)
                if kind == "mask" and result != len(visible):
                    raise ValueError(f"a count of {result} and {len(visible)} rows")
            else:
                visible = engine.visible(result, kind, part)
            out["answer"] = answer_of(visible, kind == "rows")
        return out


def main():
    server = Server()
    for line in sys.stdin:
        message = json.loads(line)
        try:
            reply = getattr(server, message["do"])(message)
        except BaseException as e:  # Polars' panics are no Exceptions
            reply = {"error": f"{type(e).__name__}: {e}"[:300]}
        print(json.dumps(reply), flush=True)


main()
