package audit

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// asked: signatures were asked for an update's own words, and those that the
// plan of the time asks for.
func (w *walk) asked(context.Context, store.Raw) error {
	all := slices.SortedFunc(maps.Keys(w.desk.requirements), func(a, b asking) int {
		return strings.Compare(a.update+a.digest, b.update+b.digest)
	})
	for _, a := range all {
		w.asking(a)
	}
	return nil
}

func (w *walk) asking(a asking) {
	find := func(text string, args ...any) { w.find("requirements", "update "+a.update, text, args...) }
	if w.emptied[a.digest] {
		return // nothing is left to ask of; redactions looks by what right
	}
	m, err := w.message(a.digest)
	if err != nil {
		find("they are for words that cannot be read: %v", err)
		return
	}
	if string(m.Update) != a.update {
		find("they are for words of the update %s, which were never submitted for this one", m.Update)
		return
	}
	inForce := w.wereInForce[m.Plan]
	if inForce == nil {
		find("they are for words under a plan that was never in force")
		return
	}
	var proposed *plan.Plan
	if m.PlanVersion != nil {
		if proposed, err = plan.Read(m.PlanVersion.Files); err != nil {
			find("they are for a plan that cannot be read by this version of the program: %v", err)
			return
		}
	}
	// Who asks looks at what customers were told last, or will have been, and
	// writes down what that was.
	told := w.told[m.Basis]
	if !m.After.IsZero() {
		if w.emptied[m.After.String()] {
			return // what it followed was redacted since
		}
		prior, err := w.message(m.After.String())
		if err != nil || prior.Incident == nil {
			find("they are for words that follow others, which cannot be read")
			return
		}
		told = prior.Incident.Severity
	}
	needed, err := signoff.Requirements(m, told, inForce, proposed)
	if err != nil {
		find("the plan asks nobody for it: %v", err)
	} else if !reflect.DeepEqual(needed, w.desk.requirements[a]) {
		find("they are not what the plan asks for it")
	}
}

func (w *walk) message(digest string) (comms.Message, error) {
	d, err := comms.ParseDigest(digest)
	if err != nil {
		return comms.Message{}, err
	}
	content, err := comms.OpenContent(d, w.words[digest])
	if err != nil {
		return comms.Message{}, err
	}
	return content.Message()
}
