# The attributes of data sets, as the AWS provider has them, in resources that
# Terraform has without a provider.
resource "terraform_data" "rules" {
  input = "rules"
}

locals {
  tags = { status = "", tag_rule_configurations = null, tag_rules = [
    { tag_key = "region", column_name = "Region", tag_multi_value_delimiter = ",", match_all_value = "*" },
    { tag_key = "segment", column_name = "Segment", tag_multi_value_delimiter = "", match_all_value = "" },
  ] }
}

resource "terraform_data" "known" {
  input = {
    data_set_id = "known"
    row_level_permission_data_set = [{
      arn               = "arn:aws:quicksight:us-east-1:111122223333:dataset/rules"
      permission_policy = "GRANT_ACCESS", format_version = "", namespace = "", status = ""
    }]
    row_level_permission_tag_configuration = [local.tags]
  }
}

resource "terraform_data" "unknown" {
  input = {
    data_set_id = "unknown"
    row_level_permission_data_set = [{
      arn               = "arn:aws:quicksight:us-east-1:111122223333:dataset/rules"
      permission_policy = "GRANT_ACCESS", status = terraform_data.rules.output
    }]
    row_level_permission_tag_configuration = [merge(local.tags, { tag_rule_configurations = [[terraform_data.rules.output]] })]
  }
}
