package quicksight_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/rowsight/rowsight/quicksight"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "quicksight-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	service, err := quicksight.Open(context.Background(), dir, &quicksight.Options{
		Account: "111122223333", Region: "us-east-1",
		Unauthenticated: true, // on this machine only
	})
	if err != nil {
		log.Fatal(err)
	}
	defer service.Close()
	server := httptest.NewServer(service)
	defer server.Close()

	// As aws quicksight register-user --endpoint-url … does.
	user := `{"UserName": "MarthaRivera", "Email": "martha@example.com", "UserRole": "READER", "IdentityType": "QUICKSIGHT"}`
	answer, err := http.Post(server.URL+"/accounts/111122223333/namespaces/default/users", "application/json", strings.NewReader(user))
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	fmt.Println(answer.Status)
	// Output: 201 Created
}

func ExampleParseCredentials() {
	keys, err := quicksight.ParseCredentials(strings.NewReader(`{"Credentials": [{
		"AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
		"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"Arn": "arn:aws:iam::111122223333:user/app",
		"Policy": {"Version": "2012-10-17", "Statement": [{
			"Effect": "Allow",
			"Action": ["quicksight:RegisterUser", "quicksight:DescribeUser"],
			"Resource": "arn:aws:quicksight:us-east-1:111122223333:user/tenant/*"
		}]}
	}]}`), nil)
	fmt.Println(keys, err)

	_, err = quicksight.ParseCredentials(strings.NewReader(`{"Credentials": [{"AccessKeyId": "me", "Arn": "app"}]}`), &quicksight.ParseOptions{File: "keys.json"})
	fmt.Println(err)
	// Output:
	// 1 access keys <nil>
	// keys.json:1:18: Credentials[0].SecretAccessKey: field missing
	// keys.json:1:34: Credentials[0].AccessKeyId: not usable as credentials: want 16 to 128 upper case letters and digits
	// keys.json:1:47: Credentials[0].Arn: not usable as credentials: want the ARN of an IAM user or role
}

func ExampleService_Reader() {
	dir, err := os.MkdirTemp("", "quicksight-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	service, err := quicksight.Open(context.Background(), dir, &quicksight.Options{Account: "111122223333", Region: "us-east-1"})
	if err != nil {
		log.Fatal(err)
	}
	defer service.Close()
	_, err = service.Reader(context.Background(), "default/martha@AKIAIOSFODNN7EXAMPLE", "wrong", false)
	fmt.Println(err)
	// A server of another protocol reads with these.
	fmt.Println(service.Store() != nil, service.Embedding() != nil, service.Audit() != nil)
	// Output:
	// wrong user or password
	// true true true
}
