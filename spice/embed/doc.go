// Package embed shows datasets to viewers who have no account: a program that
// knows its users gets a URL for each, and the URL opens one session, which sees
// the rows that its tags allow.
//
// The program asks, on the server side, as it would ask QuickSight:
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
// The dashboards that the request authorized and those that are shared with its
// namespace (E3), as they are when it opens them; the datasets behind these; and
// of a dataset the rows that its tag rules give to the session's tags. A session
// ends with its namespace; one of the same name that is created again within its
// lifetime brings it back, so revoke sessions first ([Server.Revoke]). A
// [Session] has no way to the dataset itself. The zero Session opens nothing.
//
// # What is secret
//
// Tag values (T8) are in no URL, token, log, error or audit record: [Codes] keep
// them, encrypted with a key that only the holder of the code or session can
// complete. The code in a URL and the token of a session are bearer secrets;
// neither is logged, and one cannot be made from the other.
//
// # What a viewer learns
//
// [Public]: whether the code or session has expired, was used, changed, ended,
// or is of another namespace. What is not allowed and what does not exist get
// the same words (S7). The full reason goes to [Options.Logger].
package embed
