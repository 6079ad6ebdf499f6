package desk_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain plays fifteen random sequences on a real database unless told
// otherwise; the long proof plays more.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", "15"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
	os.Exit(m.Run())
}
