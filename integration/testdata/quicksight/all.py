"""Calls every operation that the service has, with boto3, and compares each
answer with the model of the API. The last line lists the operations called.

    all.py ENDPOINT KEY SECRET FOLDER
"""
import datetime
import json
import os
import sys
import time
import urllib.request
import uuid

from botocore.exceptions import ClientError
from strict import Mismatch, check, strict_client

endpoint, key, secret, folder = sys.argv[1:5]
ACCOUNT = "111122223333"
seen = set()
qs = strict_client(endpoint, key, secret, seen=seen)
ME = {"AwsAccountId": ACCOUNT}
NS = {"AwsAccountId": ACCOUNT, "Namespace": "default"}


def arn(resource):
    return f"arn:aws:quicksight:us-east-1:{ACCOUNT}:{resource}"


def fails(code, call, **fields):
    try:
        call(**fields)
    except ClientError as err:
        got = err.response["Error"]["Code"]
        assert got == code, f"got {got}, want {code}: {err}"
        assert err.response["ResponseMetadata"]["RequestId"]
        return err.response["Error"]["Message"]
    raise AssertionError(f"{call} succeeded, want {code}")


def pages(call, name, **fields):
    """Reads a list in pages of two."""
    items, token = [], None
    while True:
        page = call(MaxResults=2, **({"NextToken": token} if token else {}), **fields)
        assert len(page[name]) <= 2
        items += page[name]
        token = page.get("NextToken")
        if not token:
            return items


# Namespaces
created = qs.create_namespace(**ME, Namespace="tenant", IdentityStore="QUICKSIGHT", Tags=[{"Key": "team", "Value": "a"}])
assert created["Status"] == 202 and created["CreationStatus"] == "CREATED"
fails("ResourceExistsException", qs.create_namespace, **ME, Namespace="tenant", IdentityStore="QUICKSIGHT")
assert qs.describe_namespace(**ME, Namespace="tenant")["Namespace"]["Name"] == "tenant"
fails("ResourceNotFoundException", qs.describe_namespace, **ME, Namespace="nobody")
assert [n["Name"] for n in pages(qs.list_namespaces, "Namespaces", **ME)] == ["default", "tenant"]

# Users
for i in range(5):
    u = qs.register_user(**NS, IdentityType="QUICKSIGHT", Email=f"u{i}@example.com", UserRole="READER", UserName=f"u{i}")
    assert u["Status"] == 201 and u["UserInvitationUrl"] == endpoint + "/invitation" and u["User"]["Active"] is False and u["User"]["Role"] == "READER"
iam = qs.register_user(AwsAccountId=ACCOUNT, Namespace="tenant", IdentityType="IAM", Email="al@example.com", UserRole="AUTHOR",
                       IamArn=f"arn:aws:iam::{ACCOUNT}:role/app", SessionName="al", Tags=[{"Key": "k", "Value": "v"}])["User"]
assert iam["UserName"] == "app/al" and iam["Arn"] == arn("user/tenant/app/al")
fails("ResourceExistsException", qs.register_user, **NS, IdentityType="QUICKSIGHT", Email="u@example.com", UserRole="READER", UserName="u0")
fails("IdentityTypeNotSupportedException", qs.register_user, AwsAccountId=ACCOUNT, Namespace="tenant", IdentityType="QUICKSIGHT", Email="u@example.com", UserRole="READER", UserName="u0")
assert qs.describe_user(AwsAccountId=ACCOUNT, Namespace="tenant", UserName="app/al")["User"] == iam
fails("ResourceNotFoundException", qs.describe_user, **NS, UserName="app/al")
assert [u["UserName"] for u in pages(qs.list_users, "UserList", **NS)] == [f"u{i}" for i in range(5)]
assert qs.update_user(**NS, UserName="u1", Email="new@example.com", Role="AUTHOR")["User"]["Role"] == "AUTHOR"
qs.delete_user(**NS, UserName="u4")
fails("ResourceNotFoundException", qs.delete_user, **NS, UserName="u4")
qs.delete_user_by_principal_id(**NS, PrincipalId=qs.describe_user(**NS, UserName="u3")["User"]["PrincipalId"])
fails("ResourceNotFoundException", qs.describe_user, **NS, UserName="u3")

# Groups
for name in ("APAC", "EMEA-Sales", "EMEA-Support"):
    assert qs.create_group(**NS, GroupName=name, Description="of " + name)["Status"] == 201
assert qs.describe_group(**NS, GroupName="APAC")["Group"]["Description"] == "of APAC"
assert qs.update_group(**NS, GroupName="APAC", Description="other")["Group"]["Description"] == "other"
assert [g["GroupName"] for g in pages(qs.list_groups, "GroupList", **NS)] == ["APAC", "EMEA-Sales", "EMEA-Support"]
found = pages(qs.search_groups, "GroupList", **NS, Filters=[{"Operator": "StartsWith", "Name": "GROUP_NAME", "Value": "EMEA"}])
assert [g["GroupName"] for g in found] == ["EMEA-Sales", "EMEA-Support"]
assert qs.create_group_membership(**NS, GroupName="APAC", MemberName="u0")["GroupMember"]["MemberName"] == "u0"
qs.create_group_membership(**NS, GroupName="APAC", MemberName="u1")
assert qs.describe_group_membership(**NS, GroupName="APAC", MemberName="u0")["GroupMember"]["Arn"] == arn("user/default/u0")
assert len(pages(qs.list_group_memberships, "GroupMemberList", **NS, GroupName="APAC")) == 2
assert [g["GroupName"] for g in qs.list_user_groups(**NS, UserName="u0")["GroupList"]] == ["APAC"]
qs.delete_group_membership(**NS, GroupName="APAC", MemberName="u1")
fails("ResourceNotFoundException", qs.describe_group_membership, **NS, GroupName="APAC", MemberName="u1")
qs.delete_group(**NS, GroupName="EMEA-Support")

# Data sources
PASSWORD = "Correct-Horse-7"


def put(key, text):
    path = os.path.join(folder, "s3", "bucket", key)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def s3_source(name, csv):
    put(name + ".csv", csv)
    put(name + ".json", json.dumps({"fileLocations": [{"URIs": [f"s3://bucket/{name}.csv"]}], "globalUploadSettings": {"format": "CSV", "containsHeader": "true"}}))
    return qs.create_data_source(**ME, DataSourceId=name, Name=name, Type="S3",
                                 DataSourceParameters={"S3Parameters": {"ManifestFileLocation": {"Bucket": "bucket", "Key": name + ".json"}}})


def source_ready(name):
    for _ in range(500):
        d = qs.describe_data_source(**ME, DataSourceId=name)["DataSource"]
        if not d["Status"].endswith("IN_PROGRESS"):
            return d
        time.sleep(0.01)


created = s3_source("sales", "Order,Region,Segment,Amount\n1,US,SMB,10\n2,EMEA,SMB,20\n3,APAC,Enterprise,30\n")
assert created["Status"] == 202 and created["CreationStatus"] == "CREATION_IN_PROGRESS"
assert source_ready("sales")["Status"] == "CREATION_SUCCESSFUL"
s3_source("rules", "UserName,GroupName,Region\nu0,,US\n,APAC,APAC\n")
pg = qs.create_data_source(**ME, DataSourceId="db", Name="db", Type="POSTGRESQL", DataSourceParameters={"PostgreSqlParameters": {"Host": "db.example.com", "Port": 5432, "Database": "d"}},
                           Credentials={"CredentialPair": {"Username": "u", "Password": PASSWORD}}, SslProperties={"DisableSsl": False},
                           Permissions=[{"Principal": arn("user/default/u1"), "Actions": ["quicksight:DescribeDataSource"]}])
assert PASSWORD not in json.dumps(source_ready("db"), default=str), "a password came back"
message = fails("InvalidParameterValueException", qs.create_data_source, **ME, DataSourceId="db2", Name="db", Type="ORACLE",
                DataSourceParameters={"OracleParameters": {"Host": "db.example.com", "Port": 1, "Database": "d"}}, Credentials={"CredentialPair": {"Username": "u", "Password": PASSWORD}})
assert PASSWORD not in message
fails("ResourceNotFoundException", qs.describe_data_source, **ME, DataSourceId="db2")
assert qs.update_data_source(**ME, DataSourceId="db", Name="renamed", DataSourceParameters={"PostgreSqlParameters": {"Host": "db.example.com", "Port": 5432, "Database": "d"}},
                             Credentials={"CredentialPair": {"Username": "u", "Password": PASSWORD}})["UpdateStatus"] == "UPDATE_IN_PROGRESS"
assert source_ready("db")["Name"] == "renamed"
assert [d["DataSourceId"] for d in pages(qs.list_data_sources, "DataSources", **ME)] == ["db", "rules", "sales"]
assert [d["DataSourceId"] for d in qs.search_data_sources(**ME, Filters=[{"Operator": "StringLike", "Name": "DATASOURCE_NAME", "Value": "SAL"}])["DataSourceSummaries"]] == ["sales"]
assert qs.describe_data_source_permissions(**ME, DataSourceId="db")["Permissions"][0]["Principal"] == arn("user/default/u1")
qs.update_data_source_permissions(**ME, DataSourceId="db", RevokePermissions=[{"Principal": arn("user/default/u1"), "Actions": ["quicksight:DescribeDataSource"]}])
assert qs.describe_data_source_permissions(**ME, DataSourceId="db")["Permissions"] == []

# Data sets
TEXT = "STRING"


def columns(*names):
    return [{"Name": n, "Type": TEXT} for n in names]


def data_set(name, source, names, **more):
    return qs.create_data_set(**ME, DataSetId=name, Name=name, ImportMode="SPICE",
                              PhysicalTableMap={"t": {"S3Source": {"DataSourceArn": arn("datasource/" + source), "InputColumns": columns(*names)}}}, **more)


def ingested(name, ingestion):
    for _ in range(1000):
        i = qs.describe_ingestion(**ME, DataSetId=name, IngestionId=ingestion)["Ingestion"]
        if i["IngestionStatus"] in ("COMPLETED", "FAILED", "CANCELLED"):
            return i
        time.sleep(0.01)


fails("ResourceNotFoundException", data_set, name="sales", source="nobody", names=["a"])
data_set("rules", "rules", ["UserName", "GroupName", "Region"], UseAs="RLS_RULES")
rls = {"Arn": arn("dataset/rules"), "PermissionPolicy": "GRANT_ACCESS", "FormatVersion": "VERSION_1", "Status": "ENABLED"}
tags = {"Status": "ENABLED", "TagRules": [{"TagKey": "region", "ColumnName": "Region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"}]}
logical = {"l": {"Alias": "sales", "Source": {"PhysicalTableId": "t"}, "DataTransforms": [
    {"CastColumnTypeOperation": {"ColumnName": "Amount", "NewColumnType": "INTEGER"}},
    {"RenameColumnOperation": {"ColumnName": "Order", "NewColumnName": "OrderId"}},
    {"ProjectOperation": {"ProjectedColumns": ["OrderId", "Region", "Amount"]}}]}}
made = data_set("sales", "sales", ["Order", "Region", "Segment", "Amount"], RowLevelPermissionDataSet=rls, RowLevelPermissionTagConfiguration=tags, LogicalTableMap=logical,
                ColumnLevelPermissionRules=[{"ColumnNames": ["Amount"], "Principals": [arn("user/default/u1")]}],
                Permissions=[{"Principal": arn("user/default/u1"), "Actions": ["quicksight:DescribeDataSet", "quicksight:UpdateDataSet", "quicksight:PassDataSet"]}])
assert made["Status"] == 201
done = ingested("sales", made["IngestionId"])
assert done["IngestionStatus"] == "COMPLETED" and done["RowInfo"]["RowsIngested"] == 3, done
described = qs.describe_data_set(**ME, DataSetId="sales")["DataSet"]
assert described["RowLevelPermissionDataSet"] == rls and described["RowLevelPermissionTagConfiguration"] == tags and described["LogicalTableMap"] == logical
assert described["OutputColumns"] == [{"Name": "OrderId", "Type": "STRING"}, {"Name": "Region", "Type": "STRING"}, {"Name": "Amount", "Type": "INTEGER"}], described["OutputColumns"]
assert described["ConsumedSpiceCapacityInBytes"] > 0
assert qs.describe_data_set(**ME, DataSetId="rules")["DataSet"]["UseAs"] == "RLS_RULES"
summaries = pages(qs.list_data_sets, "DataSetSummaries", **ME)
assert [d["DataSetId"] for d in summaries] == ["rules", "sales"] and summaries[1]["RowLevelPermissionTagConfigurationApplied"]
owner = [{"Operator": "StringEquals", "Name": "QUICKSIGHT_OWNER", "Value": arn("user/default/u1")}]
assert [d["DataSetId"] for d in qs.search_data_sets(**ME, Filters=owner)["DataSetSummaries"]] == ["sales"]
deny = dict(rls, PermissionPolicy="DENY_ACCESS")
fails("InvalidParameterValueException", data_set, name="deny", source="sales", names=["Order", "Region", "Segment", "Amount"], RowLevelPermissionDataSet=deny)
fails("ResourceNotFoundException", qs.describe_data_set, **ME, DataSetId="deny")
tables = {"t": {"RelationalTable": {"DataSourceArn": arn("datasource/db"), "Name": "orders", "InputColumns": columns("a")}}}
fails("InvalidParameterValueException", qs.create_data_set, **ME, DataSetId="direct", Name="direct", ImportMode="DIRECT_QUERY", PhysicalTableMap=tables)

# A child, with the rules of its parent
child = qs.create_data_set(**ME, DataSetId="child", Name="child", ImportMode="DIRECT_QUERY", PhysicalTableMap={}, LogicalTableMap={"c": {
    "Alias": "c", "Source": {"DataSetArn": arn("dataset/sales")}, "DataTransforms": [{"ProjectOperation": {"ProjectedColumns": ["Region"]}}]}})
assert child["Status"] == 201 and "IngestionId" not in child

# Ingestions
assert qs.create_ingestion(**ME, DataSetId="sales", IngestionId="again", IngestionType="FULL_REFRESH")["Status"] == 201
assert ingested("sales", "again")["IngestionStatus"] == "COMPLETED"
fails("ResourceExistsException", qs.create_ingestion, **ME, DataSetId="sales", IngestionId="again")
fails("InvalidParameterValueException", qs.create_ingestion, **ME, DataSetId="sales", IngestionId="more", IngestionType="INCREMENTAL_REFRESH")
assert len(pages(qs.list_ingestions, "Ingestions", **ME, DataSetId="sales")) == 2
fails("InvalidParameterValueException", qs.cancel_ingestion, **ME, DataSetId="sales", IngestionId="again")
s3_source("big", "Order,Region\n" + "".join(f"{i},US\n" for i in range(1500000)))
big = data_set("big", "big", ["Order", "Region"])
assert qs.cancel_ingestion(**ME, DataSetId="big", IngestionId=big["IngestionId"])["IngestionId"] == big["IngestionId"]
assert ingested("big", big["IngestionId"])["IngestionStatus"] == "CANCELLED"

# Refresh schedules and properties
frequency = {"Interval": "MONTHLY", "RefreshOnDay": {"DayOfMonth": "LAST_DAY_OF_MONTH"}, "Timezone": "Europe/Rome", "TimeOfTheDay": "02:30"}
planned = {"ScheduleId": "monthly", "ScheduleFrequency": frequency, "StartAfterDateTime": datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc), "RefreshType": "FULL_REFRESH"}
assert qs.create_refresh_schedule(**ME, DataSetId="sales", Schedule=planned)["Arn"] == arn("dataset/sales/refresh-schedule/monthly")
got = qs.describe_refresh_schedule(**ME, DataSetId="sales", ScheduleId="monthly")["RefreshSchedule"]
assert got["ScheduleFrequency"] == frequency and got["StartAfterDateTime"] == planned["StartAfterDateTime"], got
qs.update_refresh_schedule(**ME, DataSetId="sales", Schedule=dict(planned, ScheduleFrequency={"Interval": "HOURLY"}))
assert [s["ScheduleFrequency"] for s in qs.list_refresh_schedules(**ME, DataSetId="sales")["RefreshSchedules"]] == [{"Interval": "HOURLY"}]
qs.delete_refresh_schedule(**ME, DataSetId="sales", ScheduleId="monthly")
fails("ResourceNotFoundException", qs.describe_refresh_schedule, **ME, DataSetId="sales", ScheduleId="monthly")
properties = {"FailureConfiguration": {"EmailAlert": {"AlertStatus": "DISABLED"}}}
qs.put_data_set_refresh_properties(**ME, DataSetId="sales", DataSetRefreshProperties=properties)
assert qs.describe_data_set_refresh_properties(**ME, DataSetId="sales")["DataSetRefreshProperties"] == properties
qs.delete_data_set_refresh_properties(**ME, DataSetId="sales")
fails("ResourceNotFoundException", qs.describe_data_set_refresh_properties, **ME, DataSetId="sales")

# Updates of data sets
updated = qs.update_data_set(**ME, DataSetId="sales", Name="Sales", ImportMode="SPICE", PhysicalTableMap=described["PhysicalTableMap"], LogicalTableMap=logical,
                             RowLevelPermissionDataSet=rls, RowLevelPermissionTagConfiguration=tags)
assert ingested("sales", updated["IngestionId"])["IngestionStatus"] == "COMPLETED"
assert qs.describe_data_set(**ME, DataSetId="sales")["DataSet"]["Name"] == "Sales"
assert len(qs.describe_data_set_permissions(**ME, DataSetId="sales")["Permissions"]) == 1
qs.update_data_set_permissions(**ME, DataSetId="sales", GrantPermissions=[{"Principal": arn("user/default/u0"), "Actions": ["quicksight:DescribeDataSet"]}])
assert len(qs.describe_data_set_permissions(**ME, DataSetId="sales")["Permissions"]) == 2
fails("InvalidParameterValueException", qs.update_data_set_permissions, **ME, DataSetId="sales", GrantPermissions=[{"Principal": arn("user/default/nobody"), "Actions": ["quicksight:DescribeDataSet"]}])

# Dashboards
definition = {"DataSetIdentifierDeclarations": [{"Identifier": "s", "DataSetArn": arn("dataset/sales")}], "Sheets": [{"SheetId": "one", "Name": "Orders", "Visuals": [
    {"TableVisual": {"VisualId": "v", "Title": {"Visibility": "VISIBLE", "FormatText": {"PlainText": "Orders"}}}}]}]}
everybody = [{"Principal": arn("namespace/default"), "Actions": ["quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", "quicksight:QueryDashboard"]}]
assert qs.create_dashboard(**ME, DashboardId="board", Name="Board", Definition=definition, Permissions=everybody, VersionDescription="first",
                           DashboardPublishOptions={"AdHocFilteringOption": {"AvailabilityStatus": "DISABLED"}})["Status"] == 202
fails("ResourceNotFoundException", qs.create_dashboard, **ME, DashboardId="other", Name="x", Definition=dict(definition, DataSetIdentifierDeclarations=[{"Identifier": "s", "DataSetArn": arn("dataset/nobody")}]))
board = qs.describe_dashboard(**ME, DashboardId="board")["Dashboard"]
assert board["Version"]["VersionNumber"] == 1 and board["Version"]["DataSetArns"] == [arn("dataset/sales")] and board["Version"]["Description"] == "first"
full = qs.describe_dashboard_definition(**ME, DashboardId="board")
assert full["Definition"] == definition and full["DashboardPublishOptions"]
second = qs.update_dashboard(**ME, DashboardId="board", Name="Board 2", Definition=definition)
assert second["VersionArn"].endswith("/version/2") and second["Status"] == 202
assert qs.describe_dashboard(**ME, DashboardId="board")["Dashboard"]["Version"]["VersionNumber"] == 1
assert qs.describe_dashboard(**ME, DashboardId="board", AliasName="$LATEST")["Dashboard"]["Version"]["VersionNumber"] == 2
qs.update_dashboard_published_version(**ME, DashboardId="board", VersionNumber=2)
assert qs.list_dashboards(**ME)["DashboardSummaryList"][0]["PublishedVersionNumber"] == 2
assert [v["VersionNumber"] for v in qs.list_dashboard_versions(**ME, DashboardId="board")["DashboardVersionSummaryList"]] == [1, 2]
fails("ConflictException", qs.delete_dashboard, **ME, DashboardId="board", VersionNumber=2)
qs.delete_dashboard(**ME, DashboardId="board", VersionNumber=1)
assert [d["DashboardId"] for d in qs.search_dashboards(**ME, Filters=[{"Operator": "StringLike", "Name": "DASHBOARD_NAME", "Value": "board"}])["DashboardSummaryList"]] == ["board"]
assert qs.describe_dashboard_permissions(**ME, DashboardId="board")["Permissions"] == everybody
assert len(qs.update_dashboard_permissions(**ME, DashboardId="board", GrantPermissions=[{"Principal": arn("user/default/u1"), "Actions": ["quicksight:DeleteDashboard"]}])["Permissions"]) == 2

# The link of the dashboard, and linked analyses
LINK = [{"Principal": arn("namespace/tenant"), "Actions": sorted(["quicksight:DescribeDashboard", "quicksight:QueryDashboard", "quicksight:ListDashboardVersions"])}]
assert "LinkSharingConfiguration" not in qs.describe_dashboard_permissions(**ME, DashboardId="board")
linked = qs.update_dashboard_permissions(**ME, DashboardId="board", GrantLinkPermissions=LINK)
assert linked["LinkSharingConfiguration"] == {"Permissions": LINK} and linked["DashboardArn"] == arn("dashboard/board") and len(linked["Permissions"]) == 2
assert qs.describe_dashboard_permissions(**ME, DashboardId="board")["LinkSharingConfiguration"] == {"Permissions": LINK}
for principal in (arn("user/default/u1"), "arn:aws:quicksight:::publicAnonymousUser/*"):
    fails("InvalidParameterValueException", qs.update_dashboard_permissions, **ME, DashboardId="board", GrantLinkPermissions=[dict(LINK[0], Principal=principal)])
fails("InvalidParameterValueException", qs.update_dashboard_permissions, **ME, DashboardId="board", GrantLinkPermissions=[dict(LINK[0], Actions=["quicksight:UpdateDashboard"])])
assert "LinkSharingConfiguration" not in qs.update_dashboard_permissions(**ME, DashboardId="board", RevokeLinkPermissions=LINK)
qs.create_analysis(**ME, AnalysisId="linked", Name="Linked", Definition=definition)
links = [arn("analysis/linked")]
qs.create_dashboard(**ME, DashboardId="linked", Name="Linked", Definition=definition, LinkSharingConfiguration={"Permissions": LINK}, LinkEntities=links)
assert qs.describe_dashboard_permissions(**ME, DashboardId="linked")["LinkSharingConfiguration"] == {"Permissions": LINK}
assert qs.describe_dashboard(**ME, DashboardId="linked")["Dashboard"]["LinkEntities"] == links
assert qs.update_dashboard_links(**ME, DashboardId="linked", LinkEntities=[])["LinkEntities"] == []
assert "LinkEntities" not in qs.describe_dashboard(**ME, DashboardId="linked")["Dashboard"]
assert qs.update_dashboard_links(**ME, DashboardId="linked", LinkEntities=links)["LinkEntities"] == links
fails("ResourceNotFoundException", qs.update_dashboard_links, **ME, DashboardId="linked", LinkEntities=[arn("analysis/none")])
fails("InvalidParameterValueException", qs.update_dashboard_links, **ME, DashboardId="linked", LinkEntities=links * 2)
fails("ResourceNotFoundException", qs.update_dashboard_links, **ME, DashboardId="none", LinkEntities=links)
qs.delete_dashboard(**ME, DashboardId="linked")
qs.delete_analysis(**ME, AnalysisId="linked", ForceDeleteWithoutRecovery=True)

# Analyses
assert qs.create_analysis(**ME, AnalysisId="a", Name="A", Definition=definition)["Status"] == 202
assert qs.describe_analysis(**ME, AnalysisId="a")["Analysis"]["DataSetArns"] == [arn("dataset/sales")]
assert qs.describe_analysis_definition(**ME, AnalysisId="a")["Definition"] == definition
qs.update_analysis(**ME, AnalysisId="a", Name="B", Definition=definition)
assert [a["Name"] for a in qs.list_analyses(**ME)["AnalysisSummaryList"]] == ["B"]
assert qs.search_analyses(**ME, Filters=[{"Operator": "StringLike", "Name": "ANALYSIS_NAME", "Value": "nothing"}])["AnalysisSummaryList"] == []
assert len(qs.update_analysis_permissions(**ME, AnalysisId="a", GrantPermissions=[{"Principal": arn("user/default/u1"), "Actions": ["quicksight:DescribeAnalysis"]}])["Permissions"]) == 1
assert len(qs.describe_analysis_permissions(**ME, AnalysisId="a")["Permissions"]) == 1
qs.delete_analysis(**ME, AnalysisId="a")
assert qs.describe_analysis(**ME, AnalysisId="a")["Analysis"]["Status"] == "DELETED"
qs.restore_analysis(**ME, AnalysisId="a")
qs.delete_analysis(**ME, AnalysisId="a", ForceDeleteWithoutRecovery=True)
fails("ResourceNotFoundException", qs.describe_analysis, **ME, AnalysisId="a")

# Settings of the account
assert qs.describe_account_settings(**ME)["AccountSettings"]["DefaultNamespace"] == "default"
qs.update_account_settings(**ME, DefaultNamespace="default", NotificationEmail="admin@example.com")
assert qs.describe_account_settings(**ME)["AccountSettings"]["NotificationEmail"] == "admin@example.com"
fails("InvalidParameterValueException", qs.update_account_settings, **ME, DefaultNamespace="tenant")
qs.update_public_sharing_settings(**ME, PublicSharingEnabled=True)
assert qs.describe_account_settings(**ME)["AccountSettings"]["PublicSharingEnabled"] is True
subscription = qs.describe_account_subscription(**ME)["AccountInfo"]
assert subscription["Edition"] == "ENTERPRISE" and subscription["NotificationEmail"] == "admin@example.com", subscription

# Addresses
assert qs.describe_ip_restriction(**ME)["Enabled"] is False
assert qs.update_ip_restriction(**ME, IpRestrictionRuleMap={"192.0.2.0/24": "office"}, Enabled=False)["AwsAccountId"] == ACCOUNT
assert qs.describe_ip_restriction(**ME)["IpRestrictionRuleMap"] == {"192.0.2.0/24": "office"}
fails("InvalidParameterValueException", qs.update_ip_restriction, **ME, VpcIdRestrictionRuleMap={"vpc-1234567890abcdef0": "x"})

# Keys
assert qs.describe_key_registration(**ME)["KeyRegistration"] == []
failed = qs.update_key_registration(**ME, KeyRegistration=[{"KeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{uuid.uuid4()}", "DefaultKey": True}])
assert len(failed["FailedKeyRegistration"]) == 1 and failed["SuccessfulKeyRegistration"] == []

# Folders: a user sees the dashboard in a folder that is shared with the user, with the rows of the rules
VIEWER = ["quicksight:DescribeFolder"]
FID = {**ME, "FolderId": "top"}
made = qs.create_folder(**FID, Name="Top", FolderType="SHARED", SharingModel="ACCOUNT", Tags=[{"Key": "k", "Value": "v"}],
                        Permissions=[{"Principal": arn("user/default/u0"), "Actions": VIEWER}])
assert made["Arn"] == arn("folder/top") and made["FolderId"] == "top"
fails("ResourceExistsException", qs.create_folder, **FID, Name="Top")
qs.create_folder(**ME, FolderId="low", Name="Low", ParentFolderArn=arn("folder/top"))
fails("InvalidParameterValueException", qs.create_folder, **ME, FolderId="r", Name="R", FolderType="RESTRICTED")
assert qs.update_folder(**ME, FolderId="low", Name="Lower")["FolderId"] == "low"
low = qs.describe_folder(**ME, FolderId="low")["Folder"]
assert low["Name"] == "Lower" and low["FolderPath"] == [arn("folder/top")] and low["FolderType"] == "SHARED"
assert "FolderPath" not in qs.describe_folder(**FID)["Folder"]
assert [f["FolderId"] for f in pages(qs.list_folders, "FolderSummaryList", **ME)] == ["low", "top"]
assert [f["FolderId"] for f in pages(qs.search_folders, "FolderSummaryList", **ME, Filters=[{"Operator": "StringEquals", "Name": "PARENT_FOLDER_ARN", "Value": arn("folder/top")}])] == ["low"]
PLACE = {**ME, "FolderId": "low", "MemberId": "sales", "MemberType": "DATASET"}
placed = qs.create_folder_membership(**PLACE)
assert placed["Status"] == 200 and placed["FolderMember"] == {"MemberId": "sales", "MemberType": "DATASET"}
fails("ResourceExistsException", qs.create_folder_membership, **PLACE)
assert [m["MemberArn"] for m in pages(qs.list_folder_members, "FolderMemberList", **ME, FolderId="low")] == [arn("dataset/sales")]
assert qs.list_folders_for_resource(**ME, ResourceArn=arn("dataset/sales"))["Folders"] == [arn("folder/low")]
assert pages(qs.describe_folder_permissions, "Permissions", **FID) == [{"Principal": arn("user/default/u0"), "Actions": VIEWER}]
assert qs.describe_folder_permissions(**ME, FolderId="low")["Permissions"] == []
assert pages(qs.describe_folder_resolved_permissions, "Permissions", **ME, FolderId="low") == [{"Principal": arn("user/default/u0"), "Actions": VIEWER}]
fails("InvalidParameterValueException", qs.update_folder_permissions, **FID, GrantPermissions=[{"Principal": arn("namespace/default"), "Actions": VIEWER}])
assert qs.update_folder_permissions(**FID, RevokePermissions=[{"Principal": arn("user/default/u0"), "Actions": VIEWER}])["Permissions"] == []
assert qs.update_folder_permissions(**FID, GrantPermissions=[{"Principal": arn("user/default/u0"), "Actions": VIEWER}])["Permissions"]
assert qs.list_tags_for_resource(ResourceArn=arn("folder/top"))["Tags"] == [{"Key": "k", "Value": "v"}]
fails("PreconditionNotMetException", qs.delete_folder, **FID)
qs.delete_folder_membership(**PLACE)
fails("ResourceNotFoundException", qs.delete_folder_membership, **PLACE)
qs.delete_folder(**ME, FolderId="low")
assert qs.delete_folder(**FID)["Arn"] == arn("folder/top")
fails("ResourceNotFoundException", qs.describe_folder, **FID)

# Tags of resources
qs.tag_resource(ResourceArn=arn("dataset/sales"), Tags=[{"Key": "owner", "Value": "sales"}, {"Key": "cost", "Value": "7"}])
assert qs.list_tags_for_resource(ResourceArn=arn("dataset/sales"))["Tags"] == [{"Key": "cost", "Value": "7"}, {"Key": "owner", "Value": "sales"}]
qs.untag_resource(ResourceArn=arn("dataset/sales"), TagKeys=["cost"])
assert [t["Key"] for t in qs.list_tags_for_resource(ResourceArn=arn("dataset/sales"))["Tags"]] == ["owner"]
assert qs.list_tags_for_resource(ResourceArn=arn("namespace/tenant"))["Tags"] == [{"Key": "team", "Value": "a"}]
fails("ResourceNotFoundException", qs.tag_resource, ResourceArn=arn("dataset/nobody"), Tags=[{"Key": "a", "Value": "b"}])

# Embed URLs: the session sees the rows of its tags
TAG = "EMEA"
url = qs.generate_embed_url_for_anonymous_user(**NS, AuthorizedResourceArns=[arn("dashboard/board")], SessionTags=[{"Key": "region", "Value": TAG}],
                                               ExperienceConfiguration={"Dashboard": {"InitialDashboardId": "board"}}, SessionLifetimeInMinutes=15)
assert TAG not in url["EmbedUrl"]


def browse(path, token=None, body=None):
    request = urllib.request.Request(endpoint + path, data=body and json.dumps(body).encode(), headers={"Content-Type": "application/json", **({"Authorization": "Bearer " + token} if token else {})})
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


assert "page.js" in browse(url["EmbedUrl"].removeprefix(endpoint))
session = json.loads(browse("/embed/redeem", body={"Code": url["EmbedUrl"].split("code=")[1]}))
assert json.loads(browse("/embed/data-sets?dashboard=board", session["SessionToken"]))["DataSets"] == [{"DataSetId": "sales", "Name": "Sales"}]
rows = json.loads(browse("/embed/rows/sales", session["SessionToken"]))
assert rows["Rows"] == [["2", "EMEA", 20]] and rows["RowCount"] == 1, rows

# Embed URLs of registered users: the session sees the rows of the user
BOARD = {"Dashboard": {"InitialDashboardId": "board"}}
for url in (
    qs.generate_embed_url_for_registered_user(**ME, UserArn=arn("user/default/u0"), ExperienceConfiguration=BOARD, SessionLifetimeInMinutes=15),
    qs.generate_embed_url_for_registered_user_with_identity(**ME, ExperienceConfiguration=BOARD),
):
    session = json.loads(browse("/embed/redeem", body={"Code": url["EmbedUrl"].split("code=")[1]}))
    assert session["UserArn"] == arn("user/default/u0")
    rows = json.loads(browse("/embed/rows/sales", session["SessionToken"]))
    assert sorted(rows["Rows"]) == [["1", "US", 10], ["3", "APAC", 30]], rows
fails("QuickSightUserNotFoundException", qs.generate_embed_url_for_registered_user, **ME, UserArn=arn("user/default/nobody"), ExperienceConfiguration=BOARD)

# Deletions
qs.delete_data_set(**ME, DataSetId="child")
qs.delete_dashboard(**ME, DashboardId="board")
fails("ResourceNotFoundException", qs.describe_dashboard, **ME, DashboardId="board")
for name in ("sales", "rules", "big"):
    qs.delete_data_set(**ME, DataSetId=name)
    fails("ResourceNotFoundException", qs.describe_data_set, **ME, DataSetId=name)
for name in ("db", "sales", "rules", "big"):
    qs.delete_data_source(**ME, DataSourceId=name)
qs.delete_namespace(**ME, Namespace="tenant")
fails("ResourceNotFoundException", qs.list_users, AwsAccountId=ACCOUNT, Namespace="tenant")

# Everything else
fails("NotImplementedException", qs.list_themes, **ME)
fails("AccessDeniedException", qs.list_namespaces, AwsAccountId="444455556666")
fails("InvalidNextTokenException", qs.list_users, **NS, NextToken="AAAA")
try:  # the comparison with the model finds a member that is not there
    check(qs.meta.service_model.operation_model("ListUsers").output_shape, {"UserList": [{"Bogus": 1}]}, "ListUsers")
except Mismatch:
    print(" ".join(sorted(seen)))
