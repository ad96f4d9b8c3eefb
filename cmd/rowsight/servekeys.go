package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/rowsight/rowsight/internal/durable"
)

// newKeys makes an access key that may do everything in an account, and writes
// it for the service and for the AWS command line. The file of the service comes
// last: without it the next start makes another key.
func newKeys(dir, account string) error {
	id, secret := "AKIA"+rand.Text()[:16], rand.Text()+rand.Text()
	type statement struct{ Effect, Action, Resource string }
	type policy struct {
		Version   string
		Statement []statement
	}
	type credential struct {
		AccessKeyId, SecretAccessKey, Arn string
		Policy                            policy
	}
	text, err := json.MarshalIndent(map[string][]credential{"Credentials": {{
		id, secret, "arn:aws:iam::" + account + ":user/rowsight", policy{"2012-10-17", []statement{{"Allow", "*", "*"}}},
	}}}, "", "  ")
	if err != nil {
		return err
	}
	shared := fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", id, secret)
	if err := durable.WriteFile(filepath.Join(dir, "aws-credentials"), []byte(shared)); err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(dir, "credentials.json"), append(text, '\n'))
}
