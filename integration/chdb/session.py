"""Runs statements for the Go package python: one line of JSON in, one out.

It ends at the end of its input, and ClickHouse with it.
"""

import json
import os
import sys

# Only answers may reach the real standard output, whoever prints.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

from chdb import session  # noqa: E402


def answer(clickhouse, request):
    text = bytes(clickhouse.query(request["sql"], "JSONCompact").bytes())
    if not text.strip():
        return {"columns": [], "rows": []}
    result = json.loads(text)
    return {"columns": [column["name"] for column in result["meta"]], "rows": result["data"]}


def main():
    clickhouse = session.Session()
    clickhouse.query("SET output_format_json_quote_64bit_integers = 0")
    clickhouse.query("SET default_table_engine = 'Memory'")
    clickhouse.query("CREATE DATABASE test")
    clickhouse.query("USE test")
    print(json.dumps(answer(clickhouse, {"sql": "SELECT version()"})), file=answers, flush=True)
    # Not splitlines: U+2028 and others end no line of JSON.
    for line in sys.stdin.buffer:
        try:
            reply = answer(clickhouse, json.loads(line))
        except Exception as error:  # whatever it is, the test wants to read it
            reply = {"error": str(error)[:4000] or type(error).__name__}
            clickhouse.query("SELECT 1")  # what was written before an error comes with the next answer
        print(json.dumps(reply), file=answers, flush=True)


main()
