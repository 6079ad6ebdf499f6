package lint

import "strings"

// secSecret finds keys, tokens and passwords: by the beginnings that issuers
// give them, by a name with a value, and in addresses.
func secSecret(_ *judge, t *text) []hit {
	var out []hit
	for i, p := range t.pieces {
		switch {
		case isIssued(p.s), isJWT(p.s), hasPassword(p.s):
			out = append(out, hit{span: p.span})
		case i+1 < len(t.pieces) && isBearer(p.s, t.pieces[i+1].s):
			out = append(out, hit{span: span{p.start, t.pieces[i+1].end}})
		default:
			if s, ok := namedSecret(t, i); ok {
				out = append(out, hit{span: s})
			}
		}
	}
	for at := 0; ; {
		i := strings.Index(t.s[at:], "-----BEGIN ")
		if i < 0 {
			return out
		}
		line, _, _ := strings.Cut(t.s[at+i:min(len(t.s), at+i+longestMark)], "\n")
		if strings.Contains(line, "KEY") {
			out = append(out, hit{span: span{at + i, at + i + len(strings.TrimRight(line, "\r "))}})
		}
		at += i + len("-----BEGIN ")
	}
}

// longestMark bounds the line with which a private key begins (RFC 7468).
const longestMark = 64

// issuers are beginnings of secrets with the least length of the whole.
var issuers = []struct {
	prefix string
	min    int
}{
	{"AKIA", 20}, {"ASIA", 20}, {"ghp_", 20}, {"gho_", 20}, {"ghs_", 20}, {"ghu_", 20}, {"github_pat_", 24}, {"glpat-", 20}, {"xoxb-", 16}, {"xoxp-", 16}, {"xapp-", 16},
	{"sk_live_", 16}, {"sk_test_", 16}, {"rk_live_", 16}, {"pk_live_", 16}, {"whsec_", 16}, {"sk-", 24}, {"AIza", 35}, {"SG.", 40}, {"npm_", 30}, {"dop_v1_", 30}, {"hvs.", 20}, {"shpat_", 30}, {"ya29.", 24},
}

func isIssued(s string) bool {
	for _, is := range issuers {
		at := strings.Index(s, is.prefix)
		if at < 0 || at > 0 && !strings.ContainsRune("=:/\"'", rune(s[at-1])) {
			continue
		}
		if v := s[at:]; len(v) >= is.min && strings.ContainsAny(v, "0123456789") && !isSample(v) {
			return true
		}
	}
	return false
}

// isJWT knows a signed token (RFC 7519): three parts, the first a JSON object.
func isJWT(s string) bool {
	at := strings.Index(s, "eyJ")
	return at >= 0 && strings.Count(s[at:], ".") == 2 && len(s)-at > 30
}

// hasPassword finds an address that carries a password (RFC 3986, 3.2.1).
func hasPassword(s string) bool {
	_, rest, ok := strings.Cut(s, "://")
	if !ok {
		return false
	}
	authority, _, _ := strings.Cut(rest, "/")
	user, _, at := strings.Cut(authority, "@")
	name, password, colon := strings.Cut(user, ":")
	return at && colon && name != "" && password != "" && !isSample(password)
}

func isBearer(name, value string) bool {
	return strings.EqualFold(name, "bearer") && len(value) >= 16 && strings.ContainsAny(value, "0123456789") && !isSample(value)
}

var secretNames = wordSet("apikey secret clientsecret secretkey accesskey secretaccesskey awssecretaccesskey privatekey password passwd pwd " +
	"token accesstoken authtoken refreshtoken sessiontoken apitoken contraseña clave passphrase")

// namedSecret finds name=value and name: value. After a colon the value must
// look made up, so that "password: reset it" is only a sentence.
func namedSecret(t *text, i int) (span, bool) {
	p := t.pieces[i]
	if cutAt := strings.IndexByte(p.s, '='); cutAt > 0 {
		for _, part := range p.parts("?&") {
			name, value, _ := strings.Cut(part.s, "=")
			if value == "" && part.end == p.end && i+1 < len(t.pieces) && t.pieces[i+1].start <= p.end+2 {
				value = t.pieces[i+1].s // a quoted value
				part.end = t.pieces[i+1].end
			}
			if isSecretName(name) && len(value) >= 4 && !isSample(value) {
				return part.span, true
			}
		}
		return span{}, false
	}
	if name, value, ok := strings.Cut(p.s, ":"); ok && isSecretName(name) && isMadeUp(value) {
		return p.span, true
	}
	next := i + 1
	if next < len(t.pieces) && t.pieces[next].s == "=" {
		next++
	}
	if next < len(t.pieces) && isSecretName(p.s) {
		value := t.pieces[next]
		gap := strings.TrimSpace(t.s[p.end:value.start])
		if (strings.HasPrefix(gap, ":") || strings.HasPrefix(gap, "=")) && !strings.Contains(gap, "\n") && isMadeUp(value.s) {
			return span{p.start, value.end}, true
		}
	}
	return span{}, false
}

// isSecretName takes "api_key", "api-key" and "API_KEY" for the same name.
func isSecretName(name string) bool {
	const longest = len("aws_secret_access_key") + 4
	if at := strings.LastIndexAny(name, "./"); at >= 0 {
		name = name[at+1:]
	}
	if len(name) < 3 || len(name) > longest {
		return false
	}
	return secretNames[strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name), "_", ""), "-", "")]
}

// isMadeUp tells a generated value from a word.
func isMadeUp(s string) bool {
	if len(s) < 8 || isSample(s) || strings.Contains(s, "://") {
		return false
	}
	return strings.ContainsAny(s, "0123456789") && strings.ContainsAny(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz")
}

// isSample knows the values of manuals.
func isSample(s string) bool {
	low := strings.ToLower(s)
	for _, mark := range []string{"your", "xxx", "example", "…", "...", "***", "redacted", "<", "$", "%"} {
		if strings.Contains(low, mark) {
			return true
		}
	}
	return strings.Trim(low, "x*.-_0") == ""
}
