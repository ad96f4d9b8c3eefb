package namespace

import "iter"

// MaxPage is how many results a page has at most, and by default.
const MaxPage = 100

// A Page is the part of a list to return. The zero Page is the first one.
type Page struct {
	NextToken  string // the token that the previous page returned; "" for the first page
	MaxResults int    // 1 to [MaxPage]; 0 is MaxPage
}

// All returns the elements of all pages of a list. An error is the last
// element.
//
//	for user, err := range namespace.All(func(p namespace.Page) ([]namespace.User, string, error) {
//		return view.ListUsers(ctx, "tenant", p)
//	}) { … }
func All[T any](list func(Page) (items []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var page Page
		for {
			items, next, err := list(page)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			page.NextToken = next
		}
	}
}
