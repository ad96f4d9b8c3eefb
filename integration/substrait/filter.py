"""Filters a table by Substrait expressions, for TestSubstrait: lines of JSON in,
lines of JSON out.

The first line is the table, {"columns": [...], "rows": [[...], ...]}. Each line
after it is an extended expression in the JSON of Protocol Buffers. It is parsed
with the messages of the current Substrait release, so an unknown member is an
error, and then run by each engine. An answer names the numbers of the visible
rows, by engine.
"""

import json
import sys

import pyarrow
import pyarrow.substrait
from datafusion import SessionContext
from datafusion.substrait import Consumer, Serde
from google.protobuf import json_format
from substrait.extended_expression_pb2 import ExtendedExpression
from substrait.plan_pb2 import Plan


def acero(table, expression):
    bound = pyarrow.substrait.deserialize_expressions(expression.SerializeToString())
    return table.filter(bound.expressions["visible"])


def datafusion(table, expression):
    plan = Plan()
    plan.version.CopyFrom(expression.version)
    plan.extension_urns.extend(expression.extension_urns)
    plan.extensions.extend(expression.extensions)
    root = plan.relations.add().root
    root.names.extend(expression.base_schema.names)
    rows = root.input.filter
    rows.condition.CopyFrom(expression.referred_expr[0].expression)
    rows.common.direct.SetInParent()
    rows.input.read.common.direct.SetInParent()
    rows.input.read.named_table.names.append("sales")
    rows.input.read.base_schema.CopyFrom(expression.base_schema)
    session = SessionContext()
    session.register_record_batches("sales", [table.to_batches()])
    logical = Consumer.from_substrait_plan(session, Serde.deserialize_bytes(plan.SerializeToString()))
    batches = session.create_dataframe_from_logical_plan(logical).collect()
    return pyarrow.Table.from_batches(batches, table.schema) if batches else table.slice(0, 0)


def main():
    lines = iter(sys.stdin.buffer)  # not splitlines: U+2028 ends no line of JSON
    given = json.loads(next(lines))
    # The schema of an expression has columns of text only, so a row's number
    # is text, too.
    columns = list(zip(*given["rows"]))
    table = pyarrow.table([pyarrow.array(c, pyarrow.string()) for c in columns], names=given["columns"])
    for line in lines:
        expression = json_format.Parse(line.decode(), ExtendedExpression())
        answer = {}
        for engine in (acero, datafusion):
            ids = engine(table, expression).column("id").to_pylist()
            answer[engine.__name__] = sorted(int(i) for i in ids)
        print(json.dumps(answer), flush=True)


main()
