package aws_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/rowsight/rowsight/adapters/aws"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/source"
)

// A key that is disabled cannot be used, from the next call on.
func ExampleNewKeys() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { // in place of AWS
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"DisabledException","message":"arn:aws:kms:us-east-1:111122223333:key/1 is disabled."}`)
	}))
	defer server.Close()
	client := kms.New(kms.Options{Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: static})

	var service keys.Keys = aws.NewKeys(client, &aws.KeysOptions{Grantee: "arn:aws:iam::111122223333:role/rowsight"})
	_, err := service.Decrypt(context.Background(), "arn:aws:kms:us-east-1:111122223333:key/1", []byte("wrapped"), nil)
	fmt.Println(errors.Is(err, keys.ErrDisabled))
	// Output: true
}

func ExampleNewSecrets() {
	const arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:hospital-a1b2c3"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { // in place of AWS
		fmt.Fprintf(w, `{"ARN":%q,"SecretString":"{\"username\":\"reader\",\"password\":\"s3cret\"}"}`, arn)
	}))
	defer server.Close()
	client := secretsmanager.New(secretsmanager.Options{Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: static})

	login, err := source.ReadLogin(context.Background(), aws.NewSecrets(client), arn)
	fmt.Println(login.Username(), login, err)
	// Output: reader (hidden) <nil>
}

func ExampleNewObjects() {
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server()) // in place of AWS
	defer server.Close()
	client := s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: &server.URL, UsePathStyle: true, Credentials: static})

	_, err := aws.NewObjects(client, nil).As("arn:aws:iam::111122223333:role/Reader").Open(context.Background(), "sales", "a.csv")
	fmt.Println(err)
	// Output: the service cannot assume the role: arn:aws:iam::111122223333:role/Reader: the adapter has no client of STS
}
