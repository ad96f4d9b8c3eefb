"""Asks a server of Flight SQL through ADBC, with pandas and Polars."""
import json
import sys

import adbc_driver_flightsql.dbapi
import polars

request = json.loads(sys.argv[1])
options = {}
if request["Token"]:
    options["adbc.flight.sql.authorization_header"] = "Bearer " + request["Token"]
else:
    options = {"username": request["User"], "password": request["Password"]}
reply = {"Errors": [], "Tables": {}}


def cells(table):
    return [list(row.values()) for row in table.to_pylist()]


with adbc_driver_flightsql.dbapi.connect("grpc://" + request["Address"], db_kwargs=options, autocommit=True) as connection:
    with connection.cursor() as cursor:
        cursor.execute(request["SQL"])
        frame = cursor.fetch_df()  # pandas
        reply["Rows"] = json.loads(frame.to_json(orient="values"))
        reply["Polars"] = [list(row) for row in polars.read_database(request["SQL"], connection).rows()]
        cursor.execute(request["Prepared"], parameters=(request["Parameter"],))
        reply["Prepared"] = cells(cursor.fetch_arrow_table())
        for sql in request["Refused"]:
            try:
                cursor.execute(sql)
                cursor.fetch_arrow_table()
                reply["Errors"].append("")
            except Exception as e:
                reply["Errors"].append(str(e))
    for catalog in connection.adbc_get_objects(depth="all").read_all().to_pylist():
        for schema in catalog["catalog_db_schemas"]:
            for table in schema["db_schema_tables"]:
                reply["Tables"][table["table_name"]] = [c["column_name"] for c in table["table_columns"]]
    try:
        connection.adbc_get_table_schema("secret")
        reply["Secret"] = ""
    except Exception as e:
        reply["Secret"] = str(e)
print(json.dumps(reply))
