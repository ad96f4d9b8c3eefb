// Synthesizes a stack with data sets, in JSON: stack.mjs PACKAGES OUT
import { createRequire } from 'node:module';
import { join } from 'node:path';
const [packages, out] = process.argv.slice(2);
const require = createRequire(join(packages, 'package.json'));
const cdk = require('aws-cdk-lib');
const quicksight = require('aws-cdk-lib/aws-quicksight');
const app = new cdk.App({ outdir: out, analyticsReporting: false });
const stack = new cdk.Stack(app, 'Sales', { env: { account: '111122223333', region: 'us-east-1' } });
const common = { awsAccountId: '111122223333', importMode: 'SPICE' };
const rules = new quicksight.CfnDataSet(stack, 'Rules', { ...common, dataSetId: 'rules', name: 'Rules', useAs: 'RLS_RULES' });
new quicksight.CfnDataSet(stack, 'Orders', {
  ...common, dataSetId: 'orders', name: 'Orders',
  rowLevelPermissionDataSet: { arn: 'arn:aws:quicksight:us-east-1:111122223333:dataset/rules', permissionPolicy: 'GRANT_ACCESS' },
  rowLevelPermissionTagConfiguration: { tagRules: [{ tagKey: 'region', columnName: 'Region', tagMultiValueDelimiter: ',', matchAllValue: '*' }] },
});
new quicksight.CfnDataSet(stack, 'Costs', {
  ...common, dataSetId: 'costs', name: 'Costs',
  semanticModelConfiguration: { tableMap: { t: { alias: 't', destinationTableId: 'd', rowLevelPermissionConfiguration: {
    rowLevelPermissionDataSet: { arn: rules.attrArn, permissionPolicy: 'GRANT_ACCESS', status: 'DISABLED' },
    tagConfiguration: { status: 'ENABLED', tagRules: [{ tagKey: 'team', columnName: 'Team' }] },
  } } } },
});
app.synth();
