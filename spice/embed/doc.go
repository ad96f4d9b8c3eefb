// Package embed shows datasets to viewers without an account. A program, such as
// a web site, requests a URL for each of its users and sends session tags with
// the request. The URL opens one session, which sees the rows that the tag rules
// of the dataset admit for these tags.
//
// The program sends the request of the QuickSight API, on the server side:
//
//	res, err := server.GenerateEmbedUrlForAnonymousUser(ctx, caller, &embed.Request{
//		AwsAccountId:            "111122223333",
//		Namespace:               "default",
//		AuthorizedResourceArns:  []string{"arn:aws:quicksight:us-east-1:111122223333:dashboard/revenue"},
//		ExperienceConfiguration: embed.Experience{Dashboard: &embed.Dashboard{InitialDashboardId: "revenue"}},
//		SessionTags:             tags,
//	})
//
// Put res.EmbedUrl into an iframe of your page. The URL contains a code that is
// valid for five minutes and works once (E2). The page at the URL posts the code
// to [Server.RedeemHandler], gets a bearer token, and reads data with it.
// [Server.Require] checks the token and gives a handler its session. Through the
// session the handler opens datasets:
//
//	mux.Handle("/rows", server.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
//		d, err := embed.FromContext(r.Context()).Open(r.Context(), sales)
//		if err != nil {
//			embed.WriteError(w, r, err)
//			return
//		}
//		embed.ServeRecords(w, r, d)
//	})))
//
// # What a session may open
//
// A session may open the dashboards that the request authorized and those that
// are shared with its namespace (E3), and the datasets of these dashboards. Of
// a dataset it sees the rows that the tag rules admit for its tags. The server
// checks permissions at each use. Deleting a namespace ends its sessions and
// codes. If the [Resources] implement [NamespaceIDs], they stay ended in a new
// namespace of the same name. [Session.Open] returns a [Dataset] with these rows
// only, and gives no access to the stored dataset behind it. The zero Session
// opens nothing.
//
// # What is secret
//
// No URL, token, log, error or audit record contains a tag value (T8). [Codes]
// store them encrypted. The key is derived from the server's key ring and from
// the secret in the code or token, so the stored values cannot be read without
// the code or token. The code in a URL and the token of a session are bearer
// secrets: whoever has one can use it. Package embed logs neither, and neither
// can be computed from the other.
//
// # What a viewer learns
//
// Of an error, a viewer sees only a text of [Public], for example that the code
// or session has expired, was used, was changed, has ended, or belongs to another
// namespace. A forbidden resource and a missing resource have the same text (S7).
// The full reason goes to [Options.Logger].
package embed
