module github.com/rowsight/rowsight/adapters/parquet

go 1.25.0

require github.com/rowsight/rowsight v0.1.0
