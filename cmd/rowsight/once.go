package main

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// errTwice is why a flag that takes one value refuses a second one. pflag keeps
// the last value without a word, so rules that somebody meant to combine, or
// that an alias set already, would be replaced by wider ones.
var errTwice = errors.New("the flag is given twice, and takes one value")

// onceValue is the value of a flag that can be given once.
type onceValue struct {
	pflag.Value
	set bool
}

func (v *onceValue) Set(s string) error {
	if v.set {
		return errTwice
	}
	v.set = true
	return v.Value.Set(s)
}

// once makes every flag of cmd and its subcommands that takes one value refuse
// a second one. Flags that collect values stay as they are.
func once(cmd *cobra.Command) {
	wrap := func(f *pflag.Flag) {
		switch f.Value.(type) {
		case pflag.SliceValue, *onceValue:
		default:
			f.Value = &onceValue{Value: f.Value}
		}
	}
	cmd.Flags().VisitAll(wrap)
	cmd.PersistentFlags().VisitAll(wrap)
	for _, sub := range cmd.Commands() {
		once(sub)
	}
}
