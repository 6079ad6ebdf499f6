package plan

import (
	"regexp"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// roster reads the people and who holds which role. Roles exist nowhere else.
func (c *compiler) roster(top object) {
	ids, mails := map[string]bool{}, map[string]bool{}
	for _, item := range top.need("people").list() {
		o := item.object("id", "name", "email", "lang", "phone", "chat")
		p := Person{
			ID:    PersonID(o.need("id").id()),
			Name:  o.need("name").oneLine(80),
			Email: email(o.need("email")),
			Phone: phone(o.get("phone")),
			Chat:  o.get("chat").oneLine(80),
		}
		if l := o.get("lang"); !l.missing() {
			p.Lang = comms.Lang(l.choice(c.langs...))
		}
		unique(ids, o.get("id"), string(p.ID))
		unique(mails, o.get("email"), strings.ToLower(p.Email))
		item.mark("people." + string(p.ID))
		c.plan.People = append(c.plan.People, p)
	}
	roles := map[string]bool{}
	for _, item := range top.need("roles").list() {
		o := item.object("id", "name", "holders", "stand_ins", "hours")
		role := Role{ID: RoleID(o.need("id").id()), Name: c.words(o.need("name"), 60)}
		unique(roles, o.get("id"), string(role.ID))
		role.Holders = c.people(o.get("holders"), nil)
		role.StandIns = c.people(o.get("stand_ins"), role.Holders)
		role.Hours = hours(o.get("hours"))
		item.mark("roles." + string(role.ID))
		c.plan.Roles = append(c.plan.Roles, role)
	}
}

var phonePattern = regexp.MustCompile(`^\+?[0-9][0-9 ()./-]{3,28}[0-9]$`)

func phone(v value) string {
	s := v.oneLine(30)
	if s != "" && !phonePattern.MatchString(s) {
		v.bad(fix("write it as \"+34 600 123 456\", in quotes"), "%s is not a telephone number", quote(s))
	}
	return s
}

// people reads a list of persons of the roster; taken are those who hold the
// role already.
func (c *compiler) people(v value, taken []PersonID) []PersonID {
	known := make([]string, len(c.plan.People))
	for i, p := range c.plan.People {
		known[i] = string(p.ID)
	}
	var out []PersonID
	for _, item := range v.list() {
		s := item.oneLine(64)
		id := PersonID(s)
		switch {
		case s == "":
		case !contains(known, s):
			item.bad(didYouMean(s, known), "%s is nobody on the roster", quote(s))
		case slices.Contains(out, id) || slices.Contains(taken, id):
			item.bad(fix("keep the name in one place"), "%s stands in this role already", quote(s))
		default:
			out = append(out, id)
		}
	}
	return out
}

// requirements reads a list of signatures that are asked for.
func (c *compiler) requirements(v value) []Requirement {
	var out []Requirement
	for _, item := range v.list() {
		o := item.object("kind", "roles")
		r := Requirement{Kind: ApprovalKind(o.need("kind").choice(string(Facts), string(Wording), string(Legal), string(Any)))}
		r.Roles = c.roleList(o.need("roles"))
		if roles := o.get("roles"); len(r.Roles) == 0 && !roles.missing() {
			roles.bad(fix("name the roles that may sign"), "nobody may give this signature")
		}
		out = append(out, r)
	}
	if !v.missing() && (len(out) == 0 || len(out) > 5) {
		v.bad(fix("ask for one to five signatures"), "%s asks for %d signatures", v.name(), len(out))
	}
	return out
}

// roleList reads roles of the roster, each once.
func (c *compiler) roleList(v value) []RoleID {
	known := make([]string, len(c.plan.Roles))
	for i, r := range c.plan.Roles {
		known[i] = string(r.ID)
	}
	var out []RoleID
	for _, item := range v.list() {
		role := item.choice(known...)
		if slices.Contains(out, RoleID(role)) {
			item.bad(fix("remove it"), "the role %s stands there twice", quote(role))
		}
		out = append(out, RoleID(role))
	}
	return out
}
