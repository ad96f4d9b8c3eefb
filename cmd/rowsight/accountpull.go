package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/adapters/aws/accountpull"
	"github.com/rowsight/rowsight/internal/plain"
)

const (
	accountPullHelp = `Pull writes the state of an account into a folder. It reads the account through the
QuickSight API, with the profiles, credentials and Regions of the AWS command line. It
calls only operations that list and describe; --policy prints the IAM policy that it needs.
It repeats calls that AWS throttles. A pull that ends early marks the folder as unfinished,
and the same command continues it. Into the folder of an earlier pull, it writes the
changes since then.

--from reads documents that other tools wrote instead, and recognizes each by its content:
answers of the AWS CLI in JSON or YAML (list-users, list-groups, list-group-memberships,
list-data-sets, describe-data-set, describe-data-set-permissions, list-dashboards,
describe-dashboard and so on), CloudFormation templates, the output of terraform show -json,
and Terraform state. The answer of list-group-memberships does not name its group: write
the name into the name of the file, such as list-group-memberships.Sales.json. Two
documents that contradict each other about a resource are an error that names both. It is
also an error if the folder contains a resource that no document names. The exception is a
resource that is missing from a complete list: pull removes its file.

Pull leaves out credentials, and writes the match-all value of a tag rule, which lifts the
restriction, as (hidden). It keeps the rule files data-sets/ID.rules.csv that you put into
the folder.

Exit codes
  0  done
  1  wrong usage, a document that cannot be read, IAM actions that the caller lacks
  2  an account that cannot be read, or a folder that cannot be written`

	accountPullExamples = `  # an account, as the profile prod of the AWS command line
  rowsight account pull --profile prod --region us-east-1 --out account

  # the permissions that pull needs
  rowsight account pull --policy --account-id 111122223333

  # from what the AWS CLI printed
  aws quicksight list-users --aws-account-id 111122223333 --namespace default \
      > printed/users.json
  rowsight account pull --from printed --out account

  # from a template, which does not name its account
  rowsight account pull --from stack --account-id 111122223333 --region us-east-1 \
      --out account`
)

// accountPullFlags are the options of the subcommand, as they were given.
type accountPullFlags struct {
	profile, region, endpoint, account string
	from, out                          string
	policy, quiet                      bool
}

func newAccountPull() *cobra.Command {
	var f accountPullFlags
	cmd := &cobra.Command{
		Use:     "pull --out FOLDER [flags]",
		Short:   "Write the state of an account into a folder",
		Long:    accountPullHelp,
		Example: accountPullExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "`FOLDER` to write; may be that of an earlier pull")
	flags.StringVar(&f.profile, "profile", "", "`NAME` of the profile of the AWS command line (default: that of the environment)")
	flags.StringVar(&f.region, "region", "", "`REGION` of the account (default: that of the profile or the environment)")
	flags.StringVar(&f.account, "account-id", "", "`ID` of the account, 12 digits (default: that of the caller, or of the documents)")
	flags.StringVar(&f.endpoint, "endpoint-url", "", "`URL` of the service, such as that of rowsight serve (default: AWS in the Region)")
	flags.StringVar(&f.from, "from", "", "`FOLDER` with what the AWS CLI, CloudFormation and Terraform printed, in place of the account")
	flags.BoolVar(&f.policy, "policy", false, "print the IAM policy that pull needs, and exit")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "write no progress")
	return cmd
}

func (f *accountPullFlags) run(cmd *cobra.Command, args []string) error {
	var errs []error
	if len(args) > 0 {
		errs = append(errs, fmt.Errorf("got %q, want flags only", args[0]))
	}
	if f.policy {
		return writeBytes(cmd, "", nil, []byte(accountpull.Policy(f.account, f.region)))
	}
	if f.out == "" {
		errs = append(errs, errors.New("--out is missing: want the folder to write"))
	}
	if f.from != "" && (f.profile != "" || f.endpoint != "") {
		errs = append(errs, errors.New("--from reads documents and no account: want it without --profile and --endpoint-url"))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if f.from != "" {
		return f.imported(cmd)
	}
	return f.pull(cmd)
}

// pull reads an account.
func (f *accountPullFlags) pull(cmd *cobra.Command) error {
	ctx := cmd.Context()
	var load []func(*config.LoadOptions) error
	if f.profile != "" {
		load = append(load, config.WithSharedConfigProfile(f.profile))
	}
	if f.region != "" {
		load = append(load, config.WithRegion(f.region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return err
	}
	if cfg.Region == "" {
		return errors.New("the Region is missing: want --region, or one in the profile or AWS_REGION")
	}
	stderr := cmd.ErrOrStderr()
	opts := &accountpull.Options{Account: f.account, Endpoint: f.endpoint, Note: func(text string) { fmt.Fprintln(stderr, "note: "+text) }}
	if !f.quiet {
		opts.Progress = progressOf(stderr)
	}
	err = accountpull.Pull(ctx, cfg, f.out, opts)
	switch {
	case errors.Is(err, accountpull.ErrDenied):
		return errors.Join(err, errors.New("allow them and run the command again, which continues; --policy prints the policy"))
	case errors.Is(err, account.ErrOther), errors.Is(err, account.ErrFolder):
		return err
	case err != nil:
		return errors.Join(&dataError{err}, context.Cause(ctx))
	}
	return nil
}

// progressOf writes a line for each kind of resources, and every 10 seconds one
// for those that take longer.
func progressOf(w io.Writer) func(kind account.Kind, done, total int) {
	last := time.Now()
	return func(kind account.Kind, done, total int) {
		switch {
		case done == total:
			fmt.Fprintf(w, "%s: %d\n", kind, total)
		case time.Since(last) < 10*time.Second:
			return
		default:
			fmt.Fprintf(w, "%s: %d of %d\n", kind, done, total)
		}
		last = time.Now()
	}
}

// imported makes the folder of documents.
func (f *accountPullFlags) imported(cmd *cobra.Command) error {
	if info, err := os.Stat(f.from); err != nil {
		return err
	} else if !info.IsDir() {
		return fmt.Errorf("--from %s: want a folder", f.from)
	}
	report, err := account.Import(os.DirFS(f.from), f.out, &account.ImportOptions{Account: f.account, Region: f.region, Name: filepath.ToSlash(f.from)})
	if err != nil {
		return err
	}
	stderr := cmd.ErrOrStderr()
	for _, file := range report.Unrecognized {
		fmt.Fprintf(stderr, "note: %s: no document of an account, left out\n", plain.Text(file))
	}
	for _, kind := range slices.SortedFunc(maps.Keys(report.Resources), cmp.Compare) {
		if !f.quiet {
			fmt.Fprintf(stderr, "%s: %d\n", kind, report.Resources[kind])
		}
	}
	return nil
}
