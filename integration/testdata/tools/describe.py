"""Prints what boto3 answers about data sets, as programs write it, and requests
that botocore's model fills with what it knows of every member."""
import json
import sys

import boto3
from botocore.config import Config

url, key, secret, account = sys.argv[1:5]
client = boto3.client("quicksight", endpoint_url=url, region_name="us-east-1", aws_access_key_id=key,
                      aws_secret_access_key=secret, config=Config(retries={"max_attempts": 1}))
one = client.describe_data_set(AwsAccountId=account, DataSetId="sales")
every = [client.describe_data_set(AwsAccountId=account, DataSetId=i) for i in ("sales-rules", "sales")]
print(json.dumps({
    "one": json.dumps(one, default=str),
    "object": json.dumps(one["DataSet"]["RowLevelPermissionTagConfiguration"]),
    "every": json.dumps(every, default=str, indent=2),
}))
