package render

import (
	"strings"
	"unicode"
)

// filler answers what stands in a slot.
type filler struct {
	value func(name string) string // "" when it is empty
	whole func(name string) bool   // it may hold whole sentences
	must  func(name string) bool   // it may not be left out, whatever the words say
	link  func(name string) string // address under the slot; "" for none
}

// fill puts values into a block's slots. A sentence with an empty optional
// slot disappears whole, and so does a bold lead-in with the sentence that it
// leads into. An empty required slot stays as {name}.
func (f filler) fill(runs []run) []run {
	var out []run
	parts := f.sentences(runs)
	for i := 0; i < len(parts); i++ {
		group := parts[i]
		if isLeadIn(group) && i+1 < len(parts) {
			i++
			group = append(append([]run(nil), group...), parts[i]...)
		}
		if f.vanishes(group) {
			continue
		}
		last := i == len(parts)-1
		for j, r := range group {
			out = append(out, f.put(r, group[j+1:], j > 0 && !isLeadIn(group[:j]), last))
		}
	}
	return trim(out)
}

func (f filler) vanishes(runs []run) bool {
	for _, r := range runs {
		if r.slot != "" && r.optional && !f.must(r.slot) && f.value(r.slot) == "" {
			return true
		}
	}
	return false
}

// put fills one run; after is the rest of its sentence. Full stops are made to
// fit: one that the template's sentence has already is not doubled, and words
// that are a sentence of their own get the one they lack before the next.
func (f filler) put(r run, after []run, inside, last bool) run {
	if slotPattern.MatchString(r.link) {
		r.link = f.link(strings.Trim(r.link, "{?}"))
	}
	if r.slot == "" {
		return r
	}
	v := f.value(r.slot)
	if v == "" {
		v = "{" + r.slot + "}"
	} else if next := flatten(after); endsSentence(next) {
		v = withoutStop(v)
	} else if alone := strings.TrimSpace(string(next)) == ""; alone && !inside && !last && f.whole(r.slot) {
		v = withStop(v)
	}
	if r.link == "" {
		r.link = f.link(r.slot)
	}
	r.text, r.slot = v, ""
	return r
}

// endsSentence tells whether a stop follows at once, but for closing quotes.
func endsSentence(next []rune) bool {
	for _, c := range next {
		if !strings.ContainsRune(closers, c) {
			return isStop(c)
		}
	}
	return false
}

// withoutStop takes one full stop from the end, but not from an ellipsis.
func withoutStop(s string) string {
	if strings.HasSuffix(s, "..") {
		return s
	}
	return strings.TrimSuffix(s, ".")
}

func withStop(s string) string {
	r := []rune(s)
	if end := r[len(r)-1]; unicode.IsLetter(end) || unicode.IsDigit(end) {
		return s + "."
	}
	return s
}

// blocks fills every block. A block that is left empty disappears, and so does
// what only introduced it: a heading with nothing left under it, or a lead-in
// or paragraph with a colon before what is gone.
func (f filler) blocks(in []block) []block {
	var out []block
	gone := false // something disappeared since the last block that stayed
	for _, b := range in {
		if b.kind == heading && gone {
			out = withoutLast(out, heading)
		}
		b.opens = opens(b)
		b.runs, b.children = f.fill(b.runs), f.blocks(b.children)
		if gone = len(b.runs) == 0 && len(b.children) == 0; !gone {
			out = append(out, b)
			continue
		}
		out = withoutLast(out, paragraph)
	}
	if gone {
		out = withoutLast(out, heading)
	}
	return out
}

// opens tells whether the template's own words promise that more follows.
func opens(b block) bool {
	return b.kind == heading || isLeadIn(b.runs) || strings.HasSuffix(strings.TrimSpace(string(flatten(b.runs))), ":")
}

func withoutLast(out []block, kind blockKind) []block {
	if n := len(out); n > 0 && out[n-1].kind == kind && out[n-1].opens {
		return out[:n-1]
	}
	return out
}

// trim takes space from both ends of a block, and runs that are empty then.
func trim(runs []run) []run {
	for len(runs) > 0 {
		runs[0].text = strings.TrimLeftFunc(runs[0].text, unicode.IsSpace)
		if runs[0].text != "" {
			break
		}
		runs = runs[1:]
	}
	for len(runs) > 0 {
		last := &runs[len(runs)-1]
		last.text = strings.TrimRightFunc(last.text, unicode.IsSpace)
		if last.text != "" {
			break
		}
		runs = runs[:len(runs)-1]
	}
	return runs
}
