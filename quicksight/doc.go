// Package quicksight serves the API of Amazon QuickSight over a folder, so that
// programs and the AWS command line work against it unchanged.
//
//	service, err := quicksight.Open(ctx, "folder", &quicksight.Options{
//		Account: "111122223333", Region: "us-east-1", Credentials: credentials,
//	})
//	defer service.Close()
//	err = http.ListenAndServe("127.0.0.1:8080", service)
//
//	aws quicksight list-users --aws-account-id 111122223333 --namespace default \
//	    --endpoint-url http://127.0.0.1:8080
//
// A [Service] holds namespaces, users, groups, permissions, data sources, data
// sets with their row-level and column-level rules, ingestions, dashboards and
// analyses. The rows are in a store of package spice, and every read goes
// through the rules. docs/quicksight-api.md lists the operations. Any other
// operation of the API answers 501 with its name.
//
// # Who may call
//
// Every request is signed with AWS Signature Version 4 and is authorised by the
// IAM policy of its credential: the action is quicksight:Operation, the
// resource the ARN of what the operation is about. A caller without permission
// gets the same answer whether or not the resource exists. The zero Service and
// a Service without credentials refuse every request.
//
// # What is secret
//
// Passwords, secret keys, session tags and hidden rows appear in no answer, no
// error and no log record. The folder holds them: only its owner may read it.
package quicksight
