package quicksight

import (
	"github.com/rowsight/rowsight/namespace"
)

// kindSettings has one record: the settings of the account.
const kindSettings = "settings"

// edition is what the service answers for: it has row-level security, namespaces and folders.
const edition = "ENTERPRISE"

// settings are what a caller can change about the account.
type settings struct {
	DefaultNamespace             string
	NotificationEmail            string `json:",omitempty"`
	TerminationProtectionEnabled bool
	// PublicSharingEnabled allows links for everybody, which the service does not make.
	PublicSharingEnabled bool
}

// accountSettings returns the settings. Without a change they are those of an
// account in which nothing was set.
func (s *Service) accountSettings() (settings, error) {
	now := settings{DefaultNamespace: namespace.Default, TerminationProtectionEnabled: true}
	_, err := s.records.get(kindSettings, "account", &now)
	return now, err
}

func describeAccountSettings(c *call, _ *struct{}) (any, error) {
	now, err := c.s.accountSettings()
	return map[string]any{"AccountSettings": struct {
		settings
		AccountName string
		Edition     string
	}{now, c.s.opts.Account, edition}}, err
}

// describeAccountSubscription answers what the service is: there is no subscription that
// somebody could end.
func describeAccountSubscription(c *call, _ *struct{}) (any, error) {
	now, err := c.s.accountSettings()
	info := map[string]string{
		"AccountName": c.s.opts.Account, "Edition": edition, "AuthenticationType": "IAM_AND_QUICKSIGHT", "AccountSubscriptionStatus": "ACCOUNT_CREATED",
	}
	if now.NotificationEmail != "" {
		info["NotificationEmail"] = now.NotificationEmail
	}
	return map[string]any{"AccountInfo": info}, err
}

func updateAccountSettings(c *call, in *struct {
	DefaultNamespace             string
	NotificationEmail            *string
	TerminationProtectionEnabled *bool
}) (any, error) {
	now, err := c.s.accountSettings()
	if err != nil {
		return nil, err
	}
	if in.DefaultNamespace != namespace.Default {
		return nil, refuse(invalidParameter, "DefaultNamespace: want %s, the only one there is", namespace.Default)
	}
	if in.NotificationEmail != nil {
		now.NotificationEmail = *in.NotificationEmail
	}
	if in.TerminationProtectionEnabled != nil {
		now.TerminationProtectionEnabled = *in.TerminationProtectionEnabled
	}
	return struct{}{}, c.s.records.put(c.ctx(), kindSettings, "account", now)
}

func updatePublicSharingSettings(c *call, in *struct{ PublicSharingEnabled bool }) (any, error) {
	now, err := c.s.accountSettings()
	if err != nil {
		return nil, err
	}
	now.PublicSharingEnabled = in.PublicSharingEnabled
	return struct{}{}, c.s.records.put(c.ctx(), kindSettings, "account", now)
}
