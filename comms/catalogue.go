package comms

// Catalogue is every word of a plan that customers can see, compiled and
// signed with the plan, so that no face needs the plan's rules to render.
type Catalogue struct {
	Organisation string             `json:"organisation"` // the company's name
	PageURL      string             `json:"page_url"`     // address of the public page, without a trailing slash
	SupportURL   string             `json:"support_url"`
	SupportEmail string             `json:"support_email"`
	TimeZone     string             `json:"time_zone"` // IANA name
	Source       Lang               `json:"source"`    // the language that everything is written in first
	Languages    []Lang             `json:"languages"` // all, the source first
	Texts        Texts              `json:"texts"`
	Groups       []Group            `json:"groups"`
	States       map[State]Words    `json:"states"`     // labels
	Phases       map[Phase]Words    `json:"phases"`     // labels
	Severities   map[Severity]Words `json:"severities"` // labels
	// ShowOverdue lets the page say that a promised update is late.
	ShowOverdue bool    `json:"show_overdue"`
	Links       []Link  `json:"links,omitempty"`  // what products lead to
	Logo        *Logo   `json:"logo,omitempty"`   // nil for none
	Accent      *Accent `json:"accent,omitempty"` // nil for the colour that the program ships
}

// Texts are the page's own words.
type Texts struct {
	Title   Words `json:"title"`    // of the page and the feeds
	About   Words `json:"about"`    // one sentence under the title
	Footer  Words `json:"footer"`   // last words of the page and of every mail
	Sender  Words `json:"sender"`   // name that mails come from
	AllWell Words `json:"all_well"` // the sentence when everything works
}

// Group is a heading with components under it.
type Group struct {
	ID         string      `json:"id"`
	Name       Words       `json:"name"`
	Components []Component `json:"components"`
}

// Component is one thing that customers know by name.
type Component struct {
	ID          ComponentID `json:"id"`
	Name        Words       `json:"name"`
	Description Words       `json:"description"`
}

// Component finds a component by its identifier.
func (c Catalogue) Component(id ComponentID) (Component, bool) {
	for _, g := range c.Groups {
		for _, comp := range g.Components {
			if comp.ID == id {
				return comp, true
			}
		}
	}
	return Component{}, false
}

// Components lists all components in page order.
func (c Catalogue) Components() []Component {
	var out []Component
	for _, g := range c.Groups {
		out = append(out, g.Components...)
	}
	return out
}
