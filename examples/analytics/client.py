"""A notebook in plain Python: questions over HTTP, free SQL over Arrow Flight SQL into
Polars. It sees the rows of the tenant of its token.

    pip install adbc-driver-flightsql adbc-driver-manager pyarrow polars
    python3 client.py http://127.0.0.1:8080 grpc://127.0.0.1:32010 TOKEN
"""
import json
import sys
import urllib.request

import adbc_driver_flightsql.dbapi
import polars

questions, flight, token = sys.argv[1:4]

# %% A question: revenue by month. Only the answer travels.
question = {
    "dimensions": [{"column": "day", "cut": "month", "as": "month"}],
    "measures": [{"function": "sum", "of": "revenue", "as": "revenue"}],
    "order": [{"by": "month"}],
}
request = urllib.request.Request(
    questions + "/query",
    data=json.dumps(question).encode(),
    headers={"Authorization": "Bearer " + token, "Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as response:
    answer = json.load(response)
print("months", len(answer["rows"]))

# %% Free SQL, into a data frame
options = {"adbc.flight.sql.authorization_header": "Bearer " + token}
with adbc_driver_flightsql.dbapi.connect(flight, db_kwargs=options, autocommit=True) as connection:
    top = polars.read_database(
        """
        WITH spent AS (SELECT customer, sum(revenue) AS revenue, count(*) AS orders FROM orders GROUP BY customer)
        SELECT *, rank() OVER (ORDER BY revenue DESC) AS place FROM spent ORDER BY place, customer LIMIT 10
        """,
        connection,
    )
    print(top)
    rows = polars.read_database("SELECT tenant, revenue, region FROM orders", connection)

# %% All visible rows are in the frame, and no others
print("tenants", rows["tenant"].unique().to_list())
print("rows", rows.height)
print("revenue", rows["revenue"].sum())
by_region = rows.group_by("region").agg(polars.col("revenue").sum()).sort("region")
print(by_region)

# %% What the session may not do is an error
with adbc_driver_flightsql.dbapi.connect(flight, db_kwargs=options, autocommit=True) as connection:
    for sql in ["SELECT * FROM other", "SELECT * FROM read_csv('/etc/passwd')", "DELETE FROM orders"]:
        try:
            polars.read_database(sql, connection)
            print("allowed", sql)
        except Exception:
            print("refused", sql)
