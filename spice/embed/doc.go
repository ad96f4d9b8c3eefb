// Package embed shows datasets to viewers without an account. A program
// requests a URL for each of its users. The URL opens one session, which sees
// the rows that its session tags admit.
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
// res.EmbedUrl goes into an iframe. It is valid for five minutes and works once
// (E2): its page posts the code to [Server.RedeemHandler] and gets a bearer
// token, with which it reads data. Behind [Server.Require] a handler has a
// session, and from the session a dataset:
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
// a dataset it sees the rows that the tag rules admit for its tags. Permissions
// are checked at each use. Deleting a namespace ends its sessions and codes. A
// new namespace of the same name does not revive them if the [Resources]
// implement [NamespaceIDs]. A [Session] gives no access to the dataset itself.
// The zero Session opens nothing.
//
// # What is secret
//
// Tag values (T8) are in no URL, token, log, error or audit record: [Codes]
// keep them, encrypted with a key that only the holder of the code or session
// can complete. The code in a URL and the token of a session are bearer
// secrets. Neither is logged, and neither can be computed from the other.
//
// # What a viewer learns
//
// A viewer sees only the texts of [Public]: the code or session has expired,
// was used, was changed, has ended, or belongs to another namespace. A
// forbidden resource and a missing resource have the same text (S7). The full
// reason goes to [Options.Logger].
package embed
