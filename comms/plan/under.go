package plan

// Under is the plan that an incident goes by. What was agreed when it was
// opened holds until somebody moves it: severities and what they promise, the
// signatures that they ask for, templates, steps, language rules, and the
// languages that the templates are written in. Who the people are, which roles
// they hold and what the company's things are called is never the past: that
// comes from the plan in force, so that nobody signs who has left, and no page
// speaks in two names of one component.
func Under(version, inForce *Plan) *Plan {
	if version == inForce {
		return inForce
	}
	p := *version
	p.People, p.Roles = inForce.People, inForce.Roles
	p.Catalogue = inForce.Catalogue
	p.Catalogue.Source, p.Catalogue.Languages = version.Catalogue.Source, version.Catalogue.Languages
	p.Catalogue.Severities = version.Catalogue.Severities
	return &p
}
