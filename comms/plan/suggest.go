package plan

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

func contains(known []string, s string) bool { return slices.Contains(known, s) }

// didYouMean proposes the known word that is nearest to what was typed, else
// all of them.
func didYouMean(typed string, known []string) string {
	if nearest := comms.Nearest(typed, known); nearest != "" {
		return "did you mean \"" + nearest + "\"?"
	}
	if len(known) == 0 {
		return "remove it"
	}
	return "use one of: " + strings.Join(known, ", ")
}
