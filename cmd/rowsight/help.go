package main

// The texts of rowsight help filter.
const (
	filterHelp = `Filter applies the rules to DATA and writes the visible rows: all columns, in the
order of the data. What no rule shows is not written.

Rules
  --rules takes a permission dataset: a CSV file with UserName and/or GroupName,
  or UserARN and/or GroupARN, and one column for every restricted column of the
  data. The viewer is a user, with the groups the user is in. Rules that name
  ARNs are matched by --user-arn; names belong to a namespace (--rules-namespace),
  and a viewer of another (--namespace, or that of the ARN) is another person.
  --tags takes tag rules for an anonymous session, whose tags follow. Values that
  others must not see come from the environment or from files (--tag-env,
  --tag-file, --tags-from): arguments show in the list of processes.

Data
  DATA are files, folders or - for standard input: CSV, JSON lines, Parquet,
  Arrow IPC (file or stream), told apart by content. Several must have the same
  columns. Of a folder all files are read in the order of their names, but those
  that begin with "." or "_". Columns that rules name must be there and be text.
  CSV has a header; every column is text, nothing is guessed or changed.
  JSON lines are objects; --infer-rows lines decide columns and types: text,
  true/false, int64, float64 where that is exact, and JSON as it stands for all
  else. Written as JSON lines, each line stays as it was.

Output
  Without --format, the name of --out decides (.csv .jsonl .arrow .parquet), on a
  terminal it is a table, and otherwise the format of the data. As text, numbers
  have all their digits; times are as in RFC 3339, in UTC if they have a zone;
  binary is base64; lists and structs are JSON; NULL is empty (csv) or null
  (jsonl). arrow is an IPC stream on standard output, in FILE.arrows, and where a
  column is dictionary-encoded, and an IPC file otherwise.
  --out FILE appears under its name when it is complete, and not at all if
  anything goes wrong.

Exit codes
  0  done
  1  wrong usage, bad rules, or rules that do not fit the data
  2  data that cannot be read, or rows that cannot be written
  130 interrupted, 141 output closed early`

	filterExamples = `  # what does this user see?
  rowsight filter --rules rules.csv --user AlejandroRosalez sales.csv

  # a member of two groups, into a file
  rowsight filter --rules rules.csv --user Bob --group US-Sales --group Managers \
      --out bob.parquet sales/

  # rules that name ARNs
  rowsight filter --rules rules.csv \
      --user-arn arn:aws:quicksight:us-east-1:111122223333:user/default/Bob sales.parquet

  # an anonymous session; the tenant's tag is in the environment
  rowsight filter --tags config.json --tag-env tenant=TENANT --tag region=EMEA orders.jsonl

  # a pipe
  zstd -dc sales.csv.zst | rowsight filter --rules rules.csv --user Bob --format jsonl -`
)
