package main

// The texts of rowsight help, by subcommand.
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
  CSV has a header; every column is text, nothing is guessed or changed. Of Parquet,
  row groups that cannot hold a visible row are not read, and of Arrow, batches
  that cannot by their dictionaries.
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

	explainHelp = `Explain answers, for each row of DATA: does the viewer see it, and by which lines of
the rules? Of a hidden row it names the rules that come nearest: those that fail
on the fewest columns, what the row holds there, and what the rule wants.

--row and --where pick rows; without them every row is explained. The viewer and
the data are given as for filter, and what is said to be visible is what filter
writes.

Answers hold values of hidden rows. They are for those who run the system. Of an
anonymous session they name tags and columns, and never the value of a tag.

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

	vetHelp = `Vet finds what is wrong, or may not be meant, in permission datasets and tag
configurations: values that cannot match, rules that show everything or nothing,
stray spaces, look-alikes, limits. It works on the files alone; with --data it
also compares them with what the data holds, and with --users with who there is.

RULES are permission datasets in CSV; what is named *.json, or given by --tags, is
a tag configuration. Session tags (--tag, --tag-env, ...) are tried on all of them.

Each finding has an id that never changes its meaning, such as RS022, and a page
that explains it in docs/findings. rowsight vet --list lists them.

What is meant is silenced by a configuration in YAML, with a reason:

  silence:
    - id: RS015
      reason: auditors see everything
      thing: rule of group "Auditors"   # optional, as are file: and line:
  severity:
    RS014: error

Findings quote rules and, with --data, values of the data: they are for those who
run the system. They never hold the value of a tag.

Exit codes
  0  nothing is as bad as --fail-on
  1  wrong usage, or a file that is not there
  2  data that cannot be read
  3  there is a finding of the severity --fail-on, or above; a file that cannot be
     loaded as rules is a finding`

	vetExamples = `  # what is odd about this file?
  rowsight vet rules.csv

  # does it fit the data, and the people?
  rowsight vet --data sales.csv --users roster.csv rules.csv

  # a gate in CI that shows findings beside the lines of a pull request
  rowsight vet --format github --fail-on warning --config vet.yaml rules/*.csv

  # tag rules, and the tags a session is going to have
  rowsight vet --tags config.json --tag tenant=acme --tag region=EMEA --data orders.csv

  # for code scanning
  rowsight vet --format sarif --out rowsight.sarif --fail-on never rules.csv`

	whoHelp = `Who turns the rules round: who can see a row, and through which rules?

  --value COLUMN=VALUE  who sees rows that hold these values; nothing after the
                        equals sign stands for NULL and empty. Columns that are not
                        named may hold anything, and it is said what they must hold
  --row N DATA          who sees this row of the data
  DATA alone            a report: rows per viewer, rows that all or none of them see,
                        and for each restricted column who sees its values

Viewers are the users of a roster (--users) with their groups: a CSV file with a
column of users and one of groups. Without it they are every user and every group
that a rule names, each on its own.

--format html writes the report as one page with a heat map that can be searched;
it needs no network. Answers hold values of the data: they are for those who run
the system.

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

  # the same as a page to look at
  rowsight who --rules rules.csv --format html --out exposure.html sales.csv`

	diffHelp = `Diff says what a change of rules shows and hides, exactly: for every viewer what is
gained (+) and lost (-), each with a row that shows it. Files that say the same in
another order, or in other words, show no difference.

OLD and NEW are permission datasets, or tag configurations if one of them is named
*.json or --kind is tags. Either may be - for standard input, as in
git show main:rules.csv | rowsight diff - rules.csv
or /dev/null for a file that does not exist: nobody sees a row by it.

Viewers are the users of a roster (--users) with their groups, and every user and
group that either file names and the roster lacks; a warning names those. Without a
roster, viewers are every user and every group that either file names. Of tag
configurations every session there can be is compared, or the one whose tags are
given (--tag, ...).

With --data rows are counted, and some of those gained and lost are shown: the
answer then holds values of the data.

Exit codes
  0  done, and nothing is there of what --fail-on names
  1  wrong usage, bad rules, rules that do not fit the data or the roster
  2  data that cannot be read
  3  somebody gains rows, or loses rows, and --fail-on says so`

	diffExamples = `  # what would the new file change?
  rowsight diff rules.csv new.csv

  # for real people on real data
  rowsight diff --users roster.csv --data sales.csv rules.csv new.csv

  # a gate in CI: nobody may see more than on the main branch
  git show origin/main:rules.csv | rowsight diff --fail-on gain - rules.csv

  # tag configurations, for every session there can be, and for one
  rowsight diff old.json new.json
  rowsight diff --tag-env tenant=TENANT --data orders.csv old.json new.json`

	testHelp = `Test runs the cases that stand beside rules: who sees what, written down and checked.
PATH are case files, and folders whose case files (*.rlstest.yaml) are run; without
any, those of the current folder. Rules and data that cases name are found below the
current folder; of a PATH that is elsewhere, below that PATH.

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

A case that would pass with no rules at all, or with every row visible, proves
nothing, and fails. Rules that no case exercises are listed. --mutate makes the
rules wrong in many small ways, and lists those that no case notices.

rowsight test --schema prints the JSON Schema of case files, for editors.

Exit codes
  0  cases were run, and all of them passed
  1  wrong usage, no case file, or one that cannot be loaded
  3  a case fails, or what --coverage or --killed demand is not so`

	testExamples = `  # all cases of this folder, and of those in it
  rowsight test

  # would the cases notice if the rules were wrong?
  rowsight test --mutate rules/

  # in CI
  rowsight test --coverage --format junit --out report.xml rules/

  # fill in the counts that came out
  rowsight test --update rules/sales.rlstest.yaml`

	compactHelp = `Compact writes rules that show everybody the same rows with fewer rules and values:
rules of one principal that differ in one column become one, what others cover goes,
and lists are split where they would be too long for a cell. That the rows are the
same is proven for every principal before anything is written.

Use it when viewers come near the limit of 999 rules. rowsight diff shows nothing
between the two files.

Exit codes
  0  done
  1  wrong usage, or bad rules
  2  rules that cannot be written`

	compactExamples = `  # look at it
  rowsight compact rules.csv

  # write it, and see that nothing changed
  rowsight compact rules.csv --out small.csv
  rowsight diff --fail-on any rules.csv small.csv`

	generateHelp = `Generate writes a permission dataset from a roster: a CSV file with a column of users,
perhaps one of groups, and columns that say what each user may see. Every --map takes
the values of a column of the roster for a column of the data:

  user,groups,region                      UserName,Region
  al,"sales,emea",EMEA          becomes   al,EMEA
  bo,sales,"US,APAC"                      bo,"US,APAC"

An attribute without a value is an error and never becomes an empty cell, which would
show everything; --skip-missing leaves such users out, who then see nothing. --all
names the value that stands for all values in the roster.

Exit codes
  0  done
  1  wrong usage, a bad roster, or an attribute without a value
  2  rules that cannot be written`

	generateExamples = `  # a rule for each user
  rowsight generate --users roster.csv --map Region=region --map Segment=team

  # a rule for each group, where "*" means every region
  rowsight generate --users roster.csv --groups --map Region=region --all '*' -o rules.csv`

	completionHelp = `Completion writes a script for SHELL: bash, zsh, fish or powershell. With it, the tab
key completes subcommands, flags, and the values of flags that have a few.

Exit codes
  0  done
  1  wrong usage`

	completionExamples = `  # bash, now and in every shell to come
  source <(rowsight completion bash)
  echo 'source <(rowsight completion bash)' >> ~/.bashrc

  # zsh, in a folder of $fpath
  rowsight completion zsh > "${fpath[1]}/_rowsight"

  # fish
  rowsight completion fish > ~/.config/fish/completions/rowsight.fish`

	rootHelp = `rowsight applies row-level security rules, as Amazon QuickSight understands
them, to data in files: permission datasets that name users and groups, and tag
rules for anonymous sessions. Nothing is visible unless a rule says so.`

	rootExamples = `  rowsight vet rules.csv                                   is anything wrong?
  rowsight filter --rules rules.csv --user Bob sales.csv   what does Bob see?
  rowsight explain --rules rules.csv --user Bob --row 17 sales.csv     and why?
  rowsight who --rules rules.csv --value Region=EMEA       who sees EMEA?
  rowsight diff rules.csv new.csv                          what would change?
  rowsight test                                            is it what we want?
  rowsight where --dialect trino --rules rules.csv --user Bob          as SQL?
  rowsight export --to postgresql --table sales --rules rules.csv      as a policy?
  rowsight audit reads --dataset sales audit.jsonl         who read it?`
)
