package plan

import "strings"

// ruleNames are the language rules that ship with the program; comms/lint has
// what they do, and its test holds the two together.
const ruleNames = `SEC-IP SEC-HOST SEC-TICKET SEC-SECRET SEC-EMAIL SEC-TRACE SEC-CODE SEC-CUST SEC-AGAIN SLOT
	PROM-ABS PROM-DATA PROM-ETA CAUSE-EARLY CAUSE-HEDGE BLAME-NAME BLAME-3P BLAME-HUMAN
	TIME-ZONE TIME-NUM TIME-VAGUE TIME-REL LINK JARGON ACR NONPLAIN LEN-SENT
	TONE-MIN TONE-CLICHE TONE-MARK TONE-FORM READ SAME-TEXT CONTRA LANG
	REQ-IMPACT REQ-COMP REQ-NEXT REQ-ACTION REQ-US REQ-DATA REQ-DUR NEXT-RANGE PHASE-ORDER LEN-CH`

// RuleNames lists the language rules whose level a plan may set, besides those
// of its own.
func RuleNames() []string { return strings.Fields(ruleNames) }
