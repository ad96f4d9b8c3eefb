package e2e

import "github.com/chromedp/chromedp/kb"

const (
	arrowDown  = kb.ArrowDown
	arrowRight = kb.ArrowRight
	enter      = kb.Enter
	escape     = kb.Escape
	tab        = kb.Tab
)
