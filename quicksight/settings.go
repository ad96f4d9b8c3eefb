package quicksight

import (
	"github.com/rowsight/rowsight/namespace"
)

// kindSettings has one record: the settings of the account.
const kindSettings = "settings"

// settings are what a caller can change about the account.
type settings struct {
	DefaultNamespace             string
	NotificationEmail            string `json:",omitempty"`
	TerminationProtectionEnabled bool
}

// accountSettings returns the settings. Without a change they are those of an
// account in which nothing was set.
func (s *Service) accountSettings() (settings, error) {
	now := settings{DefaultNamespace: namespace.Default, TerminationProtectionEnabled: true}
	_, err := s.records.get(kindSettings, "account", &now)
	return now, err
}

func describeAccountSettings(c *call, _ *struct{}) (int, any, error) {
	now, err := c.s.accountSettings()
	return 200, map[string]any{"AccountSettings": struct {
		settings
		AccountName          string
		Edition              string
		PublicSharingEnabled bool
	}{now, c.s.opts.Account, "ENTERPRISE", false}}, err
}

func updateAccountSettings(c *call, in *struct {
	DefaultNamespace             string
	NotificationEmail            *string
	TerminationProtectionEnabled *bool
}) (int, any, error) {
	c.s.changing.Lock()
	defer c.s.changing.Unlock()
	now, err := c.s.accountSettings()
	if err != nil {
		return 0, nil, err
	}
	if in.DefaultNamespace != namespace.Default {
		return 0, nil, refuse(invalidParameter, "DefaultNamespace: want %s, the only one there is", namespace.Default)
	}
	if in.NotificationEmail != nil {
		now.NotificationEmail = *in.NotificationEmail
	}
	if in.TerminationProtectionEnabled != nil {
		now.TerminationProtectionEnabled = *in.TerminationProtectionEnabled
	}
	return 200, struct{}{}, c.s.records.put(c.ctx(), kindSettings, "account", now)
}
