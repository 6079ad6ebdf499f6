package rewrite

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// Path leads to a place in a plan: keys of mappings and, in a list, what an
// entry is known by, which is its id, key or term: groups, web, components, app.
type Path []string

// Field is one key of a mapping. A value is a string, a bool, a []string, a
// []Field for a mapping or a []Entry for a list; nil takes the key away.
type Field struct {
	Key   string
	Value any
}

// Entry is one entry of a list.
type Entry []Field

// Set gives keys of the mapping at a path other values, in place. A key that
// was not there is added after the others.
func Set(files []comms.PlanFile, at Path, fields ...Field) ([]comms.PlanFile, error) {
	for _, f := range fields {
		d, err := open(files, at, f.Key)
		if err != nil {
			return nil, err
		}
		if err := d.set(at, f); err != nil {
			return nil, err
		}
		files = d.close(files)
	}
	return files, nil
}

// Add puts an entry at the end of the list at a path. A list that was not
// there is begun.
func Add(files []comms.PlanFile, list Path, e Entry) ([]comms.PlanFile, error) {
	d, err := open(files, list, "")
	if err != nil {
		return nil, err
	}
	if err := d.add(list, e); err != nil {
		return nil, err
	}
	return d.close(files), nil
}

// Remove takes an entry out of its list.
func Remove(files []comms.PlanFile, at Path) ([]comms.PlanFile, error) {
	d, err := open(files, at, "")
	if err != nil {
		return nil, err
	}
	l, i, err := d.entry(at)
	if err != nil {
		return nil, err
	}
	e := l.entries[i]
	if len(l.entries) == 1 {
		if err := d.set(at[:len(at)-2], Field{at[len(at)-2], []Entry{}}); err != nil {
			return nil, err
		}
		return d.close(files), nil
	}
	d.lines = slices.Delete(d.lines, e.top, e.end)
	return d.close(files), nil
}

// Shift moves an entry up its list (by less than 0) or down.
func Shift(files []comms.PlanFile, at Path, by int) ([]comms.PlanFile, error) {
	d, err := open(files, at, "")
	if err != nil {
		return nil, err
	}
	l, i, err := d.entry(at)
	if err != nil {
		return nil, err
	}
	to := i + by
	if to < 0 || to >= len(l.entries) {
		return files, nil
	}
	a, b := l.entries[min(i, to)], l.entries[max(i, to)]
	var out []string
	out = append(out, d.lines[:a.top]...)
	out = append(out, d.lines[b.top:b.end]...)
	out = append(out, d.lines[a.end:b.top]...)
	out = append(out, d.lines[a.top:a.end]...)
	d.lines = append(out, d.lines[b.end:]...)
	return d.close(files), nil
}

// Take moves an entry to the end of another list of the same file's key.
func Take(files []comms.PlanFile, at, list Path) ([]comms.PlanFile, error) {
	d, err := open(files, at, "")
	if err != nil {
		return nil, err
	}
	l, i, err := d.entry(at)
	if err != nil {
		return nil, err
	}
	e := l.entries[i]
	lines, column := slices.Clone(d.lines[e.top:e.end]), e.column
	if files, err = Remove(files, at); err != nil {
		return nil, err
	}
	if d, err = open(files, list, ""); err != nil {
		return nil, err
	}
	if err := d.insert(list, lines, column); err != nil {
		return nil, err
	}
	return d.close(files), nil
}

// indented puts lines that began at one column at another.
func indented(lines []string, from, to int) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		switch {
		case strings.TrimSpace(line) == "":
			out[i] = ""
		case to >= from:
			out[i] = strings.Repeat(" ", to-from) + line
		default:
			out[i] = line[min(from-to, len(line)-len(strings.TrimLeft(line, " "))):]
		}
	}
	return out
}

// crooked refuses what stands in a shape that is not cut into.
func crooked(what string) error {
	return comms.Refuse(comms.Invalid, "", "%s is written in a way that cannot be changed here; change it in the plan's files", what)
}

func absent(at Path) error {
	return comms.Refuse(comms.NotFound, "", "the plan has no %q any more; look at it again", strings.Join(at, " › "))
}
