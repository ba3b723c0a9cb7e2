package main

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// every calls visit with each verb of the program.
func every(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, verb := range cmd.Commands() {
		every(verb, visit)
	}
}

func TestEveryVerbHasAnExample(t *testing.T) {
	every(rootCommand(&voice{out: io.Discard}), func(verb *cobra.Command) {
		if !strings.Contains(verb.Example, verb.CommandPath()) {
			t.Errorf("%s --help has no example of it", verb.CommandPath())
		}
		if verb.Short == "" || strings.HasSuffix(verb.Short, ".") {
			t.Errorf("%s: its short help is %q; want a few words without a stop", verb.CommandPath(), verb.Short)
		}
		if verb.Args == nil {
			t.Errorf("%s takes any words; say which", verb.CommandPath())
		}
	})
}
