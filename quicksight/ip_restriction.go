package quicksight

import (
	"net"
	"net/http"
	"net/netip"

	embedding "github.com/rowsight/rowsight/spice/embed"
)

// kindAddresses has one record: from which addresses embedded pages may be
// opened.
const kindAddresses = "ip-restriction"

// An ipRestriction says from which addresses embedded pages may be opened. The
// zero value restricts nobody. One that is enabled without a range admits nobody.
type ipRestriction struct {
	IpRestrictionRuleMap map[string]string // a range, and what it is called
	Enabled              bool
}

func (s *Service) ipRestriction() (r ipRestriction, err error) {
	_, err = s.records.get(kindAddresses, "account", &r)
	return r, err
}

func describeIPRestriction(c *call, _ *struct{}) (any, error) {
	r, err := c.s.ipRestriction()
	if r.IpRestrictionRuleMap == nil {
		r.IpRestrictionRuleMap = map[string]string{}
	}
	return struct {
		AwsAccountId string
		ipRestriction
	}{c.s.opts.Account, r}, err
}

// updateIPRestriction replaces the ranges, the status, or both.
func updateIPRestriction(c *call, in *struct {
	IpRestrictionRuleMap                                     map[string]string
	VpcIdRestrictionRuleMap, VpcEndpointIdRestrictionRuleMap map[string]string
	Enabled                                                  *bool
}) (any, error) {
	now, err := c.s.ipRestriction()
	if err != nil {
		return nil, err
	}
	if len(in.VpcIdRestrictionRuleMap)+len(in.VpcEndpointIdRestrictionRuleMap) > 0 {
		return nil, refuse(invalidParameter, "VpcIdRestrictionRuleMap, VpcEndpointIdRestrictionRuleMap: want none: this service has no VPC")
	}
	if in.IpRestrictionRuleMap != nil {
		for text := range in.IpRestrictionRuleMap {
			if p, err := netip.ParsePrefix(text); err != nil || p != p.Masked() {
				return nil, refuse(invalidParameter, "IpRestrictionRuleMap: want ranges of addresses such as 192.0.2.0/24")
			}
		}
		now.IpRestrictionRuleMap = in.IpRestrictionRuleMap
	}
	if in.Enabled != nil {
		now.Enabled = *in.Enabled
	}
	return struct{ AwsAccountId string }{c.s.opts.Account}, c.s.records.put(c.ctx(), kindAddresses, "account", now)
}

// admits reports whether embedded pages may be opened from an address. It is the
// address of the connection: behind a proxy, that of the proxy.
func (r ipRestriction) admits(remote string) bool {
	if !r.Enabled {
		return true
	}
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	address = address.Unmap().WithZone("")
	for text := range r.IpRestrictionRuleMap {
		if p, err := netip.ParsePrefix(text); err == nil && p.Contains(address) {
			return true
		}
	}
	return false
}

// AdmitAddress returns an error that wraps [embed.ErrForbidden] if the IP restriction of
// the account does not admit embedded sessions from an address, such as
// "192.0.2.1:443". It is for servers that answer these sessions beside the service.
//
// [embed.ErrForbidden]: https://pkg.go.dev/github.com/rowsight/rowsight/spice/embed#ErrForbidden
func (s *Service) AdmitAddress(remote string) error {
	if s == nil || s.records == nil {
		return embedding.ErrForbidden
	}
	rules, err := s.ipRestriction()
	if err == nil && !rules.admits(remote) {
		err = embedding.ErrForbidden
	}
	return err
}

// restricted answers requests from addresses that embedded pages may be opened
// from.
func (s *Service) restricted(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.AdmitAddress(r.RemoteAddr); err != nil {
			s.embed.WriteError(w, r, err)
			return
		}
		pages.ServeHTTP(w, r)
	})
}
