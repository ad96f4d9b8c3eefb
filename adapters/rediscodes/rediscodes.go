// Package rediscodes stores the codes and sessions of [embed.Server] in Redis
// or Valkey, so that several processes can serve one site.
//
// Each code is one hash. Its name is a prefix and the id, and the server
// removes it when the code or session ends. The clock of the server measures
// lifetimes. A script redeems a code, so only one process gets the session.
// Each request reads its hash, so a revocation applies to the next request of
// every process.
//
// # What the server must promise
//
// A code works only once as long as the server does not return to an older
// state. Redis does so when it restarts from a snapshot, and when a lagging
// replica becomes the primary. Use appendonly with appendfsync always, and wait
// for replicas (min-replicas-to-write) if you fail over, or store codes in a
// database (package sqlcodes). The client must use the primary, because a
// replica can lag behind a revocation. A server that evicts keys ends sessions
// early.
//
// A user who can read the server learns the number of sessions and their ends.
// Tag values are encrypted with the keys in the ring of the embed server.
package rediscodes

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/rowsight/rowsight/spice/embed"
)

var errNoClient = errors.New("no Redis client")

// Options configure [Open]. A nil *Options is the default.
type Options struct {
	// Prefix is the prefix of the name of each hash; "" is "rowsight:code:".
	// Sites that share a server need different prefixes.
	Prefix string

	// Now is the clock of this process; nil is time.Now. It must be the clock of
	// embed.Options.
	Now func() time.Time
}

// Codes implements [embed.Codes] in Redis or Valkey. It is safe for concurrent use.
// The zero Codes has no client, and every method returns an error.
type Codes struct {
	client redis.UniversalClient
	prefix string
	now    func() time.Time
}

var _ embed.Codes = (*Codes)(nil)

// Open returns the Codes on a server and checks that the server answers. The
// caller closes the client after the last use of the Codes.
func Open(ctx context.Context, client redis.UniversalClient, opts *Options) (*Codes, error) {
	if client == nil {
		return nil, errNoClient
	}
	c := &Codes{client: client, prefix: "rowsight:code:", now: time.Now}
	if opts != nil && opts.Prefix != "" {
		c.prefix = opts.Prefix
	}
	if opts != nil && opts.Now != nil {
		c.now = opts.Now
	}
	if err := client.Ping(ctx).Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// The scripts run on the server, one at a time. Each reads and changes one hash.
var (
	putScript = redis.NewScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[1], 'until', ARGV[2], 'sealed', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1`)

	// It returns the state before, and the sealed bytes if it was issued.
	redeemScript = redis.NewScript(`
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= ARGV[1] then return {state or '', ''} end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'until', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return {state, redis.call('HGET', KEYS[1], 'sealed')}`)

	revokeScript = redis.NewScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[1], 'sealed', '')
return 1`)
)

// Put implements [embed.Codes].
func (c *Codes) Put(ctx context.Context, id string, e embed.Entry) error {
	key, err := c.key(id)
	if err != nil {
		return err
	}
	n, err := putScript.Run(ctx, c.client, key, int(embed.Issued), e.Until.Unix(), c.left(e.Until), e.Sealed).Int()
	if err == nil && n == 0 {
		err = embed.ErrUsed
	}
	return err
}

// Redeem implements [embed.Codes].
func (c *Codes) Redeem(ctx context.Context, id string, until time.Time) (embed.Entry, error) {
	key, err := c.key(id)
	if err != nil {
		return embed.Entry{}, err
	}
	got, err := redeemScript.Run(ctx, c.client, key, int(embed.Issued), int(embed.Open), until.Unix(), c.left(until)).StringSlice()
	if err != nil {
		return embed.Entry{}, err
	}
	if len(got) != 2 {
		return embed.Entry{}, fmt.Errorf("%w: the server answered with %d values, want 2", embed.ErrUnknown, len(got))
	}
	switch state(got[0]) {
	case embed.Issued:
		return embed.Entry{State: embed.Open, Until: time.Unix(until.Unix(), 0).UTC(), Sealed: []byte(got[1])}, nil
	case embed.Open:
		return embed.Entry{}, embed.ErrUsed
	case embed.Revoked:
		return embed.Entry{}, embed.ErrRevoked
	}
	return embed.Entry{}, embed.ErrUnknown
}

// Get implements [embed.Codes]. An entry that has ended is [embed.ErrUnknown].
func (c *Codes) Get(ctx context.Context, id string) (embed.Entry, error) {
	key, err := c.key(id)
	if err != nil {
		return embed.Entry{}, err
	}
	got, err := c.client.HMGet(ctx, key[0], "state", "until", "sealed").Result()
	if err != nil {
		return embed.Entry{}, err
	}
	var fields [3]string
	for i := range fields {
		text, ok := got[i].(string)
		if !ok {
			return embed.Entry{}, embed.ErrUnknown
		}
		fields[i] = text
	}
	until, err := strconv.ParseInt(fields[1], 10, 64)
	e := embed.Entry{State: state(fields[0]), Until: time.Unix(until, 0).UTC(), Sealed: []byte(fields[2])}
	if err != nil || e.State == 0 {
		return embed.Entry{}, fmt.Errorf("%w: the hash is not one of this package", embed.ErrUnknown)
	}
	return e, nil
}

// Revoke implements [embed.Codes].
func (c *Codes) Revoke(ctx context.Context, id string) error {
	key, err := c.key(id)
	if err != nil {
		return err
	}
	n, err := revokeScript.Run(ctx, c.client, key, int(embed.Revoked)).Int()
	if err == nil && n == 0 {
		err = embed.ErrUnknown
	}
	return err
}

// Sweep implements [embed.Codes]. The server removes ended entries itself, so
// Sweep has an effect only for a time in the future. It then reads each key of
// the server.
func (c *Codes) Sweep(ctx context.Context, now time.Time) (n int, err error) {
	if c == nil || c.client == nil {
		return 0, errNoClient
	}
	left := time.Duration(c.left(now)) * time.Second
	if left <= 0 {
		return 0, nil
	}
	keys := c.client.Scan(ctx, 0, escaped.Replace(c.prefix)+"*", 1000).Iterator()
	for keys.Next(ctx) {
		// A negative answer is a key that is gone, or that never ends.
		ttl, err := c.client.PTTL(ctx, keys.Val()).Result()
		if err != nil {
			return n, err
		}
		if ttl >= 0 && ttl <= left {
			removed, err := c.client.Del(ctx, keys.Val()).Result()
			if err != nil {
				return n, err
			}
			n += int(removed)
		}
	}
	return n, keys.Err()
}

// escaped keeps the prefix from being a pattern.
var escaped = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)

// left returns the whole seconds from now to a time, by the clock of this
// process.
func (c *Codes) left(t time.Time) int64 { return t.Unix() - c.now().Unix() }

func (c *Codes) key(id string) ([]string, error) {
	if c == nil || c.client == nil {
		return nil, errNoClient
	}
	if b, err := hex.DecodeString(id); err != nil || len(b) != 16 || strings.ToLower(id) != id {
		return nil, fmt.Errorf("%w: want 32 hexadecimal digits", embed.ErrUnknown)
	}
	return []string{c.prefix + id}, nil
}

// state returns the state that a text is, or 0.
func state(text string) embed.State {
	for _, s := range []embed.State{embed.Issued, embed.Open, embed.Revoked} {
		if text == strconv.Itoa(int(s)) {
			return s
		}
	}
	return 0
}
