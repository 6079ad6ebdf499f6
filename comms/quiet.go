package comms

import "time"

// Quiet is a stretch of every day in which mails wait for its end. From and To
// are hour and minute, "22:00", in the time zone; To may be on the next day.
type Quiet struct {
	From string `json:"from"`
	To   string `json:"to"`
	Zone string `json:"zone"` // IANA name
}

// Until is when mails go out that would at a time: the end of the stretch in
// which it lies, else the time itself. A stretch that cannot be read is none.
func (q Quiet) Until(at time.Time) time.Time {
	zone, err := time.LoadLocation(q.Zone)
	end, wrong := time.Parse(hourAndMinute, q.To)
	if err != nil || wrong != nil || q.From == q.To {
		return at
	}
	local := at.In(zone)
	now, overnight := local.Format(hourAndMinute), q.From > q.To
	if !overnight && (now < q.From || now >= q.To) || overnight && now < q.From && now >= q.To {
		return at
	}
	y, m, d := local.Date()
	if overnight && now >= q.From {
		d++
	}
	until := time.Date(y, m, d, end.Hour(), end.Minute(), 0, 0, zone)
	if until.Before(at) { // the clocks were put back meanwhile
		return at
	}
	return until.UTC()
}

// MailsFrom is when the mails of a message may go that is published at a time.
func (m Message) MailsFrom(published time.Time) time.Time {
	if m.Audience == nil || m.Audience.Quiet == nil {
		return published
	}
	return m.Audience.Quiet.Until(published)
}

const hourAndMinute = "15:04"
