package plan

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// Change is one difference between two plans, for the people who sign it.
type Change struct {
	Part Part
	// Path says where, in the words of the plan's files: "roles.legal.holders",
	// or a file's name where only its writing changed.
	Path   string
	Steps  []string // of Path; names may hold dots
	Before string   // "" for what is new
	After  string   // "" for what goes
	// Was and Is are the values that Before and After write: a time.Duration, a
	// bool, a comms.Severity, []RoleID, []Requirement and so on; Entries for the
	// order of a list whose entries have fields; nil where nothing stands.
	Was, Is any
}

// Entries are the names of what stands in a list, in its order.
type Entries []string

// Diff lists every difference by part and place. It shows at least one for
// each part that Changed names. With no plan in force everything is new.
func Diff(inForce, proposed *Plan) []Change {
	if inForce == nil {
		inForce = &Plan{}
	}
	var out []Change
	shown := map[Part]bool{}
	for _, part := range Parts() {
		before, after := flat(inForce.content(part)), flat(proposed.content(part))
		for _, path := range mergePaths(before.paths, after.paths) {
			if b, a := before.text[path], after.text[path]; b != a {
				out = append(out, Change{
					Part: part, Path: strings.ReplaceAll(path, step, "."), Steps: strings.Split(path, step),
					Before: b, After: a, Was: before.valueBeside(path, after), Is: after.valueBeside(path, before),
				})
				shown[part] = true
			}
		}
	}
	for _, f := range rewritten(inForce.Files, proposed.Files) {
		for _, part := range f.parts {
			if !slices.ContainsFunc(f.parts, func(p Part) bool { return shown[p] }) {
				before, after := changedLines(f.before, f.after)
				out = append(out, Change{Part: part, Path: f.name, Steps: []string{f.name}, Before: before, After: after})
			}
		}
	}
	return out
}

// step stands between the steps of a path: no name holds it.
const step = "\x00"

// flattened is content as lines of text under paths.
type flattened struct {
	paths []string
	text  map[string]string
	value map[string]any
	holds map[string]bool // paths of what has fields
}

func flat(content []field) flattened {
	f := flattened{text: map[string]string{}, value: map[string]any{}, holds: map[string]bool{}}
	for _, c := range content {
		f.walk(strings.ReplaceAll(c.name, ".", step), reflect.ValueOf(c.value))
	}
	return f
}

// valueBeside is what stands at a path; what is not so, but is so on the other
// side, is false as long as what it is said of stands here.
func (f *flattened) valueBeside(path string, other flattened) any {
	if v, ok := f.value[path]; ok {
		return v
	}
	of := path[:max(strings.LastIndex(path, step), 0)]
	if _, is := other.value[path].(bool); is && (of == "" || f.holds[of]) {
		return false
	}
	return nil
}

func (f *flattened) put(path, text string, value any) {
	if text == "" {
		return
	}
	if _, twice := f.text[path]; !twice {
		f.paths = append(f.paths, path)
	}
	f.text[path], f.value[path] = text, value
}

// walk goes through content by reflection, so that a field that is added to a
// plan cannot be forgotten here.
func (f *flattened) walk(path string, v reflect.Value) {
	switch value := v.Interface().(type) {
	case time.Duration:
		if value != 0 {
			f.put(path, short(value), value)
		}
		return
	case []Requirement:
		f.put(path, signatures(value), value)
		return
	case []byte:
		if len(value) > 0 {
			f.put(path, fmt.Sprintf("%d bytes, %s", len(value), comms.DigestOf(value)), value)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			f.walk(path, v.Elem())
		}
	case reflect.Struct:
		f.holds[path] = true
		for i := range v.NumField() {
			f.walk(path+step+snake(v.Type().Field(i).Name), v.Field(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			name := k.String()
			if name == "" {
				name = start
			}
			f.walk(path+step+name, v.MapIndex(k))
		}
	case reflect.Slice:
		f.list(path, v)
	default:
		if !v.IsZero() {
			f.put(path, fmt.Sprint(v.Interface()), v.Interface())
		}
	}
}

// list shows entries under their names, and their order; a list of plain
// texts is one line.
func (f *flattened) list(path string, v reflect.Value) {
	var names []string
	value := v.Interface()
	for i := range v.Len() {
		item := v.Index(i)
		if item.Kind() == reflect.String {
			text := item.String()
			if strings.Contains(text, ",") {
				text = fmt.Sprintf("%q", text)
			}
			names = append(names, text)
			continue
		}
		name := fmt.Sprint(i + 1)
		if item.Kind() == reflect.Struct {
			name = entryName(item)
			names = append(names, name)
			value = Entries(names)
		}
		f.walk(path+step+name, item)
	}
	f.put(path, strings.Join(names, ", "), value)
}

// entryName is the field by which people know an entry of a list.
func entryName(v reflect.Value) string {
	if t, ok := v.Interface().(Term); ok {
		return string(t.Lang) + step + t.Term
	}
	if s, ok := v.Interface().(Signal); ok {
		return s.Name()
	}
	for _, name := range []string{"ID", "Key", "Name", "Component"} {
		if f := v.FieldByName(name); f.IsValid() && f.Kind() == reflect.String {
			return f.String()
		}
	}
	return ""
}

// mergePaths keeps the order of the proposed plan and puts what goes last.
func mergePaths(before, after []string) []string {
	have := make(map[string]bool, len(after))
	for _, p := range after {
		have[p] = true
	}
	out := slices.Clone(after)
	for _, p := range before {
		if !have[p] {
			out = append(out, p)
		}
	}
	return out
}

// changedLines cuts what two texts have in common at their ends.
func changedLines(before, after string) (string, string) {
	b, a := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	for len(b) > 0 && len(a) > 0 && b[0] == a[0] {
		b, a = b[1:], a[1:]
	}
	for len(b) > 0 && len(a) > 0 && b[len(b)-1] == a[len(a)-1] {
		b, a = b[:len(b)-1], a[:len(a)-1]
	}
	return strings.Join(b, ""), strings.Join(a, "")
}

// signatures writes requirements as "facts (incident-lead); legal (legal)".
func signatures(rs []Requirement) string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = fmt.Sprintf("%s (%s)", r.Kind, strings.Join(texts(r.Roles), " or "))
	}
	return strings.Join(out, "; ")
}

// short writes a duration as a plan does: "72h", "1h30m", "15m".
func short(d time.Duration) string {
	s := strings.TrimSuffix(d.String(), "0s")
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	if s == "" {
		return "0m"
	}
	return s
}

// snake writes a field's Go name as a key of the plan's files.
func snake(name string) string {
	var out strings.Builder
	for i, r := range name {
		upper := r >= 'A' && r <= 'Z'
		if upper && i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z' {
			out.WriteByte('_')
		}
		if upper {
			r += 'a' - 'A'
		}
		out.WriteRune(r)
	}
	return out.String()
}
