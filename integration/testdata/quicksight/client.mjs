// Calls the service with the JavaScript client of AWS.
//
//     client.mjs PACKAGES ENDPOINT KEY SECRET
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [packages, endpoint, accessKeyId, secretAccessKey] = process.argv.slice(2);
const sdk = createRequire(packages + "/package.json")("@aws-sdk/client-quicksight");
const client = new sdk.QuickSightClient({ endpoint, region: "us-east-1", maxAttempts: 1, credentials: { accessKeyId, secretAccessKey } });
const me = { AwsAccountId: "111122223333" };
const home = { ...me, Namespace: "default" };
const send = (name, input) => client.send(new sdk[name + "Command"](input));
const fails = async (code, name, input) => {
  await assert.rejects(send(name, input), (err) => {
    assert.equal(err.name, code);
    assert.ok(err.$metadata.requestId);
    return err instanceof sdk.QuickSightServiceException;
  });
};

for (let i = 0; i < 5; i++) {
  const made = await send("RegisterUser", { ...home, IdentityType: "QUICKSIGHT", Email: `u${i}@example.com`, UserRole: "READER", UserName: `user name/${i}` });
  assert.equal(made.Status, 201);
  assert.equal(made.User.Role, "READER");
}
await fails("ResourceExistsException", "RegisterUser", { ...home, IdentityType: "QUICKSIGHT", Email: "a@example.com", UserRole: "READER", UserName: "user name/0" });
const names = [];
for await (const page of sdk.paginateListUsers({ client, pageSize: 2 }, { ...home })) {
  assert.ok(page.UserList.length <= 2);
  names.push(...page.UserList.map((u) => u.UserName));
}
assert.deepEqual(names, [0, 1, 2, 3, 4].map((i) => `user name/${i}`));
assert.equal((await send("DescribeUser", { ...home, UserName: "user name/3" })).User.Email, "u3@example.com");
await fails("ResourceNotFoundException", "DescribeUser", { ...home, UserName: "nobody" });
await send("CreateGroup", { ...home, GroupName: "EMEA" });
await send("CreateGroupMembership", { ...home, GroupName: "EMEA", MemberName: "user name/1" });
assert.equal((await send("ListGroupMemberships", { ...home, GroupName: "EMEA" })).GroupMemberList.length, 1);

const source = await send("CreateDataSource", {
  ...me, DataSourceId: "db", Name: "db", Type: "POSTGRESQL",
  DataSourceParameters: { PostgreSqlParameters: { Host: "db.example.com", Port: 5432, Database: "d" } },
  Credentials: { CredentialPair: { Username: "u", Password: "Correct-Horse-7" } },
});
assert.equal(source.Status, 202);
const described = (await send("DescribeDataSource", { ...me, DataSourceId: "db" })).DataSource;
assert.ok(described.CreatedTime instanceof Date);
assert.equal(described.DataSourceParameters.PostgreSqlParameters.Port, 5432);
assert.ok(!JSON.stringify(described).includes("Correct-Horse-7"));
await send("UpdateIpRestriction", { ...me, IpRestrictionRuleMap: { "192.0.2.0/24": "office" }, Enabled: false });
assert.deepEqual((await send("DescribeIpRestriction", me)).IpRestrictionRuleMap, { "192.0.2.0/24": "office" });
await fails("QuickSightUserNotFoundException", "GenerateEmbedUrlForRegisteredUser", {
  ...me, UserArn: "arn:aws:quicksight:us-east-1:111122223333:user/default/nobody", ExperienceConfiguration: { Dashboard: { InitialDashboardId: "d" } },
});
await fails("NotImplementedException", "ListThemes", me);
console.log("ok");
