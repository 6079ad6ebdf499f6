package lint

import "strings"

// secEmail finds addresses of people. The company's support address and
// addresses of a role at its own domains are meant for customers.
func secEmail(j *judge, t *text) []hit {
	var out []hit
	for _, p := range t.pieces {
		if !strings.Contains(p.s, "@") {
			continue
		}
		for _, part := range p.parts("/=:?&'") {
			local, domain, ok := strings.Cut(part.s, "@")
			if !ok || !isLocalPart(local) || !isDomain(domain) || j.allowsEmail(local, domain) {
				continue
			}
			out = append(out, hit{span: part.span})
		}
	}
	return out
}

func isLocalPart(s string) bool {
	for _, r := range s {
		if !isWordRune(r) && !strings.ContainsRune("._%+-", r) {
			return false
		}
	}
	return s != ""
}

func isDomain(s string) bool {
	for _, r := range s {
		if !isWordRune(r) && r != '.' && r != '-' {
			return false
		}
	}
	// A package and its version ("lib@2.1.0") is no address.
	return len(s) > 1 && (s[0] < '0' || s[0] > '9')
}

// publicRoles are local parts behind which nobody in particular sits.
var publicRoles = wordSet("support help status security abuse privacy sales billing info contact soporte ayuda privacidad contacto seguridad ventas")
