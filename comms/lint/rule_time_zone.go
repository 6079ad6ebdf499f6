package lint

import (
	"slices"
	"strings"
)

// timeZone finds clock times without a zone. The zone may follow at some
// distance in the same sentence: in "from 02:00 to 03:30 UTC" and
// "02:00–03:30 (UTC)" it belongs to both times.
func timeZone(_ *judge, t *text) []hit {
	var out []hit
	for i := 0; i < len(t.words); i++ {
		last, zoned, ok := clock(t, i)
		if !ok {
			continue
		}
		if !zoned && !zoneAround(t, i, last) {
			if len(out) == 0 && zoneForAll(t) {
				return nil
			}
			out = append(out, hit{span: span{t.words[i].start, t.words[last].end}})
		}
		i = last
	}
	return out
}

// clock tells whether a time of day begins at word i and which word is its
// last; zoned when the zone is part of it ("15:30Z").
func clock(t *text, i int) (last int, zoned, ok bool) {
	w := t.words[i].low
	hour, rest := leadingNumber(w)
	if hour < 0 || hour > 24 || joined(t, i) {
		return 0, false, false
	}
	switch {
	case rest == "am" || rest == "pm": // 3pm
		return i, false, hour <= 12
	case rest == "h" && len(w) <= 3 && isLas(t.low(i-1)): // a las 15h
		return i, false, true
	case len(rest) == 3 && rest[0] == 'h' && isMinute(rest[1:]): // 15h30
		return i, false, true
	case rest != "":
		return 0, false, false
	}
	last = i
	if g := t.gap(i); g == ":" || g == "." {
		minute := strings.TrimSuffix(t.low(i+1), "z")
		minuteOnly, suffix := minute, ""
		if len(minute) == 4 {
			minuteOnly, suffix = minute[:2], minute[2:]
		}
		if !isMinute(minuteOnly) || suffix != "" && suffix != "am" && suffix != "pm" || tail(t, i+1) {
			return 0, false, false
		}
		last = i + 1
		if t.gap(last) == ":" && isMinute(strings.TrimSuffix(t.low(last+1), "z")) {
			last++
		}
		if g == ":" {
			zoned = strings.HasSuffix(t.low(last), "z")
			return halfOfDay(t, last), zoned, true
		}
		// 15.30 is a time only beside "h" or "pm".
	}
	if half := halfOfDay(t, last); half > last && (hour <= 12 || last > i) {
		return half, false, true
	}
	if n := t.low(last + 1); (n == "h" || n == "hrs" || n == "horas") && t.gap(last) == " " && isLas(t.low(i-1)) {
		return last + 1, false, true
	}
	return 0, false, false
}

func isLas(w string) bool { return w == "las" || w == "la" }

// halfOfDay takes "pm", "p.m." and "p. m." after a time in.
func halfOfDay(t *text, last int) int {
	n := t.low(last + 1)
	if g := t.gap(last); g != " " && g != "\u00a0" && g != "\u202f" {
		return last
	}
	if n == "am" || n == "pm" {
		return last + 1
	}
	if (n == "a" || n == "p") && t.low(last+2) == "m" && strings.TrimSpace(t.gap(last+1)) == "." {
		return last + 2
	}
	return last
}

// joined keeps numbers that are part of something else out: 1:30 of 2:1:30,
// the offset of UTC+02:00, versions, addresses.
func joined(t *text, i int) bool {
	g := t.gap(i - 1)
	if i == 0 || g == "" {
		return false
	}
	if g == ":" || g == "." || g == "/" && isDigits(t.low(i-1)) || g == "_" {
		return true
	}
	return isZone(t, i-1) && strings.Trim(g, " ") != "" && strings.Trim(g, " +-−±") == ""
}

// tail refuses a third number after a dot: 10.30.2 is a version.
func tail(t *text, i int) bool {
	return t.gap(i) == "." && isDigits(t.low(i+1))
}

func leadingNumber(w string) (int, string) {
	n, i := 0, 0
	for i < len(w) && i < 3 && '0' <= w[i] && w[i] <= '9' {
		n = n*10 + int(w[i]-'0')
		i++
	}
	if i == 0 || i > 2 {
		return -1, w
	}
	return n, w[i:]
}

func isMinute(s string) bool { return len(s) == 2 && isDigits(s) && s[0] < '6' }

// How many words after and before a time its zone may stand.
const (
	zoneReach  = 12
	zoneBefore = 5
)

func zoneAround(t *text, first, last int) bool {
	for k := first - 1; k >= 0 && k >= first-zoneBefore; k-- {
		if endsSentence(t, k) {
			break
		}
		if isZone(t, k) {
			return true
		}
	}
	for k := last + 1; k < len(t.words) && k <= last+zoneReach; k++ {
		if endsSentence(t, k-1) {
			return false
		}
		if isZone(t, k) {
			return true
		}
	}
	return false
}

// endsSentence tells whether a sentence or a line ends after word i.
func endsSentence(t *text, i int) bool {
	g := t.gap(i)
	if strings.Contains(g, "\n") {
		return true
	}
	if at := strings.IndexAny(g, ".!?…"); at >= 0 && at+1 < len(g) {
		w := t.low(i)
		return w != "m" && w != "a" && w != "p" || strings.ContainsAny(g, "!?")
	}
	return false
}

// zoneForAll finds "all times are in UTC" and "todas las horas en UTC".
func zoneForAll(t *text) bool {
	for i := range t.words {
		switch t.words[i].low {
		case "times", "horas", "horarios":
		default:
			continue
		}
		for k := max(0, i-3); k < len(t.words) && k <= i+6; k++ {
			if isZone(t, k) && (t.low(i-1) == "all" || t.low(i-2) == "todas" || t.low(i-2) == "todos" || t.low(i-1) == "las" || t.low(i+1) == "are") {
				return true
			}
		}
	}
	return false
}

// zones are abbreviations; many are words too, so only capitals count.
var zones = wordSet("UTC GMT CET CEST WET WEST EET EEST BST IST MSK JST KST SGT HKT AEST AEDT ACST AWST NZST NZDT EST EDT CST CDT MST MDT PST PDT " +
	"AKST AKDT HST ET CT MT PT ART BRT CLT CLST COT PET VET ECT UYT SAST Z")

// isZone also takes a zone by its name: "US/Pacific", "Eastern Time", "hora
// peninsular", "hora de Madrid".
func isZone(t *text, i int) bool {
	if i < 0 || i >= len(t.words) {
		return false
	}
	if raw := t.raw(i); zones[raw] {
		return true
	}
	switch t.words[i].low {
	case "utc", "gmt":
		return true
	case "pacific", "eastern", "central", "mountain":
		return t.gap(i-1) == "/" || isTimeWord(t.low(i+1)) || isTimeWord(t.low(i+2))
	case "hora":
		next := t.low(i + 1)
		return next == "peninsular" || next == "central" || next == "de" && t.low(i+2) != ""
	}
	return slices.ContainsFunc(unspacedZones, func(z string) bool { return strings.Contains(t.words[i].low, z) })
}

// unspacedZones are names of zones in scripts that write the words beside them
// without a space: Japan's, China's, Taiwan's, Korea's, Thailand's and the
// Pacific's.
var unspacedZones = []string{"日本時間", "日本標準時", "北京时间", "台北時間", "台灣時間", "한국시간", "เวลาประเทศไทย", "太平洋時間", "太平洋时间", "태평양시간", "協定世界時", "协调世界时"}

func isTimeWord(w string) bool { return w == "time" || w == "standard" || w == "daylight" }
