package quicksighttest

import (
	"context"
	"fmt"
	"time"
)

// The data of [Server.Seed].
const (
	bucket = "rowsight-demo"

	sales = `Order,Region,Segment,Amount
1,US,Enterprise,120
2,US,SMB,45
3,EMEA,Enterprise,300
4,EMEA,Startup,20
5,APAC,SMB,75
6,APAC,Enterprise,210
`
	rules = `UserName,GroupName,Region,Segment
MarthaRivera,,US,Enterprise
,APAC-Sales,APAC,"SMB,Startup"
PowerUser,,,
`
)

type object = map[string]any

// Seed fills the account. The namespace default gets the readers MarthaRivera,
// NikhilJayashankar, who is in the group APAC-Sales, PowerUser, and Nobody, a
// viewer that no rule names. The data set sales is restricted by the permission dataset
// sales-rules and by the tag rule region. The dashboard sales shows it to
// everybody in the namespace.
func (s *Server) Seed(ctx context.Context) error {
	users := []string{"MarthaRivera", "NikhilJayashankar", "PowerUser", "Nobody"}
	for _, name := range users {
		err := s.Do(ctx, "POST", "/namespaces/default/users", object{
			"UserName": name, "Email": name + "@example.com", "UserRole": "READER", "IdentityType": "QUICKSIGHT",
		}, nil)
		if err != nil {
			return err
		}
	}
	if err := s.Do(ctx, "POST", "/namespaces/default/groups", object{"GroupName": "APAC-Sales"}, nil); err != nil {
		return err
	}
	if err := s.Do(ctx, "PUT", "/namespaces/default/groups/APAC-Sales/members/NikhilJayashankar", nil, nil); err != nil {
		return err
	}
	if err := s.AddCSV(ctx, "sales-rules", rules, object{"UseAs": "RLS_RULES"}); err != nil {
		return err
	}
	err := s.AddCSV(ctx, "sales", sales, object{
		"RowLevelPermissionDataSet": object{"Arn": s.arn("dataset/sales-rules"), "PermissionPolicy": "GRANT_ACCESS", "FormatVersion": "VERSION_1"},
		"RowLevelPermissionTagConfiguration": object{"Status": "ENABLED", "TagRules": []object{
			{"TagKey": "region", "ColumnName": "Region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"},
		}},
	})
	if err != nil {
		return err
	}
	return s.Do(ctx, "POST", "/dashboards/sales", object{
		"Name": "Sales",
		"Definition": object{
			"DataSetIdentifierDeclarations": []object{{"Identifier": "sales", "DataSetArn": s.arn("dataset/sales")}},
			"Sheets":                        []object{{"SheetId": "one", "Name": "Orders"}},
		},
		"Permissions": []object{{
			"Principal": s.arn("namespace/default"), "Actions": []string{"quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", "quicksight:QueryDashboard"},
		}},
	}, nil)
}

// AddCSV creates a data source and a data set of one id with the rows of a CSV
// file, and waits until they are ingested. Every column is text. fields are
// further fields of CreateDataSet, such as the rules.
func (s *Server) AddCSV(ctx context.Context, id, text string, fields map[string]any) error {
	manifest := fmt.Sprintf(`{"fileLocations":[{"URIs":["s3://%s/%s.csv"]}],"globalUploadSettings":{"format":"CSV","containsHeader":"true"}}`, bucket, id)
	if err := s.WriteObject(bucket, id+".csv", text); err != nil {
		return err
	}
	if err := s.WriteObject(bucket, id+".manifest.json", manifest); err != nil {
		return err
	}
	err := s.Do(ctx, "POST", "/data-sources", object{
		"DataSourceId": id, "Name": id, "Type": "S3",
		"DataSourceParameters": object{"S3Parameters": object{"ManifestFileLocation": object{"Bucket": bucket, "Key": id + ".manifest.json"}}},
	}, nil)
	if err != nil {
		return err
	}
	columns, err := header(text)
	if err != nil {
		return err
	}
	in := object{
		"DataSetId": id, "Name": id, "ImportMode": "SPICE",
		"PhysicalTableMap": object{"files": object{"S3Source": object{"DataSourceArn": s.arn("datasource/" + id), "InputColumns": columns}}},
	}
	for name, value := range fields {
		in[name] = value
	}
	var created struct{ IngestionId string }
	if err := s.Do(ctx, "POST", "/data-sets", in, &created); err != nil {
		return err
	}
	return s.WaitIngestion(ctx, id, created.IngestionId)
}

// WaitIngestion waits until an ingestion has ended. One that did not complete is
// an error.
func (s *Server) WaitIngestion(ctx context.Context, dataSet, id string) error {
	for {
		var out struct {
			Ingestion struct {
				IngestionStatus string
				ErrorInfo       struct{ Type, Message string }
			}
		}
		if err := s.Do(ctx, "GET", "/data-sets/"+dataSet+"/ingestions/"+id, nil, &out); err != nil {
			return err
		}
		switch status := out.Ingestion.IngestionStatus; status {
		case "COMPLETED":
			return nil
		case "FAILED", "CANCELLED":
			return fmt.Errorf("the ingestion %s of %s is %s: %s: %s", id, dataSet, status, out.Ingestion.ErrorInfo.Type, out.Ingestion.ErrorInfo.Message)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (s *Server) arn(resource string) string {
	return "arn:aws:quicksight:" + s.Region + ":" + s.Account + ":" + resource
}
