"""Runs statements for the Go package spark: one line of JSON in, one out.

In:  {"id": 1, "sql": "SELECT ?", "args": ["US"]}
Out: {"id": 1, "columns": ["a"], "types": ["string"], "rows": [["US"]]} or {"id": 1, "error": "why not"}

Statements run at the same time, up to 8 of them: who needs an order waits for answers.

REGISTER {"name": "f", "returns": "boolean", "value": true} registers a function
that returns a constant, as a program may. It ends at the end of its input, and
Spark with it.
"""

import decimal
import json
import math
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

# Only answers may reach the real standard output, whoever prints.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql.types import StringType  # noqa: E402


def plain(value):
    """Returns a value of a row as JSON can carry it."""
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def name(kind):
    """Returns the name of a type, without a collation."""
    return "string" if isinstance(kind, StringType) else kind.simpleString()


def register(spark, function):
    value = function["value"]
    spark.udf.register(function["name"], lambda *_: value, function["returns"])
    return {"columns": ["name"], "rows": [[function["name"]]]}


def answer(spark, request):
    if request["sql"].startswith("REGISTER "):
        return register(spark, json.loads(request["sql"][len("REGISTER "):]))
    frame = spark.sql(request["sql"], args=request.get("args") or None)
    rows = [[plain(v) for v in row] for row in frame.collect()]
    return {"columns": frame.columns, "types": [name(f.dataType) for f in frame.schema.fields], "rows": rows}


def main():
    builder = SparkSession.builder.appName("rowsight")
    for key, value in json.loads(sys.argv[1]).items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    # A task on every worker shows that they are all there.
    spark.sparkContext.parallelize(range(4), 4).count()
    print(json.dumps({"columns": ["version"], "rows": [[spark.version]]}), file=answers, flush=True)
    # Not splitlines: U+2028 and others end no line of JSON.
    one = threading.Lock()

    def run(line):
        request = json.loads(line)
        try:
            reply = answer(spark, request)
        except Exception as error:  # whatever it is, the test wants to read it
            reply = {"error": str(error)[:4000] or type(error).__name__}
        text = json.dumps(reply | {"id": request["id"]})
        with one:
            print(text, file=answers, flush=True)

    with ThreadPoolExecutor(8) as pool:
        for line in sys.stdin.buffer:
            pool.submit(run, line)


main()
