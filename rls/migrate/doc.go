// Package migrate moves users from one namespace to another (N5).
//
// QuickSight cannot move a user. You have to register the users again, add them
// to groups, copy the permissions of every asset, and rewrite the rules of
// every permission dataset that names the old users. If a step is missing, a
// user sees too little; if a step is wrong, a user sees too much. This package
// does it in four calls:
//
//	plan, err := migrate.PlanMigration(ctx, dir, files, input)   // nothing happens
//	fmt.Print(plan)                                              // read it, keep it as JSON
//	err = migrate.Apply(ctx, dir, files, plan, nil)              // again after any interruption
//	report, err := migrate.Verify(ctx, dir, files, plan)         // proof, not a sample
//	err = migrate.Retire(ctx, dir, files, plan, nil)             // verifies, then deletes
//
// Until Retire, old and new users exist side by side and see the same rows. All
// steps can be repeated: completed work is not done again, and changes by
// others are reported and not overwritten.
//
// Verify compares predicates, so its result holds for all possible data. If two
// users do not see the same rows, it returns a row as an example.
package migrate
