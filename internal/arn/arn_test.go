package arn

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestZero(t *testing.T) {
	_, ok := Split("")
	require.False(t, ok, "no text is no ARN")
	require.False(t, IsAccount(""))
	_, n := Parts("")
	require.Equal(t, 1, n)
}

func TestParts(t *testing.T) {
	for _, s := range []string{"", ":", "a", "a:b", ":::::", "a:b:c:d:e", "a:b:c:d:e:f", "a:b:c:d:e:f:g:", "arn:aws:s3:::b/k"} {
		parts, n := Parts(s)
		want := strings.SplitN(s, ":", N)
		require.Equal(t, want, parts[:n], s)
		got, ok := Split(s)
		require.Equal(t, len(want) == N && want[0] == "arn", ok, s)
		if ok {
			require.Equal(t, ARN{want[1], want[2], want[3], want[4], want[5]}, got, s)
		}
	}
}

func TestAccount(t *testing.T) {
	require.True(t, IsAccount("111122223333"))
	for _, s := range []string{"11112222333", "1111222233334", "11112222333x", "١١١١٢٢"} {
		require.False(t, IsAccount(s), s)
	}
	require.Equal(t, "aws-cn", PartitionOf("cn-north-1"))
	require.Equal(t, "aws-us-gov", PartitionOf("us-gov-west-1"))
	require.Equal(t, "aws", PartitionOf("eu-west-1"))
}
