module github.com/rowsight/rowsight

go 1.25.0
