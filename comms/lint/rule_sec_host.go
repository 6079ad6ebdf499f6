package lint

import "strings"

// secHost finds names of machines that only the company knows: by an internal
// suffix ("x.svc.cluster.local") or by a role beside a number or an
// environment ("db-prod-03"). A word beside a number alone is no host name:
// US-EAST-1 and web-2 are for customers.
func secHost(j *judge, t *text) []hit {
	var out []hit
	for _, p := range t.pieces {
		if h, ok := shortHost(p); ok {
			out = append(out, hit{span: h})
		}
		if !strings.ContainsAny(p.s, ".-0123456789") {
			continue
		}
		for _, part := range p.parts("/=@:'#?&") {
			s := strings.TrimRight(part.s, ".-_")
			if isInternalHost(strings.ToLower(s)) && !j.allowsHost(s) {
				out = append(out, hit{span: span{part.start, part.start + len(s)}})
			}
		}
	}
	return out
}

var internalSuffixes = []string{".internal", ".local", ".lan", ".corp", ".intra", ".intranet", ".private", ".localdomain", ".home.arpa", ".svc", ".consul"}

func isInternalHost(s string) bool {
	for _, suffix := range internalSuffixes {
		if strings.HasSuffix(s, suffix) && len(s) > len(suffix) {
			return true
		}
	}
	for label := range strings.SplitSeq(s, ".") {
		if isMachine(label) {
			return true
		}
	}
	return false
}

// shortHost finds the host of an address that works inside the company alone:
// redis://cache:6379.
func shortHost(p piece) (span, bool) {
	at := strings.Index(p.s, "://")
	if at < 0 {
		return span{}, false
	}
	authority := p.s[at+3:]
	if end := strings.IndexAny(authority, "/?#"); end >= 0 {
		authority = authority[:end]
	}
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	start := p.start + at + 3 + len(authority) - len(host)
	host, _, _ = strings.Cut(host, ":")
	if host == "" || strings.ContainsAny(host, ".{") || host == "localhost" {
		return span{}, false
	}
	return span{start, start + len(host)}, true
}

// role says how much a word tells about a machine.
type role int

const (
	noRole  role = iota
	general      // products and pages have it in their names as well: web-2
	program      // a number after it may be its version: PostgreSQL-14
	machine      // nothing but a machine: db-1
)

var roles = func() map[string]role {
	out := map[string]role{}
	for r, words := range map[role]string{
		machine: "db bd lb srv bastion jumphost worker fw gw rtr nfs vm zk kube",
		program: "mysql postgres postgresql pg redis memcached mongo mongodb kafka zookeeper etcd consul vault rabbitmq rabbit elastic elasticsearch haproxy nginx envoy k8s prometheus grafana jenkins cassandra",
		general: "web app api proxy node host server cache mail smtp dns database queue mq batch job cron gateway router storage backup log logs search frontend backend edge core master replica primary shard cluster pod auth billing payments checkout servidor nodo",
	} {
		for _, w := range strings.Fields(words) {
			out[w] = r
		}
	}
	return out
}()

// environments are stages of a company's own; customers may know of a staging
// or development service, never of the others.
var environments = map[string]bool{"prod": true, "prd": true, "stg": true, "uat": true, "preprod": true, "staging": false, "stage": false, "dev": false, "qa": false, "canary": false}

// isMachine judges one label of a host name by its segments between hyphens.
func isMachine(label string) bool {
	if isPrivateIPName(label) {
		return true
	}
	best := noRole
	var env, inner, numbered, padded, random bool
	segments := 0
	for seg := range strings.SplitSeq(strings.ReplaceAll(label, "_", "-"), "-") {
		if seg == "" {
			continue
		}
		segments++
		stem := strings.TrimRight(seg, "0123456789")
		digits := seg[len(stem):]
		r, stage := roles[stem], false
		if r == noRole {
			r = roles[seg]
		}
		if hidden, ok := environments[stem]; ok {
			env, inner, stage = true, inner || hidden, true
		}
		if digits != "" && (stem == "" || r != noRole || stage) {
			numbered = true
			padded = padded || digits[0] == '0' && len(digits) > 1 && len(digits) <= 4
		}
		best = max(best, r)
		random = random || isRandom(seg)
	}
	if segments == 1 {
		return best != noRole && padded // "db03", not "web3" or "k8s"
	}
	switch best {
	case machine:
		return numbered || env || random
	case program:
		return env || random || padded || numbered && segments > 2
	case general:
		return inner || random || padded || env && (numbered || segments > 2)
	}
	return false
}

// isPrivateIPName knows the names that clouds give machines: "ip-10-0-3-7".
func isPrivateIPName(label string) bool {
	rest, ok := strings.CutPrefix(label, "ip-")
	return ok && strings.Count(rest, "-") == 3 && isDigits(strings.ReplaceAll(rest, "-", ""))
}

// isRandom knows the hash that schedulers put in names: "7d9f8b6c5d".
func isRandom(seg string) bool {
	return len(seg) >= 8 && strings.Trim(seg, "0123456789abcdefghijklmnopqrstuvwxyz") == "" && changes(seg) >= 3
}

// changes counts how often letters and digits take turns.
func changes(s string) int {
	n := 0
	for i := 1; i < len(s); i++ {
		if (s[i] <= '9') != (s[i-1] <= '9') {
			n++
		}
	}
	return n
}
