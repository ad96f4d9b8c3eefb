package e2e

import "github.com/chromedp/chromedp/kb"

const (
	arrowDown  = kb.ArrowDown
	arrowRight = kb.ArrowRight
	escape     = kb.Escape
)
