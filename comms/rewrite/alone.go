package rewrite

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// Alone is what base becomes by what one side made of the conflict, and by
// nothing else that it changed: so a side can be shown by what it means.
func (c Conflict) Alone(base []comms.PlanFile, side Side) []comms.PlanFile {
	var lines []string
	if text := c.Of(side); text != "" {
		lines = strings.Split(text, "\n")
	}
	out := slices.Clone(base)
	i := slices.IndexFunc(out, func(f comms.PlanFile) bool { return f.Name == c.File })
	if i < 0 {
		i, out = len(out), append(out, comms.PlanFile{Name: c.File})
	}
	if lines = whole(out[i]).with(c.At, lines); len(lines) == 0 {
		return slices.Delete(out, i, i+1)
	}
	out[i].Text = strings.Join(lines, "\n") + "\n"
	return out
}

// with is a block with other lines at a place in it. What was not there comes
// last.
func (b *block) with(at Path, lines []string) []string {
	if len(at) == 0 {
		return lines
	}
	out := slices.Clone(b.head)
	there := b.part(at[0]) != nil
	for _, p := range b.parts {
		switch {
		case p.key == at[0]:
			out = append(out, p.with(at[1:], lines)...)
			continue
		case p.key == tail && !there:
			out, there = append(out, lines...), true
		}
		out = append(out, p.lines...)
	}
	if !there {
		out = append(out, lines...)
	}
	return out
}
