package main

// The texts of rowsight help, by subcommand.
const (
	filterHelp = `Filter applies the rules to DATA and writes the visible rows: all columns, in the
order of the data. Rows that no rule admits are left out.

Rules
  --rules names a permission dataset, a table with one rule on each line. Its columns
  UserName and GroupName, or UserARN and GroupARN, say to whom the rule applies; one of
  the two is enough. Every other column restricts the column of the data with the same
  name: a cell lists the values that the rule admits, and an empty cell admits every value.
  The file is CSV (also with semicolons or tabs, in UTF-16 or gzip), an Excel workbook
  (.xlsx), Parquet, Arrow or JSON lines.
  --user and --group name the viewer and the viewer's groups; for rules with ARNs, use
  --user-arn and --group-arn. Names belong to a namespace: if the viewer's namespace
  (--namespace, or the one in the ARN) differs from that of the rules (--rules-namespace),
  the same name is another person.
  --tags names tag rules for an anonymous session, a viewer without an account. Its
  session tags, pairs of a key and a value, decide what it sees. Pass secret tag values
  through environment variables or files (--tag-env, --tag-file, --tags-from), because
  other users of this machine can see the arguments of a process.

Data
  DATA are files, folders or - for standard input: CSV, JSON lines, Parquet, Arrow IPC
  (file or stream) or Excel workbooks (.xlsx), detected by content. All files must have the
  same columns. Files in a folder are read in name order. Files starting with "." or "_"
  are skipped. The data must have every restricted column, and as text.
  CSV needs a header; every column is text and values stay as they are. Parquet row
  groups and Arrow batches without visible rows are skipped.
  Each JSON line is an object. The first --infer-rows lines decide the columns and their
  types: text, true/false, int64, or float64 if it holds every number exactly. A column
  that fits none of these holds its JSON as written. Output in JSON lines keeps each line
  unchanged.

Output
  Without --format, the extension of --out decides (.csv .jsonl .arrow .parquet). Without
  --out, a terminal shows a table. In all other cases the output has the format of the
  data; for workbooks that is CSV. In csv, jsonl and table, numbers have all their digits;
  times follow RFC 3339, in UTC if they have a zone; binary is base64; lists and structs
  are JSON; NULL is empty (csv) or null (jsonl). arrow is an IPC file; it is an IPC stream
  on standard output, in a file named *.arrows, and if a column is dictionary-encoded.
  parquet is compressed with zstd, except if the data is Parquet with snappy or without
  compression: then the output is compressed like the data.
  --out FILE appears when it is complete. After an error, a FILE that existed before is
  unchanged.

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

--row and --where select rows; without them, explain answers for every row. It takes the
same flags for the viewer and the data as filter, and agrees with filter about each row.

Answers contain values of hidden rows. They are for operators, who may see all rows, and
not for viewers. For an anonymous session they name tags and columns, but never the value
of a tag.

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
values that cannot match, rules that admit every row or none, stray spaces, values that
look alike and differ, limits. With --data it also compares the rules with the values of
the data. With --users it also compares them with a roster, a list of users and their
groups.

RULES are permission datasets: CSV, Excel workbooks (.xlsx), Parquet, Arrow or JSON
lines. Files named *.json, and files of --tags, are tag configurations: rules for
anonymous sessions. Vet checks session tags (--tag, --tag-env, ...) against each tag
configuration.

Each finding has an id, such as RS022, that never changes its meaning. A page in
docs/findings explains it. rowsight vet --list lists the ids.

To accept a finding, silence it in a YAML file (--config) and give a reason:

  silence:
    - id: RS015
      reason: auditors see everything
      thing: rule of group "Auditors"   # optional, as are file: and line:
  severity:
    RS014: error

--format html writes a web page to read or to print, with the time, the command, and the
SHA-256 of every file.

Findings quote rules and, with --data, values of the data. They are for operators, who
may see all rows, and not for viewers. They never contain the value of a tag.

Exit codes
  0  no finding has the severity of --fail-on or a higher one
  1  wrong usage, or a missing file
  2  data that cannot be read
  3  a finding has the severity of --fail-on or a higher one; a file that cannot be
     loaded as rules is a finding`

	vetExamples = `  # which mistakes are in this file?
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

Viewers are the users of a roster (--users) with their groups. A roster is a table with a
column of users and one of groups, or the output of aws quicksight list-users. Without a
roster, each user and each group that a rule names is a viewer.

--format html writes the report as a web page, to read or to print. It lists the viewers,
those who see most first, with the rules that admit their rows. It has a heat map for each
restricted column, and the findings of vet. The page states the time, the version, the
command, and the SHA-256 of every file, and needs no network. SOURCE_DATE_EPOCH sets the
time, in seconds since 1970.

Answers contain values of the data. They are for operators, who may see all rows, and not
for viewers.

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

	diffHelp = `Diff compares what viewers see under two rule files. The comparison is exact: it holds for
every row that data can have. For every viewer, diff shows the rows gained (+) and lost
(-), each with an example row. Two files that are written differently and admit the same
rows, such as the same rules in another order, have no difference.

OLD and NEW are permission datasets. They are tag configurations, the rules for anonymous
sessions, if one of them is named *.json or --kind is tags. - is standard input, as in
git show main:rules.csv | rowsight diff - rules.csv
/dev/null stands for a file that does not exist: with it, nobody sees a row.

Viewers are the users of a roster (--users) with their groups. Users and groups that a
file names and the roster lacks are viewers, too; a warning lists them. Without a roster,
viewers are the users and groups that either file names. For tag configurations, diff
compares every possible session, or the session with the given tags (--tag, ...).

With --data, diff counts rows and shows some of the rows gained and lost. Rows with equal
values in every restricted column are one sample, and "and 4 like it" counts the others.
The answer then contains values of the data.

--format html writes a web page to read or to print, as who does: with the time, the
command, the SHA-256 of every file, and the findings of vet in NEW. It lists the viewers
that the roster lacks, and hides the values of tags.

Example rows ("such as") and samples show only some columns. A column that they do not
show is NULL.

Exit codes
  0  done, and no difference is of the kind that --fail-on names
  1  wrong usage, bad rules, rules that do not fit the data or the roster
  2  data that cannot be read
  3  somebody gains or loses rows, and --fail-on names this kind of difference`

	diffExamples = `  # what would the new file change?
  rowsight diff rules.csv new.csv

  # for real people on real data
  rowsight diff --users roster.csv --data sales.csv rules.csv new.csv

  # in CI, fail if anybody sees more than on the main branch
  git show origin/main:rules.csv | rowsight diff --fail-on gain - rules.csv

  # tag configurations, for every possible session, and for one
  rowsight diff old.json new.json
  rowsight diff --tag-env tenant=TENANT --data orders.csv old.json new.json`

	testHelp = `Test runs test cases, which state who sees which rows. PATH is a case file, or a folder
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
because it proves nothing. A case exercises a rule if the rule applies to its viewer and
admits a row. Test lists the rules that no case exercises. --mutate makes many copies of
the rules with one small error each, the mutants, and lists those that no case detects.

rowsight test --schema prints the JSON Schema of case files, for editors.

Exit codes
  0  all cases passed, and there was at least one
  1  wrong usage, no case file, or a case file that cannot be loaded
  3  a case failed, or --coverage or --killed found a rule or mutant without a case`

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
error. Before it writes anything, it proves for every user and group that the visible
rows are the same.

Use it when viewers come near the limit of 999 rules, above which they see no row.
rowsight diff shows no difference between the two files. --format json writes the sizes
before and after, and the rules as lists of cells.

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
It reads the formats that filter and vet read (.xlsx, other delimiters, UTF-16, a first
line such as sep=;). It removes blanks around quotes, replaces curly quotes around fields
by straight ones, and corrects the names of principal columns, such as "Username" to
UserName. It changes nothing inside a value, and lists every change on standard error.

If the file could be read before, fix compares it with the result. It reports an error and
writes nothing if anybody would see other rows, or if a repair needs a guess.

Exit codes
  0  done
  1  wrong usage, or a file that cannot be repaired
  2  the output cannot be written`

	fixExamples = `  # what would fix change?
  rowsight fix rules.xlsx > /dev/null

  # write the rules as plain CSV
  rowsight fix rules.xlsx --out rules.csv

  # a sheet of a workbook
  rowsight fix --sheet Rules rules.xlsx --out rules.csv`

	generateHelp = `Generate writes a permission dataset from a roster: a table with a column of users,
perhaps one of groups, and columns that say what each user may see, the attributes. Each
--map COLUMN=ATTRIBUTE restricts COLUMN of the data by an attribute of the roster. With
--map Company=company

  user,groups,company                     UserName,Company
  al,"sales,emea","Acme, Inc"   becomes   al,"""Acme, Inc"""
  bo,sales,Globex                         bo,Globex

A cell of an attribute is one value, even if it has commas. --list COLUMN says that the
cells for COLUMN are lists with commas; --list 'COLUMN=;' names another separator. With
--map Region=region --list Region

  user,region                             UserName,Region
  al,"US,APAC"                  becomes   al,"APAC,US"

Each line of the roster admits the rows that match all its attributes. A user with
several lines sees the rows of each line. A roster with a column of groups and none of
users gives rules for groups.

An attribute without a value is an error, because an empty cell in a rule would admit
every value; --skip-missing leaves out such lines instead. A value such as * or ALL is an
error, unless --all says that it means all values or --literal that it is an ordinary
value.

Before it writes the rules, generate reads them back and checks that they admit for each
user what the roster states.

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
data in files. Permission datasets are tables of rules for users and groups. Tag rules are
for anonymous sessions, viewers without an account: a program sends tags for each of them.
A row is visible only if a rule admits it.`

	rootExamples = `  rowsight vet rules.csv                                   are there mistakes?
  rowsight filter --rules rules.csv --user Bob sales.csv   what does Bob see?
  rowsight explain --rules rules.csv --user Bob --row 17 sales.csv     and why?
  rowsight who --rules rules.csv --value Region=EMEA       who sees EMEA?
  rowsight diff rules.csv new.csv                          what would change?
  rowsight test                                            do the test cases pass?
  rowsight where --dialect trino --rules rules.csv --user Bob          as a SQL condition?
  rowsight export --to postgresql --table sales --rules rules.csv      as a native policy?
  rowsight audit reads --dataset sales audit.jsonl         who read it?`

	studioHelp = `Studio opens a page in your browser. On it you edit a permission dataset, a table of
rules, and see at once who sees what. Nothing leaves this machine: the command serves the
page on 127.0.0.1 and answers only the browser that it opened.

The page
  Rules          the rules as a table, with the findings of vet beside the cells
  View as        the rows that a user, a member of a group or a session sees, and why
  Who sees what  viewers and values, with the number of rows; who can see one row
  What changes   who gains and loses rows by your edits, before you save
  Cases          test cases that you make from what is on the screen, for rowsight test
  Report         a file for an auditor

Without --rules, --tags, --data and --users, studio begins with an example. Drop other
files on the page to open them.

Saving
  Lines and fields that you do not touch keep every byte. Before you can save, you confirm
  each viewer who gains rows. Save keeps a copy of the old file, named FILE.TIME.bak, and
  refuses if another program changed the file. Rules from a
  workbook, Parquet, Arrow or UTF-16 are saved as CSV beside the original. A file that you
  dropped on the page is downloaded instead.

The address that the command prints has a token and works once. If the command opened the
browser, it ends when you close the page. The page shows values of hidden rows: it is for
those who maintain the rules, not for viewers.

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
