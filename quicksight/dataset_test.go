package quicksight_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// salesSet is the data set of the seed without its rules.
func salesSet() object {
	columns := []object{}
	for _, name := range []string{"Order", "Region", "Segment", "Amount"} {
		columns = append(columns, object{"Name": name, "Type": "STRING"})
	}
	return object{
		"Name": "sales", "ImportMode": "SPICE",
		"PhysicalTableMap": object{"files": object{"S3Source": object{"DataSourceArn": arn("datasource/sales"), "InputColumns": columns}}},
	}
}

// showing is the definition of a dashboard or an analysis of one data set.
func showing(set string) object {
	return object{"DataSetIdentifierDeclarations": []object{{"Identifier": "x", "DataSetArn": arn("dataset/" + set)}}}
}

// granted are the permissions of one principal.
func granted(principal string, actions ...string) []object {
	return []object{{"Principal": arn(principal), "Actions": actions}}
}

func with(base object, fields object) object {
	out := object{}
	for name, v := range base {
		out[name] = v
	}
	for name, v := range fields {
		out[name] = v
	}
	return out
}

func count(t *testing.T, s *quicksighttest.Server, set, user string) int64 {
	t.Helper()
	rows, err := s.Rows(t.Context(), set, "default", user)
	require.NoError(t, err)
	return rows.RowCount
}

// TestUpdateDataSet changes the rules of a data set in each way.
func TestUpdateDataSet(t *testing.T) {
	s := quicksighttest.NewServer(t)
	userRules := object{"RowLevelPermissionDataSet": object{"Arn": arn("dataset/sales-rules"), "PermissionPolicy": "GRANT_ACCESS"}}
	tagRules := object{"RowLevelPermissionTagConfiguration": object{"TagRules": []object{{"TagKey": "r", "ColumnName": "Region"}}}}
	update := func(in object) error { return s.Do(t.Context(), "PUT", "/data-sets/sales", in, nil) }
	tests := []struct {
		reason        string
		in            object
		code          string
		martha, power int64
	}{
		{"user rules only", with(salesSet(), userRules), "", 1, 6},
		{"tag rules only: registered users see nothing", with(salesSet(), tagRules), "", 0, 0},
		{"no rules: whoever may see the dashboard sees all", salesSet(), "", 6, 6},
		{"both again", with(with(salesSet(), userRules), tagRules), "", 1, 6},
		{"a column that is not there is refused, and the rules of before hold", with(salesSet(), object{"RowLevelPermissionTagConfiguration": object{"TagRules": []object{{"TagKey": "r", "ColumnName": "Nowhere"}}}}), "InvalidParameterValueException", 1, 6},
		{"rules that are not there", with(salesSet(), object{"RowLevelPermissionDataSet": object{"Arn": arn("dataset/nobody"), "PermissionPolicy": "GRANT_ACCESS"}}), "ResourceNotFoundException", 1, 6},
		{"DENY_ACCESS", with(salesSet(), object{"RowLevelPermissionDataSet": object{"Arn": arn("dataset/sales-rules"), "PermissionPolicy": "DENY_ACCESS"}}), "InvalidParameterValueException", 1, 6},
		{"another import mode", with(salesSet(), object{"ImportMode": "DIRECT_QUERY"}), "InvalidParameterValueException", 1, 6},
		{"disabled rules restrict nobody", with(salesSet(), object{"RowLevelPermissionDataSet": object{"Arn": arn("dataset/sales-rules"), "PermissionPolicy": "GRANT_ACCESS", "Status": "DISABLED"}}), "", 6, 6},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			if err := update(tt.in); tt.code != "" {
				require.Equal(t, tt.code, code(err), "%v", err)
			} else {
				require.NoError(t, err)
			}
			require.Equal(t, tt.martha, count(t, s, "sales", "MarthaRivera"))
			require.Equal(t, tt.power, count(t, s, "sales", "PowerUser"))
		})
	}

	t.Run("columns", func(t *testing.T) {
		in := with(salesSet(), userRules)
		in["LogicalTableMap"] = object{"l": object{"Alias": "sales", "Source": object{"PhysicalTableId": "files"}, "DataTransforms": []object{
			{"ProjectOperation": object{"ProjectedColumns": []string{"Region", "Segment"}}},
		}}}
		require.NoError(t, update(in))
		rows, err := s.Rows(t.Context(), "sales", "default", "MarthaRivera")
		require.NoError(t, err)
		require.Len(t, rows.Columns, 2)
		require.Equal(t, [][]any{{"US", "Enterprise"}}, rows.Rows)
	})

	t.Run("rows that cannot be read", func(t *testing.T) {
		in := with(salesSet(), userRules)
		files := object{"DataSourceArn": arn("datasource/sales"), "InputColumns": []object{{"Name": "Other", "Type": "STRING"}}}
		in["PhysicalTableMap"] = object{"files": object{"S3Source": files}}
		require.Equal(t, "InvalidParameterValueException", code(update(in)))
		require.Equal(t, int64(1), count(t, s, "sales", "MarthaRivera"), "the definition of before holds")
	})

	t.Run("the permission dataset is deleted", func(t *testing.T) {
		require.NoError(t, s.Do(t.Context(), "DELETE", "/data-sets/sales-rules", nil, nil))
		_, err := s.Rows(t.Context(), "sales", "default", "PowerUser")
		require.Error(t, err, "nobody sees a row")
	})
}

// TestChild: a data set that is made of another applies its rules.
func TestChild(t *testing.T) {
	s := quicksighttest.NewServer(t)
	child := object{
		"DataSetId": "child", "Name": "child", "ImportMode": "DIRECT_QUERY", "PhysicalTableMap": object{},
		"LogicalTableMap": object{"c": object{"Alias": "c", "Source": object{"DataSetArn": arn("dataset/sales")}, "DataTransforms": []object{
			{"RenameColumnOperation": object{"ColumnName": "Region", "NewColumnName": "Area"}},
			{"ProjectOperation": object{"ProjectedColumns": []string{"Area", "Amount"}}},
		}}},
		"Permissions": granted("user/default/MarthaRivera", "quicksight:PassDataSet"),
	}
	require.NoError(t, s.Do(t.Context(), "POST", "/data-sets", child, nil))
	rows, err := s.Rows(t.Context(), "child", "default", "MarthaRivera")
	require.NoError(t, err)
	require.Equal(t, [][]any{{"US", "120"}}, rows.Rows)
	require.Equal(t, "Area", rows.Columns[0].Name)
	_, err = s.Rows(t.Context(), "child", "default", "PowerUser")
	require.Equal(t, "AccessDeniedException", code(err), "no permission on the child, and no dashboard shows it")
	child["DataSetId"], child["ImportMode"] = "copy", "SPICE"
	var made struct{ IngestionId string }
	if err := s.Do(t.Context(), "POST", "/data-sets", child, &made); err == nil {
		require.Error(t, s.WaitIngestion(t.Context(), "copy", made.IngestionId), "a SPICE child of a restricted parent has no rows")
	}
	require.NoError(t, s.Service.CutOff(t.Context(), "updating", "sales"))
	_, err = s.Rows(t.Context(), "child", "default", "MarthaRivera")
	require.Equal(t, "ConflictException", code(err), "the parent is being updated")
}

// TestAccess: who has no permission reads nothing, whatever the rules admit.
func TestAccess(t *testing.T) {
	s := quicksighttest.NewServer(t)
	require.Equal(t, int64(6), count(t, s, "sales", "PowerUser"), "by the dashboard that is shared with the namespace")
	require.NoError(t, s.Do(t.Context(), "PUT", "/dashboards/sales/permissions", object{"RevokePermissions": granted("namespace/default", linkActions...)}, nil))
	_, err := s.Rows(t.Context(), "sales", "default", "PowerUser")
	require.Equal(t, "AccessDeniedException", code(err))
	require.NoError(t, s.Do(t.Context(), "POST", "/data-sets/sales/permissions", object{"GrantPermissions": granted("user/default/PowerUser", "quicksight:PassDataSet")}, nil))
	require.Equal(t, int64(6), count(t, s, "sales", "PowerUser"))
	_, err = s.Rows(t.Context(), "sales-rules", "default", "PowerUser")
	require.Equal(t, "AccessDeniedException", code(err), "a permission dataset is not for viewers")
	_, err = s.Rows(t.Context(), "sales", "default", "stranger")
	require.Equal(t, "ResourceNotFoundException", code(err))
}

// TestKeys registers a key, and disables it.
func TestKeys(t *testing.T) {
	s := quicksighttest.NewServer(t)
	key, err := s.Service.Keys().CreateKey(t.Context(), s.Account, s.Region)
	require.NoError(t, err)
	var out struct{ SuccessfulKeyRegistration, FailedKeyRegistration []object }
	require.NoError(t, s.Do(t.Context(), "POST", "/key-registration", object{"KeyRegistration": []object{{"KeyArn": key, "DefaultKey": true}}}, &out))
	require.Len(t, out.SuccessfulKeyRegistration, 1)
	require.NoError(t, s.Do(t.Context(), "PUT", "/data-sets/sales/ingestions/k", object{}, nil))
	require.NoError(t, s.WaitIngestion(t.Context(), "sales", "k"))
	require.Equal(t, int64(6), count(t, s, "sales", "PowerUser"))
	require.NoError(t, s.Service.Keys().Disable(t.Context(), key))
	_, err = s.Rows(t.Context(), "sales", "default", "PowerUser")
	require.Equal(t, "CustomerManagedKeyUnavailableException", code(err), "%v", err)
	require.NoError(t, s.Service.Keys().Enable(t.Context(), key))
	require.Equal(t, int64(6), count(t, s, "sales", "PowerUser"))
}

// TestConcurrent: many clients at once, and every change is there afterwards.
func TestConcurrent(t *testing.T) {
	s := quicksighttest.NewServer(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 5 {
				name := fmt.Sprintf("c%d-%d", i, n)
				err := s.Do(t.Context(), "POST", "/namespaces/default/users", object{"IdentityType": "QUICKSIGHT", "Email": "a@example.com", "UserRole": "READER", "UserName": name}, nil)
				if err == nil {
					err = s.Do(t.Context(), "POST", "resources/"+"arn%3Aaws%3Aquicksight%3Aus-east-1%3A111122223333%3Adataset%2Fsales"+"/tags", object{"Tags": []object{{"Key": fmt.Sprint(i), "Value": "v"}}}, nil)
				}
				if err == nil {
					_, err = s.Rows(t.Context(), "sales", "default", "MarthaRivera")
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	var tags struct{ Tags []object }
	require.NoError(t, s.Do(t.Context(), "GET", "resources/arn%3Aaws%3Aquicksight%3Aus-east-1%3A111122223333%3Adataset%2Fsales/tags", nil, &tags))
	require.Len(t, tags.Tags, 8)
}
