// Package migrate moves users from one namespace to another (N5).
//
// QuickSight cannot transfer a user. What looks like a move is a number of steps
// that all must be right: register the users anew, put them into groups anew,
// copy the permissions of every asset, and rewrite the rules of every permission
// dataset, which name the old users. Forget one, and somebody sees less; get one
// wrong, and somebody sees more. So there are four calls:
//
//	plan, err := migrate.PlanMigration(ctx, dir, files, input)   // nothing happens
//	fmt.Print(plan)                                              // read it, keep it as JSON
//	err = migrate.Apply(ctx, dir, files, plan, nil)              // again after any interruption
//	report, err := migrate.Verify(ctx, dir, files, plan)         // proof, not a sample
//	err = migrate.Retire(ctx, dir, files, plan, nil)             // verifies, then deletes
//
// Until Retire, old users and new ones exist side by side and see the same. All
// steps may be repeated: what is done is not done again, and what somebody else
// did in the meantime is reported and not overwritten.
//
// Verify compares predicates, not rows of today: that two users see the same in
// any data there may ever be. Where they do not, it names a row.
package migrate
