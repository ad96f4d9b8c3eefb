"""Reads the result of a statement as a stream, and prints how fast it comes. It keeps no
row.

    pip install adbc-driver-flightsql adbc-driver-manager pyarrow
    python3 stream.py grpc://127.0.0.1:32010 TOKEN "SELECT * FROM orders" [SECONDS]

With SECONDS it stops reading for so long after the first rows, and then goes on.
"""
import sys
import time

import adbc_driver_flightsql.dbapi

flight, token, sql = sys.argv[1:4]
pause = float(sys.argv[4]) if len(sys.argv) > 4 else 0

options = {"adbc.flight.sql.authorization_header": "Bearer " + token}
with adbc_driver_flightsql.dbapi.connect(flight, db_kwargs=options, autocommit=True) as connection:
    with connection.cursor() as cursor:
        began = time.monotonic()
        rows = size = 0
        try:
            cursor.execute(sql)
            for batch in cursor.fetch_record_batch():
                if rows == 0:
                    print(f"first rows after {time.monotonic() - began:.2f} s", flush=True)
                    time.sleep(pause)
                rows, size = rows + batch.num_rows, size + batch.nbytes
        except Exception as error:
            print(f"after {rows} rows and {time.monotonic() - began:.2f} s: {error}")
            sys.exit(1)
        took = time.monotonic() - began - pause
        print(f"{rows} rows, {size >> 20} MiB, {took:.1f} s, {rows / took:.0f} rows/s, {size / took / 2**20:.0f} MiB/s")
