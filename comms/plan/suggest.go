package plan

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

func contains(known []string, s string) bool { return slices.Contains(known, s) }

// didYouMean proposes the known word that is nearest to what was typed, else
// all of them.
func didYouMean(typed string, known []string) comms.Phrase {
	if nearest := comms.Nearest(typed, known); nearest != "" {
		return comms.Say("did you mean \"%s\"?", nearest)
	}
	if len(known) == 0 {
		return comms.Say("remove it")
	}
	return comms.Say("use one of: %s", strings.Join(known, ", "))
}
