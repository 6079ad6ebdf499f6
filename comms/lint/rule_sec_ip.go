package lint

import (
	"net/netip"
	"strings"
)

// secIP finds addresses of single machines and of networks.
func secIP(j *judge, t *text) []hit {
	var out []hit
	for _, p := range t.pieces {
		if !strings.ContainsAny(p.s, ".:") {
			continue
		}
		for _, part := range p.parts("/=@_'") {
			s, addr, ok := address(part, isV6Bracketed(t.s, part.span))
			if !ok || isEverybodys(addr) || j.allowsIP(addr) || isVersion(t, s) {
				continue
			}
			out = append(out, hit{span: withPrefixLength(t.s, s)})
		}
	}
	return out
}

// isEverybodys knows addresses that are no machine of the company: names of
// public services, this machine, no machine, masks.
func isEverybodys(a netip.Addr) bool {
	switch s := a.String(); s {
	case "1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "9.9.9.9":
		return true
	default:
		return a.IsLoopback() || a.IsUnspecified() || strings.HasPrefix(s, "255.")
	}
}

// address reads an IP address, with or without a port.
func address(p piece, bracketed bool) (span, netip.Addr, bool) {
	s := strings.TrimRight(p.s, ".:-")
	s, _, _ = strings.Cut(s, "%")
	if host, port, ok := strings.Cut(s, ":"); ok && isDigits(port) && strings.Count(host, ".") == 3 {
		if a, err := netip.ParseAddr(host); err == nil {
			return span{p.start, p.start + len(s)}, a, true
		}
	}
	if strings.Count(s, ".") != 3 && !looksV6(s, bracketed) {
		return span{}, netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	return span{p.start, p.start + len(s)}, a, err == nil
}

// looksV6 keeps "::" and scope operators of code ("a::b" has no digit) apart
// from addresses.
func looksV6(s string, bracketed bool) bool {
	return strings.Count(s, ":") >= 2 && (bracketed || strings.ContainsAny(s, "0123456789"))
}

func isV6Bracketed(s string, at span) bool {
	return at.start > 0 && s[at.start-1] == '[' && at.end < len(s) && s[at.end] == ']'
}

// isVersion takes "version 2.14.0.1" and "build 10.0.3.7" for what they are.
func isVersion(t *text, s span) bool {
	if s.start > 0 && (t.s[s.start-1]|0x20 == 'v' || t.s[s.start-1] == '_') {
		return true
	}
	return numbered[t.before(s.start, 1)]
}

// numbered are words that four numbers with dots may follow.
var numbered = wordSet("version versions versión versiones release build v firmware driver sdk agent app client cliente ios ipados macos android windows chrome firefox safari edge step section chapter paso sección apartado capítulo")

// withPrefixLength takes the "/24" of a network in.
func withPrefixLength(s string, at span) span {
	end := at.end
	if end < len(s) && s[end] == '/' {
		n := end + 1
		for n < len(s) && n-end <= 3 && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		if n > end+1 {
			at.end = n
		}
	}
	return at
}
