// Package spice keeps datasets that can only be read through their rules.
package spice
