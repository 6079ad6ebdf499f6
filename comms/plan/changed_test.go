package plan

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
)

func read1(t testing.TB, files []comms.PlanFile) *Plan {
	t.Helper()
	p, err := Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestChangedNamesTheParts(t *testing.T) {
	before := read1(t, Builtin())
	for _, c := range []struct {
		name, file, old, new string
		parts                []Part
		path                 string
	}{
		{"nothing", "signatures.yaml", "15m", "15m", nil, ""},
		{"roster", "roster.yaml", "holders: [ines]", "holders: [ines, omar]\n    # and", []Part{PartRoster}, "roles.incident-lead.holders"},
		{"person's address", "roster.yaml", "dana@northwind.example", "d@northwind.example", []Part{PartRoster}, "people.dana.email"},
		{"component", "catalogue.yaml", "en: Search,", "en: Finding,", []Part{PartCatalogue}, "groups.your-work.components.search.name.en"},
		{"organisation", "organisation.yaml", "  name: Northwind", "  name: Southwind", []Part{PartCatalogue}, "organisation"},
		{"customers to leave out", "organisation.yaml", "customers: []", "customers: [Acme]", []Part{PartRules}, "customers"},
		{"promise", "severities.yaml", "every: 20m", "every: 25m", []Part{PartRules}, "severities.critical.every"},
		{"reminders", "rules.yaml", "remind: 30", "remind: 25", []Part{PartRules}, "reminders.remind"},
		{"reminders of a severity", "severities.yaml", "    every: 20m\n", "    every: 20m\n    reminders: { remind: 10 }\n", []Part{PartRules}, "severities.critical.reminders.stand_in"},
		{"whether the page says that it is late", "catalogue.yaml", "show_overdue: true", "show_overdue: false", []Part{PartCatalogue}, "show_overdue"},
		{"signatures", "signatures.yaml", "kind: facts, roles: [incident-lead]", "kind: any, roles: [incident-lead, legal]", []Part{PartRules}, "severities.critical.approvals"},
		{"step", "severities.yaml", "start: [investigating, identified,", "start: [identified, investigating,", []Part{PartRules}, "transitions.start"},
		{"quorum", "signatures.yaml", "roles: [admin, communications-lead]", "roles: [admin]", []Part{PartRules}, "quorums.roster"},
		{"words of a template", "templates-incident.yaml", "{impact} This started", "{impact} It started", []Part{PartTemplates}, "templates.investigating.forms.en.body"},
		{"limit of a shared slot", "slots.yaml", "max: 80", "max: 70", []Part{PartTemplates}, "templates.investigating.slots.headline.max"},
		{"key of a link", "links.yaml", "key: payment", "key: pay", []Part{PartLinks}, "links.pay.key"},
		{"step of a link", "links.yaml", "Do not pay twice.", "Pay once.", []Part{PartLinks}, "links.payment.try.2.en"},
		{"component of a link", "links.yaml", "components: [exports]", "components: [exports, web-app]", []Part{PartLinks}, "links.export.components"},
		{"help of a link", "links.yaml", "help/sign-in", "help/signing-in", []Part{PartLinks}, "links.sign-in.help"},
		{"comment in the links", "links.yaml", "# Where products", "# Where our products", []Part{PartLinks}, "links.yaml"},
		{"comment in the roster", "roster.yaml", "# Who holds", "# Which person holds", []Part{PartRoster}, "roster.yaml"},
		{"comment in the slots", "slots.yaml", "# Typed by", "# Written by", []Part{PartTemplates}, "slots.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			after := read1(t, relaxed(edited(t, c.file, c.old, c.new)))
			if got := Changed(before, after); !slices.Equal(got, c.parts) {
				t.Errorf("changed %v, want %v", got, c.parts)
			}
			changes := Diff(before, after)
			if c.path == "" && len(changes) == 0 {
				return
			}
			if !slices.ContainsFunc(changes, func(ch Change) bool { return ch.Path == c.path && ch.Before != ch.After }) {
				t.Errorf("the difference does not show %s: %+v", c.path, changes)
			}
		})
	}
}

// relaxed drops the stand-in whom a test made a holder.
func relaxed(files []comms.PlanFile) []comms.PlanFile {
	for i := range files {
		files[i].Text = strings.Replace(files[i].Text, "holders: [ines, omar]\n    # and\n    stand_ins: [marta, omar]", "holders: [ines, omar]\n    stand_ins: [marta]", 1)
	}
	return files
}

func TestAFileThatMovesIsAChange(t *testing.T) {
	before := read1(t, Builtin())
	files := Builtin()
	for i := range files {
		if files[i].Name == "roster.yaml" {
			files[i].Name = "people.yaml"
		}
	}
	if got := Changed(before, read1(t, files)); !slices.Equal(got, []Part{PartRoster}) {
		t.Errorf("changed %v", got)
	}
	files = append(Builtin(), comms.PlanFile{Name: "zz.yaml", Text: "# only words\n{}\n"})
	after := read1(t, files)
	if got := Changed(before, after); !slices.Equal(got, []Part{PartRules}) {
		t.Errorf("changed %v", got)
	}
	if d := Diff(before, after); len(d) != 1 || d[0].Path != "zz.yaml" || !strings.Contains(d[0].After, "only words") {
		t.Errorf("shown as %+v", d)
	}
}

func TestFromNoPlanEverythingIsNew(t *testing.T) {
	p := read1(t, Builtin())
	if got := Changed(nil, p); !slices.Equal(got, []Part{PartRules, PartTemplates, PartCatalogue, PartRoster, PartLinks}) {
		t.Errorf("changed %v", got)
	}
	for _, c := range Diff(nil, p) {
		if c.Before != "" || c.After == "" {
			t.Errorf("%+v is not new", c)
		}
	}
}

// Whatever field of a plan is changed, a part must count as changed and the
// people who sign must see a line about it: a field that somebody adds later
// and forgets in content would slip past every quorum.
func TestNoFieldSlipsPastTheQuorum(t *testing.T) {
	before, fresh := read1(t, Builtin()), read1(t, Builtin())
	for _, p := range []*Plan{before, fresh} {
		p.Catalogue.Logo = &comms.Logo{Type: "image/png", Width: 1, Height: 1, Data: []byte("x")}
		p.Catalogue.Accent = &comms.Accent{Light: "#1f4fa3", Dark: "#8fb4ff"}
	}
	leaves := 0
	var visit func(path string, v reflect.Value)
	visit = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				visit(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
			return
		case reflect.Pointer:
			visit(path, v.Elem())
			return
		case reflect.Slice:
			if v.Len() > 0 && v.Type().Elem().Kind() != reflect.Uint8 {
				visit(path+"[0]", v.Index(0))
			}
		case reflect.Map:
			for _, key := range v.MapKeys()[:min(1, v.Len())] {
				old := reflect.ValueOf(v.MapIndex(key).Interface())
				changed := reflect.New(old.Type()).Elem()
				leaves++
				v.SetMapIndex(key, changed)
				if p := v; p.Len() > 0 && len(compare(t, path, fresh, before)) == 0 && !reflect.DeepEqual(old.Interface(), changed.Interface()) {
					t.Errorf("%s: an entry that is emptied changes no part", path)
				}
				v.SetMapIndex(key, old)
			}
			return
		}
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		v.Set(other(v))
		leaves++
		if len(compare(t, path, fresh, before)) == 0 {
			t.Errorf("%s: a change of it changes no part", path)
		}
		v.Set(old)
	}
	v := reflect.ValueOf(before).Elem()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "Files" {
			visit(name, v.Field(i))
		}
	}
	if leaves < 60 {
		t.Errorf("only %d fields were tried", leaves)
	}
}

// compare tells what differs between the changed plan and a fresh one.
func compare(t *testing.T, path string, fresh, changed *Plan) []Part {
	t.Helper()
	parts, lines := Changed(fresh, changed), Diff(fresh, changed)
	for _, part := range parts {
		if !slices.ContainsFunc(lines, func(c Change) bool { return c.Part == part }) {
			t.Errorf("%s: a change of %s shows nobody a line", path, part)
		}
	}
	return parts
}

func other(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(v.String() + "x")
	case reflect.Bool:
		out.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		out.SetInt(v.Int() + int64(time.Minute))
	case reflect.Slice:
		if v.Len() > 0 {
			return v.Slice(0, v.Len()-1)
		}
		one := reflect.MakeSlice(v.Type(), 1, 1)
		for item := one.Index(0); item.IsValid(); item = item.Field(0) {
			if item.Kind() == reflect.String {
				item.SetString("x")
			}
			if item.Kind() != reflect.Struct {
				break
			}
		}
		return one
	}
	return out
}
