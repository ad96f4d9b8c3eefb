package main

// The texts of rowsight help, by subcommand.
const (
	filterHelp = `Filter applies the rules to DATA and writes the visible rows: all columns, in the
order of the data. Rows that no rule admits are left out.

Rules
  --rules names a permission dataset: a table with UserName and/or GroupName, or
  UserARN and/or GroupARN, and one column for every restricted column of the data. It is
  CSV (also with semicolons or tabs, in UTF-16 or gzip), an Excel workbook (.xlsx),
  Parquet, Arrow or JSON lines. The viewer is a user with the user's groups. Rules with
  ARNs match --user-arn. Names belong to a namespace (--rules-namespace): the same name in
  another namespace (--namespace, or that of the ARN) is another person.
  --tags names tag rules for an anonymous session. Pass secret tag values through
  environment variables or files (--tag-env, --tag-file, --tags-from), because
  other users of this machine can see the arguments of a process.

Data
  DATA are files, folders or - for standard input: CSV, JSON lines, Parquet, Arrow IPC
  (file or stream) or Excel workbooks (.xlsx), detected by content. All files must have the
  same columns. Files in a folder are read in name order. Files starting with "." or "_"
  are skipped. Restricted columns must exist and hold text.
  CSV needs a header; every column is text and values stay as they are. Parquet row
  groups and Arrow batches without visible rows are skipped.
  Each JSON line is an object. The first --infer-rows lines decide columns and
  types: text, true/false, int64, float64 if that is exact, and otherwise JSON as
  written. Output in JSON lines keeps each line unchanged.

Output
  Without --format, the extension of --out decides (.csv .jsonl .arrow .parquet).
  On a terminal the output is a table, otherwise it has the format of the data. As
  text, numbers have all their digits; times follow RFC 3339, in UTC if they have a
  zone; binary is base64; lists and structs are JSON; NULL is empty (csv) or null
  (jsonl). arrow is an IPC file. It is an IPC stream on standard output, in
  FILE.arrows, and if a column is dictionary-encoded. parquet keeps the compression
  of a Parquet input with snappy or without compression; otherwise it uses zstd.
  --out FILE gets its name only when it is complete. After an error there is no
  FILE.

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

	explainHelp = `Explain says for each row of DATA whether the viewer sees it, and which lines of the
rules admit it. For a hidden row it shows the nearest rules: those that fail on the
fewest columns, with the value of the row and the values that the rule admits.

--row and --where select rows; without them every row is explained. The flags for the
viewer and the data are those of filter, and explain agrees with filter about each row.

Answers contain values of hidden rows and are for operators, not for viewers. For an
anonymous session they name tags and columns, but never the value of a tag.

--format json writes a list of answers, or {"error": ...} if the viewer is over a limit and
sees no row for that reason.

Exit codes
  0  done, whether the rows are visible or not
  1  wrong usage, bad rules, rules that do not fit the data, no such row
  2  data that cannot be read`

	explainExamples = `  # why does Bob not see row 17?
  rowsight explain --rules rules.csv --user Bob --row 17 sales.csv

  # one order, for a member of two groups
  rowsight explain --rules rules.csv --user Bob --group US-Sales --group Managers \
      --where "Order ID=EMEA-2022-152156" sales.csv

  # every row, for a program
  rowsight explain --rules rules.csv --user Bob --format json sales.parquet

  # an anonymous session
  rowsight explain --tags config.json --tag-env tenant=TENANT --row 1 orders.jsonl`

	vetHelp = `Vet finds errors and probable mistakes in permission datasets and tag configurations:
values that cannot match, rules that admit every row or none, stray spaces,
look-alikes, limits. With --data it also compares the rules with the values of the
data, and with --users with the users and groups of a roster.

RULES are permission datasets: CSV, Excel workbooks (.xlsx), Parquet, Arrow or JSON
lines. Files named *.json, and files of --tags, are tag configurations. Vet checks
session tags (--tag, --tag-env, ...) with each of them.

Each finding has an id that never changes its meaning, such as RS022, and a page
that explains it in docs/findings. rowsight vet --list lists them.

To accept a finding, silence it in a YAML file (--config) and give a reason:

  silence:
    - id: RS015
      reason: auditors see everything
      thing: rule of group "Auditors"   # optional, as are file: and line:
  severity:
    RS014: error

--format html writes a web page to read or to print, with the time, the command, and the
SHA-256 of every file.

Findings quote rules and, with --data, values of the data. They are for operators,
not for viewers. They never contain the value of a tag.

Exit codes
  0  no finding has the severity of --fail-on or a higher one
  1  wrong usage, or a missing file
  2  data that cannot be read
  3  a finding has the severity of --fail-on or a higher one; a file that cannot be
     loaded as rules is a finding`

	vetExamples = `  # what is odd about this file?
  rowsight vet rules.csv

  # do the rules fit the data and the roster?
  rowsight vet --data sales.csv --users roster.csv rules.csv

  # in CI, show findings beside the lines of a pull request
  rowsight vet --format github --fail-on warning --config vet.yaml rules/*.csv

  # tag rules, and the tags of a session
  rowsight vet --tags config.json --tag tenant=acme --tag region=EMEA --data orders.csv

  # for code scanning
  rowsight vet --format sarif --out rowsight.sarif --fail-on never rules.csv`

	whoHelp = `Who lists the viewers who can see a row, and the rules that let them.

  --value COLUMN=VALUE  who sees rows with these values; an empty VALUE means NULL or
                        empty. Columns you do not name may hold any value; the answer
                        states the condition on them
  --row N DATA          who sees this row of the data
  DATA alone            a report: rows per viewer, rows that all viewers or none of them
                        see, and for each restricted column who sees its values

Viewers are the users of a roster (--users) with their groups: a table with a column of
users and one of groups, or what aws quicksight list-users prints. Without it they are
every user and every group that a rule names, each on its own.

--format html writes the report as a web page, to read or to print: the viewers, those who
see most first, with the rules that let them, a heat map for each restricted column, and
the findings of vet. The page states the time, the version, the command, and the SHA-256
of every file. It needs no network. SOURCE_DATE_EPOCH sets the time, in seconds since 1970.
Answers contain values of the data and are for operators.

Exit codes
  0  done, whether anybody sees the rows or not
  1  wrong usage, bad rules, rules that do not fit the data or the roster, no such row
  2  data that cannot be read, a report that cannot be written`

	whoExamples = `  # who sees startups in APAC?
  rowsight who --rules rules.csv --value Region=APAC --value Segment=Startup

  # who sees row 17?
  rowsight who --rules rules.csv --users roster.csv --row 17 sales.csv

  # who sees how much of the data?
  rowsight who --rules rules.csv --users roster.csv sales.csv

  # the same as a web page
  rowsight who --rules rules.csv --format html --out exposure.html sales.csv`

	diffHelp = `Diff compares exactly what viewers see under two rule files. For every viewer it shows
the rows gained (+) and lost (-), each with an example row. Files that differ only in
order or in wording show no difference.

OLD and NEW are permission datasets, or tag configurations if one of them is named
*.json or --kind is tags. Either may be - for standard input, as in
git show main:rules.csv | rowsight diff - rules.csv
or /dev/null for a file that does not exist: with it, nobody sees a row.

Viewers are the users of a roster (--users) with their groups, and every user and
group that either file names and the roster lacks; a warning names those. Without a
roster, viewers are every user and every group that either file names. Of tag
configurations, diff compares every possible session, or the session with the given
tags (--tag, ...).

With --data, diff counts rows and shows some of the rows gained and lost. Rows that hold
the same in every restricted column are one sample, and "and 4 like it" counts the
others. The answer then contains values of the data.

--format html writes a web page to read or to print, as who does: with the time, the
command, the SHA-256 of every file, and the findings of vet in NEW. It names viewers that
the roster lacks, and hides the values of tags.

Example rows ("such as") and samples show only some columns. A column that they do not
show is NULL.

Exit codes
  0  done, and no difference is of the kind that --fail-on names
  1  wrong usage, bad rules, rules that do not fit the data or the roster
  2  data that cannot be read
  3  somebody gains or loses rows, and --fail-on names that`

	diffExamples = `  # what would the new file change?
  rowsight diff rules.csv new.csv

  # for real people on real data
  rowsight diff --users roster.csv --data sales.csv rules.csv new.csv

  # in CI, fail if anybody sees more than on the main branch
  git show origin/main:rules.csv | rowsight diff --fail-on gain - rules.csv

  # tag configurations, for every possible session, and for one
  rowsight diff old.json new.json
  rowsight diff --tag-env tenant=TENANT --data orders.csv old.json new.json`

	testHelp = `Test runs test cases, which state who sees which rows. PATH are case files, and folders
with case files (*.rlstest.yaml); the default is the current folder. Rules and data
files that cases name must be in or below the current folder or, for a PATH elsewhere,
in or below that PATH.

  # sales.rlstest.yaml
  rules: rules.csv
  data: sales.csv
  id: Order ID
  cases:
    - name: Martha sees enterprises in the US
      who: {user: MarthaRivera, groups: [US-Sales]}
      count: 12
      only: {Region: US, Segment: Enterprise}
    - name: a stranger sees nothing
      who: eve
      none: true

A case fails if it would also pass with no row visible, or with every row visible,
because it proves nothing. Test lists the rules that no case exercises. --mutate
breaks the rules in many small ways and lists the mutants that no case detects.

rowsight test --schema prints the JSON Schema of case files, for editors.

Exit codes
  0  all cases passed, and there was at least one
  1  wrong usage, no case file, or a case file that cannot be loaded
  3  a case failed, or a demand of --coverage or --killed is not met`

	testExamples = `  # all cases of this folder, and of those in it
  rowsight test

  # would the cases detect wrong rules?
  rowsight test --mutate rules/

  # in CI
  rowsight test --coverage --format junit --out report.xml rules/

  # write the actual counts into the cases
  rowsight test --update rules/sales.rlstest.yaml`

	compactHelp = `Compact writes an equivalent rule file with fewer rules and values. It merges rules
of one principal that differ in one column, drops rules that others cover, and
splits every list that is longer than --max-characters. RULES may have longer cells:
only the cells that are written are limited. A single value that is too long is an
error. Before it writes anything, it proves for every principal that the visible
rows are the same.

Use it when viewers come near the limit of 999 rules. rowsight diff shows no
difference between the two files. --format json writes the sizes before and after, and
the rules as lists of cells.

Exit codes
  0  done
  1  wrong usage, or bad rules
  2  rules that cannot be written
  3  with --check: fewer rules or values show the same rows`

	compactExamples = `  # show the shorter rules
  rowsight compact rules.csv

  # write them, and check that no viewer gains or loses a row
  rowsight compact rules.csv --out small.csv
  rowsight diff --fail-on any rules.csv small.csv

  # in CI, fail if a file could be shorter
  rowsight compact --check rules.csv`

	fixHelp = `Fix writes a rule file as plain CSV: UTF-8, commas, straight quotes around whole fields.
It reads what filter and vet read (.xlsx, other delimiters, UTF-16, a first line such
as sep=;), takes out blanks around quotes, makes curly quotes around fields straight
and names principal columns right, as UserName for "Username". Nothing inside a value
is changed, and every change is listed on standard error.

A file that could be read before is compared with the result: everybody must see the
same rows, or nothing is written. What cannot be repaired without guessing is an error.

Exit codes
  0  done
  1  wrong usage, or a file that cannot be repaired
  2  the output cannot be written`

	fixExamples = `  # what would be changed?
  rowsight fix rules.xlsx > rules.csv

  # a sheet of a workbook
  rowsight fix --sheet Rules rules.xlsx --out rules.csv`

	generateHelp = `Generate writes a permission dataset from a roster: a table with a column of users,
perhaps one of groups, and columns that say what each user may see. Every --map takes
the values of a column of the roster for a column of the data:

  user,groups,company                     UserName,Company
  al,"sales,emea","Acme, Inc"   becomes   al,"""Acme, Inc"""
  bo,sales,Globex                         bo,Globex

A cell is one value, whatever it holds. --list COLUMN says that the cells for a column
of the data are lists with commas, --list 'COLUMN=;' that they are divided by
semicolons:

  user,region                             UserName,Region
  al,"US,APAC"                  becomes   al,"APAC,US"          with --list Region

Every line grants the rows that have all its attributes. Several lines of one user
grant the rows of each. A roster with a column of groups and none of users gives rules
for groups.

An attribute without a value is an error and never becomes an empty cell, which would
show everything; --skip-missing leaves such lines out. A value such as * or ALL is an
error until --all says that it stands for all values, or --literal that it is a value
like others.

The rules are read back, and what they grant each user is compared with the roster
before anything is written.

Exit codes
  0  done
  1  wrong usage, a bad roster, or an attribute without a value or with an unclear one
  2  rules that cannot be written`

	generateExamples = `  # a rule for each user
  rowsight generate --users roster.csv --map Region=region --map Segment=team

  # a rule for each group, where "*" means every region
  rowsight generate --users roster.csv --groups --map Region=region --all '*' -o rules.csv

  # cells such as EMEA;US are lists
  rowsight generate --users roster.csv --map Region=region --list 'Region=;'`

	completionHelp = `Completion writes a script for SHELL: bash, zsh, fish or powershell. With it, the tab
key completes subcommands, flags, and the values of flags with fixed values.

Exit codes
  0  done
  1  wrong usage`

	completionExamples = `  # bash, in this shell and in new ones
  source <(rowsight completion bash)
  echo 'source <(rowsight completion bash)' >> ~/.bashrc

  # zsh, in a folder of $fpath
  rowsight completion zsh > "${fpath[1]}/_rowsight"

  # fish
  rowsight completion fish > ~/.config/fish/completions/rowsight.fish`

	rootHelp = `rowsight applies row-level security rules with the semantics of Amazon QuickSight to
data in files: permission datasets that name users and groups, and tag rules for
anonymous sessions. A row is visible only if a rule admits it.`

	rootExamples = `  rowsight vet rules.csv                                   are there mistakes?
  rowsight filter --rules rules.csv --user Bob sales.csv   what does Bob see?
  rowsight explain --rules rules.csv --user Bob --row 17 sales.csv     and why?
  rowsight who --rules rules.csv --value Region=EMEA       who sees EMEA?
  rowsight diff rules.csv new.csv                          what would change?
  rowsight test                                            do the test cases pass?
  rowsight where --dialect trino --rules rules.csv --user Bob          as SQL?
  rowsight export --to postgresql --table sales --rules rules.csv      as a policy?
  rowsight audit reads --dataset sales audit.jsonl         who read it?`

	studioHelp = `Studio opens a page in your browser on which you edit a permission dataset and see at
once who sees what. Nothing leaves this machine: the page comes from this command, which
answers only the browser that it opened, on 127.0.0.1.

The page
  Rules          the rules as a table, with the findings of vet beside the cells
  View as        the rows that a user, a member of a group or a session sees, and why
  Who sees what  viewers and values, with the number of rows; who can see one row
  What changes   who gains and loses rows by your edits, before you save
  Cases          test cases made of what is on the screen, as rowsight test runs them
  Report         a file for an auditor

Without --rules, --tags, --data and --users it begins with an example. Drop other files on
the page to open them.

Saving
  Lines and fields that you do not touch keep every byte. Save asks about every viewer who
  gains rows. It refuses if another program changed the file, and keeps a copy named
  FILE.TIME.bak. Rules in a workbook, Parquet, Arrow or UTF-16 are saved as CSV beside it.
  A file that was dropped on the page is downloaded instead.

The address that the command prints has a token and works once. When the command opened
the browser, it ends after the page is closed. The page shows values of hidden rows: it is
for those who own the rules, not for viewers.

Exit codes
  0  the page was closed, or --no-open and an interrupt
  1  wrong usage, files that cannot be read
  2  data that cannot be read`

	studioExamples = `  # an example to look around in
  rowsight studio

  # your own files
  rowsight studio --rules rules.csv --data sales.parquet --users roster.csv

  # compare with the rules of the last commit, too
  rowsight studio --rules rules.csv --data sales.csv --against HEAD

  # print the address, for a browser that you start yourself
  rowsight studio --rules rules.csv --port 8440 --no-open`
)
