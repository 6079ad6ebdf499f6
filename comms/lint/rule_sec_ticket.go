package lint

import "strings"

// secTicket finds numbers of tickets: "OPS-4312", "INC0012345".
func secTicket(_ *judge, t *text) []hit {
	var out []hit
	for _, p := range t.pieces {
		if !strings.ContainsAny(p.s, "0123456789") {
			continue
		}
		for _, part := range p.parts("/=:#'") {
			if s := strings.TrimRight(part.s, ".-_"); isTicket(s) && !coded[t.before(part.start, 1)] {
				out = append(out, hit{span: span{part.start, part.start + len(s)}, replace: leaveOut()})
			}
		}
	}
	return out
}

// trackers are prefixes that teams give their tickets; any number after them
// is one. Of other prefixes only numbers of three digits or more are.
var trackers = wordSet("INC OPS JIRA TICKET BUG SRE ENG INFRA DEVOPS CHG PRB RITM PLAT NOC SUP HELP TASK SREQ PROJ")

// notTickets are prefixes of standards, products and errors that customers know.
var notTickets = wordSet("CVE CWE GHSA RHSA USN DSA ISO IEC IEEE EN RFC ANSI NIST FIPS PCI UTF SHA AES RSA MD TLS SSL HTTP HTTPS ERROR ERR CODE " +
	"GPT COVID UTC GMT RTX GTX US EU AP UK ORA KB MS WIN INVOICE ORDER SKU BASE EC ES LTS PEP EIP ERC BEP PSD MIL")

// coded are words after which a number is the customer's business.
var coded = wordSet("error errors errores code codes código códigos model modelo flight vuelo sku standard norma order pedido invoice factura case caso ref reference referencia product producto form formulario")

func isTicket(s string) bool {
	prefix := strings.TrimRight(s, "0123456789")
	number := s[len(prefix):]
	prefix, hyphen := strings.CutSuffix(prefix, "-")
	if number == "" || len(prefix) < 2 || len(prefix) > 10 || notTickets[prefix] {
		return false
	}
	if known := trackers[strings.ToUpper(prefix)]; known && prefix == strings.ToLower(prefix) {
		return hyphen && len(number) >= 3 && !isYear(number) // typed in a hurry
	} else if known && hyphen {
		return len(number) <= 8
	} else if known {
		return len(number) >= 5
	}
	return hyphen && isUpper(prefix) && len(number) >= 3 && len(number) <= 6 && !isYear(number)
}

func isYear(s string) bool {
	return len(s) == 4 && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))
}
