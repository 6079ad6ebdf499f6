package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// bars is ninety days as a picture: one path for each run of equal days.
type bars struct {
	Label string // for people who do not see it
	Runs  []run
}

// run is some days on end with the same worst state. A bar is 3 wide and 4
// apart; dashes of the stroke, which is 30 wide, make the single days.
type run struct {
	Class string
	Path  string
	Words string // "14 Oct: slow"; "" for a good run
}

// heights tell the states apart without their colours; the picture is 30 high.
var heights = map[comms.State]int{"": 6, comms.Operational: 20, comms.Maintenance: 24, comms.Degraded: 24, comms.Partial: 27, comms.Major: 30}

func (v frame) bars(h history, now time.Time) bars {
	first := now.UTC().Truncate(day).Add(-(barDays - 1) * day)
	var b bars
	var trouble []string
	for from := 0; from < barDays; {
		to := from + 1
		for to < barDays && h.days[to] == h.days[from] {
			to++
		}
		r := run{Class: class(h.days[from]), Path: fmt.Sprintf("M%d %dh%d", 4*from, 45-heights[h.days[from]], 4*(to-from)-1)}
		if h.days[from] == "" {
			r.Class = "none"
		} else if h.days[from] != comms.Operational {
			r.Words = v.days(first.Add(time.Duration(from)*day), to-from) + ": " + v.say(v.catalogue.States[h.days[from]]).S
			trouble = append(trouble, r.Words)
		}
		b.Runs = append(b.Runs, r)
		from = to
	}
	if len(trouble) == 0 {
		b.Label = v.T("public.bars.clear", "uptime", v.uptime(h))
	} else {
		b.Label = v.T("public.bars.trouble", "uptime", v.uptime(h), "days", strings.Join(trouble, "; "))
	}
	return b
}

// days names a run of days in short.
func (v frame) days(first time.Time, count int) string {
	if count == 1 {
		return v.p.Day(first)
	}
	return v.p.Day(first) + " – " + v.p.Day(first.Add(time.Duration(count-1)*day))
}

func (v frame) uptime(h history) string {
	hundredths, ok := h.uptime()
	if !ok {
		return v.T("public.bars.unknown")
	}
	return v.T("public.bars.uptime", "whole", fmt.Sprint(hundredths/100), "part", fmt.Sprintf("%02d", hundredths%100))
}
