package plan

import (
	"regexp"
	"slices"

	"github.com/countersign/countersign/comms"
)

// mostDays bounds what is promised or planned in days.
const mostDays = 366

// postmortem reads what is promised of reports, and who signs them.
func (c *compiler) postmortem(v value) {
	if v.missing() {
		return
	}
	o := v.object("working_days", "severities", "approvals")
	c.plan.Postmortem = Postmortem{
		WorkingDays: o.get("working_days").number(1, mostDays),
		Severities:  c.severityList(o.get("severities"), func(s Severity) bool { return s.Kind == comms.KindIncident }),
		Approvals:   c.requirements(o.need("approvals")),
	}
	o.get("approvals").mark("postmortem.approvals")
	v.mark("postmortem")
}

// channels reads which severities go out by mail, and when mails wait.
func (c *compiler) channels(v value) {
	all := func(Severity) bool { return true }
	if v.missing() {
		return
	}
	o := v.object("mail").need("mail").object("severities", "quiet")
	listed := o.get("severities")
	if !listed.missing() {
		c.plan.Channels.Mail = c.severityList(listed, all)
	}
	for _, s := range c.plan.Severities {
		if !listed.missing() && !slices.Contains(c.plan.Channels.Mail, s.ID) && c.plan.Urgent(s.ID) {
			listed.bad(fix("add it: customers must hear of it"), "mails of the severity %q are left out, and it is urgent", c.plan.severityNamed(s.ID))
		}
	}
	quiet := o.get("quiet")
	if quiet.missing() {
		return
	}
	q := quiet.object("from", "to", "severities")
	c.plan.Channels.Quiet.From, c.plan.Channels.Quiet.To = stretch(q)
	waiting := q.need("severities")
	if waiting.missing() {
		return
	}
	c.plan.Channels.Quiet.Severities = c.severityList(waiting, all)
	for i, item := range waiting.list() {
		if id := c.plan.Channels.Quiet.Severities[i]; c.plan.Urgent(id) {
			item.bad(fix("take it out of the quiet hours"), "mails of the severity %q would wait, and it is urgent", c.plan.severityNamed(id))
		}
	}
	if len(c.plan.Channels.Quiet.Severities) == 0 {
		waiting.bad(fix("name the severities whose mails wait, or remove the quiet hours"), "the quiet hours are for nothing")
	}
}

// drills reads how often the team practises.
func (c *compiler) drills(v value) {
	if v.missing() {
		return
	}
	o := v.object("every_days", "roles")
	c.plan.Drills.EveryDays = o.need("every_days").number(1, mostDays)
	c.plan.Drills.Roles = c.roleList(o.need("roles"))
	if roles := o.get("roles"); len(c.plan.Drills.Roles) == 0 && !roles.missing() {
		roles.bad(fix("name the roles that practise"), "nobody takes part in the drills")
	}
}

// hours reads when the holders of a role are there.
func hours(v value) Hours {
	if v.missing() {
		return Hours{}
	}
	o := v.object("days", "from", "to")
	var h Hours
	for _, item := range o.need("days").list() {
		day := item.choice(weekdays...)
		if slices.Contains(h.Days, day) && day != "" {
			item.bad(fix("remove it"), "%s stands there twice", quote(day))
		}
		h.Days = append(h.Days, day)
	}
	if days := o.get("days"); len(h.Days) == 0 && !days.missing() {
		days.bad(fix("name the days, or remove the hours"), "there are no days in these hours")
	}
	h.From, h.To = stretch(o)
	return h
}

// stretch reads from when to when something is so in a day.
func stretch(o object) (from, to string) {
	from, to = clock(o.need("from")), clock(o.need("to"))
	if from == to && from != "" {
		o.get("to").bad(fix("write a later or an earlier time"), "it ends when it begins")
	}
	return from, to
}

var clockPattern = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

func clock(v value) string {
	s := v.oneLine(5)
	if s != "" && !clockPattern.MatchString(s) {
		v.bad(fix("write hour and minute in quotes, as in \"22:00\" or \"07:30\""), "%s is not a time of day", quote(s))
	}
	return s
}
