package comms

import (
	"slices"
	"time"
)

// Choice is what somebody outside wants to be told of by mail. The zero value
// is nothing at all.
type Choice struct {
	// Kind limits what follows to incidents or to maintenance; "" is both.
	Kind       Kind          `json:"kind,omitempty"`
	Everything bool          `json:"everything,omitempty"`
	Groups     []string      `json:"groups,omitempty"`     // with whatever joins them later
	Components []ComponentID `json:"components,omitempty"` //
	// Incidents are those whose end alone is wanted, of either kind.
	Incidents []ID `json:"incidents,omitempty"`
}

// IsZero tells whether nothing is chosen.
func (c Choice) IsZero() bool { return !c.General() && len(c.Incidents) == 0 }

// General tells whether more is chosen than the ends of single incidents.
func (c Choice) General() bool {
	return c.Everything || len(c.Groups) > 0 || len(c.Components) > 0
}

// Tidy sorts what is chosen, takes out repeats, and what is of no consequence
// beside "everything" or without anything general.
func (c Choice) Tidy() Choice {
	if c.Everything {
		c.Groups, c.Components = nil, nil
	}
	if !c.General() {
		c.Kind = ""
	}
	c.Groups, c.Components, c.Incidents = tidy(c.Groups), tidy(c.Components), tidy(c.Incidents)
	return c
}

// With adds another choice to this one: whoever asks again wants more, and
// never less, because anybody can ask in their name.
func (c Choice) With(more Choice) Choice {
	switch {
	case !more.General():
	case !c.General():
		c.Kind = more.Kind
	case c.Kind != more.Kind:
		c.Kind = ""
	}
	c.Everything = c.Everything || more.Everything
	c.Groups = append(slices.Clone(c.Groups), more.Groups...)
	c.Components = append(slices.Clone(c.Components), more.Components...)
	c.Incidents = append(slices.Clone(c.Incidents), more.Incidents...)
	return c.Tidy()
}

// Equal compares two choices that are tidy.
func (c Choice) Equal(d Choice) bool {
	return c.Kind == d.Kind && c.Everything == d.Everything && slices.Equal(c.Groups, d.Groups) &&
		slices.Equal(c.Components, d.Components) && slices.Equal(c.Incidents, d.Incidents)
}

func tidy[T ~string](vs []T) []T {
	if len(vs) == 0 {
		return nil
	}
	out := slices.Clone(vs)
	slices.Sort(out)
	return slices.Compact(out)
}

// Subscriber is somebody outside who gets mail, or did.
type Subscriber struct {
	ID          ID
	Address     string // "" once they have left: it is erased then
	Lang        Lang
	Choice      Choice
	ConfirmedAt time.Time
	ChangedAt   time.Time // when they last chose anew; zero for never
	EndedAt     time.Time // zero while they get mail
}

// Signup is a request for mail that nobody has confirmed yet, or that was
// confirmed a short while ago.
type Signup struct {
	ID          ID
	Address     string
	Lang        Lang
	Choice      Choice
	AskedAt     time.Time
	ConfirmedAt time.Time // zero until then
	Subscriber  ID        // who it made or changed; "" until then
}

// The bounds of asking for mail. Anybody can type anybody's address, so that
// each mail that asks for confirmation may be one that nobody wanted.
const (
	// SignupLife is how long a request waits for its confirmation: two days let
	// somebody answer on Monday what they asked for on Saturday. After it the
	// address is deleted.
	SignupLife = 48 * time.Hour
	// SignupsPerAddress is how many mails an address gets within SignupWindow:
	// one, one that was lost and one to be sure.
	SignupsPerAddress = 3
	SignupWindow      = 24 * time.Hour
	// SignupsWaiting is how many requests may wait for their mail. At the pace
	// of SignupsPerMinute the last of them waits for about an hour.
	SignupsWaiting = 2000
	// SignupsPerMinute is how many of these mails go out in a minute, over all:
	// more of them, to people who did not ask, would make mailbox providers
	// doubt the updates as well.
	SignupsPerMinute = 30
)

// EndKept is how long those who asked for the end of one incident are still
// told of corrections of it, or of an end after it was opened again. Then
// their subscription ends by itself.
const EndKept = 14 * 24 * time.Hour

// Ends tells whether the phase is one that "tell me when this is over" waits
// for. A report that follows later is not.
func (p Phase) Ends() bool { return p.Closed() && p != PhasePostmortem }

// GroupsOf lists the groups that hold one of the components, in page order.
func (c Catalogue) GroupsOf(components []ComponentID) []string {
	var out []string
	for _, g := range c.Groups {
		if slices.ContainsFunc(g.Components, func(comp Component) bool { return slices.Contains(components, comp.ID) }) {
			out = append(out, g.ID)
		}
	}
	return out
}

// Kept is everything that is kept about a subscriber.
type Kept struct {
	Subscriber Subscriber
	Signups    []Signup
	Mails      []Told
}

// Told is one publication and how the mail of it to somebody fared.
type Told struct {
	Publication int64
	State       string    // "waiting", "sending", "sent" or "dead"
	At          time.Time // when it was settled; zero while it is not
}

// Following counts what people outside get; no address is in it.
type Following struct {
	Subscribers                int // who get mail
	Everything, Chosen, Ends   int // of these: everything, groups and components, single incidents alone
	IncidentsOnly, PlannedOnly int // who limited the kind
	Languages                  map[Lang]int
	Asked, Confirmed, Left     int // within the time that was asked about
	// Requests: not confirmed, whose mail has not gone yet, whose mail was refused.
	Unconfirmed, Waiting, Undue int
}
