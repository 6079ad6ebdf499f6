package render

import "github.com/countersign/countersign/comms"

// Reason is the slot of a correction or a redaction that says why: its words
// stand beside what was wrong, or in the place of what was removed.
const Reason = "reason"

// correction names what was wrong and says why, in every language that goes
// out: in the words of the slot "reason" where the template has one, else in
// those of the in-product line, which says in one sentence what is right.
func (f facts) correction(forms map[comms.Lang]comms.Forms) (*comms.Correction, error) {
	c := f.context.Corrected
	if c == nil || c.Publication != f.draft.Corrects {
		return nil, comms.Refuse(comms.Invalid, "corrects", "this correction does not say which publication it puts right; begin it from that publication")
	}
	_, asked := f.template.Slot(Reason)
	words := comms.Words{}
	for lang, form := range forms {
		words[lang] = form.InProduct
		if asked {
			words[lang] = oneLine(f.filler(lang), "{"+Reason+"}")
		}
	}
	return &comms.Correction{Publication: c.Publication, Digest: c.Digest, Update: c.Message.Update, Reason: words}, nil
}
