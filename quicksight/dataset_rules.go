package quicksight

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/tagrules"
)

// dataSetRules are the rules of a data set as a request has them. The zero value
// has none.
type dataSetRules struct {
	RowLevelPermissionDataSet          *rls.PermissionDataSet `json:",omitempty"`
	RowLevelPermissionTagConfiguration json.RawMessage        `json:",omitempty"`
	ColumnLevelPermissionRules         []columnRule           `json:",omitempty"`
}

type columnRule struct{ Principals, ColumnNames []string }

// check reports what is wrong with the rules, whatever the columns are.
func (r *dataSetRules) check() error {
	if r.RowLevelPermissionDataSet != nil {
		if err := r.RowLevelPermissionDataSet.Validate(); err != nil {
			return refuse(invalidParameter, "RowLevelPermissionDataSet: %v", err)
		}
	}
	if _, err := r.tags(); err != nil {
		return err
	}
	_, err := r.columns()
	return err
}

// checkText refuses rules on a column that the tables of the request have not as
// text. What nobody can tell before rows are read, the ingestion reports.
func (c *call) checkText(doc *dataSetDoc) error {
	named := make(map[string][]string)
	config, err := doc.Rules.tags()
	if err != nil {
		return err
	}
	if config != nil {
		named["RowLevelPermissionTagConfiguration"] = config.Columns()
	}
	if r := doc.Rules.RowLevelPermissionDataSet; r != nil {
		arn, err := namespace.ParseARN(r.Arn)
		if err != nil {
			return err
		}
		rules, err := c.s.dataSet(arn.Name)
		if err != nil {
			return err
		}
		for _, column := range rules.Plan.Columns {
			if !slices.Contains(rls.StandardColumns(), column.Name) {
				named["RowLevelPermissionDataSet"] = append(named["RowLevelPermissionDataSet"], column.Name)
			}
		}
	}
	for field, names := range named {
		for _, name := range names {
			if column := doc.Plan.column(name); column != nil && column.Type != "STRING" {
				return refuse(invalidParameter, "%s: the restricted column %q is %s, want STRING", field, name, column.Type)
			}
		}
	}
	return nil
}

func (r *dataSetRules) tags() (*tagrules.Config, error) {
	if r.RowLevelPermissionTagConfiguration == nil {
		return nil, nil
	}
	config, err := tagrules.Parse(bytes.NewReader(r.RowLevelPermissionTagConfiguration), nil)
	if err != nil {
		return nil, refuse(invalidParameter, "RowLevelPermissionTagConfiguration: %v", err)
	}
	return config, nil
}

func (r *dataSetRules) columns() (rules []spice.ColumnRule, err error) {
	for i, c := range r.ColumnLevelPermissionRules {
		rule := spice.ColumnRule{ColumnNames: c.ColumnNames}
		for _, text := range c.Principals {
			arn, err := namespace.ParseARN(text)
			if err != nil {
				return nil, refuse(invalidParameter, "ColumnLevelPermissionRules[%d].Principals: not the ARN of a user or group", i)
			}
			rule.Principals = append(rule.Principals, arn)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// apply makes the rules those of a data set that had the rules before. What is
// added comes before what is taken off.
func (r *dataSetRules) apply(ctx context.Context, d *spice.Dataset, before dataSetRules) error {
	columns, err := r.columns()
	if err != nil {
		return err
	}
	config, err := r.tags()
	if err != nil {
		return err
	}
	if len(columns) > 0 && !reflect.DeepEqual(r.ColumnLevelPermissionRules, before.ColumnLevelPermissionRules) {
		if err := d.SetColumnRules(ctx, columns...); err != nil {
			return err
		}
	}
	if config != nil && !bytes.Equal(r.RowLevelPermissionTagConfiguration, before.RowLevelPermissionTagConfiguration) {
		if err := d.SetTagRules(ctx, config, nil); err != nil {
			return err
		}
	}
	if r.RowLevelPermissionDataSet != nil {
		// Also if the settings are those of before: the permission dataset may
		// have been deleted and created again.
		if err := d.Attach(ctx, spice.Permissions{Settings: *r.RowLevelPermissionDataSet}); err != nil {
			return err
		}
	} else if before.RowLevelPermissionDataSet != nil {
		if err := d.Detach(ctx); err != nil {
			return err
		}
	}
	if config == nil && before.RowLevelPermissionTagConfiguration != nil {
		if err := d.RemoveTagRules(ctx); err != nil {
			return err
		}
	}
	if len(columns) == 0 && len(before.ColumnLevelPermissionRules) > 0 {
		return d.SetColumnRules(ctx)
	}
	return nil
}

// awaitRules waits for the first ingestion of a permission dataset: a program
// that creates it and, at once, the data set that it restricts need not wait.
func (s *Service) awaitRules(ctx context.Context, settings *rls.PermissionDataSet) {
	if settings == nil {
		return
	}
	if arn, err := namespace.ParseARN(settings.Arn); err == nil {
		s.await(ctx, arn.Name)
	}
}
