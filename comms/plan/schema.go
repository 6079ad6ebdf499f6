package plan

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/brand"
)

// Schema is the JSON Schema (draft 2020-12) of a plan's file, so that editors
// complete keys and mark what cannot be. A plan may be divided over files, so
// no key of a file is required; what the whole needs, and everything that
// depends on another place, is said by Read and Check.
func Schema() []byte {
	text, err := json.MarshalIndent(fileSchema(), "", "  ")
	if err != nil {
		panic(fmt.Sprintf("the schema of the plan is not JSON: %v", err)) // it is made of maps and strings alone
	}
	return append(text, '\n')
}

// node is a JSON Schema, or a part of one.
type node map[string]any

func fileSchema() node {
	keys := node{}
	for key, n := range topSchemas() {
		keys[key] = n
	}
	return node{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                "Communications plan",
		"description":          "A file of a Countersign communications plan. All files of the folder together are the plan.",
		"type":                 "object",
		"properties":           keys,
		"additionalProperties": false,
		"$defs": node{
			"words": node{
				"description": "The same text in each language of the plan.", "type": "object", "minProperties": 1,
				"propertyNames": node{"pattern": langPattern.String()}, "additionalProperties": node{"type": "string", "minLength": 1},
			},
			"id":           node{"description": "Lower-case letters, digits and hyphens.", "type": "string", "maxLength": 64, "pattern": namePattern.String()},
			"duration":     node{"description": "Hours and minutes: 15m, 1h30m, 72h.", "type": "string", "pattern": `^([0-9]+h)?([0-9]+m)?$`, "minLength": 2},
			"reminders":    remindersSchema(),
			"requirements": requirementsSchema(),
			"slot":         slotSchema(),
			"sentences":    list("Texts that may be chosen by a key.", closed("", need("key", ref("id")), need("text", ref("words")))),
		},
	}
}

func topSchemas() map[string]node {
	return map[string]node{
		"organisation": organisationSchema(),
		"texts": closed("The page's own words.",
			need("title", describe("Of the page and the feeds.", ref("words"))), may("about", describe("One sentence under the title.", ref("words"))),
			may("footer", describe("Last words of the page and of every mail.", ref("words"))),
			need("sender", describe("The name that mails come from.", ref("words"))),
			need("all_well", describe("The sentence when everything works.", ref("words")))),
		"groups": list("Headings with components under them, in the page's order.", closed("",
			need("id", ref("id")), need("name", ref("words")),
			need("components", list("What customers know by name.", closed("",
				need("id", ref("id")), need("name", ref("words")), may("description", ref("words"))))))),
		"states":       labelSchema("What each state of a component is called.", comms.States()),
		"phases":       labelSchema("What each phase is called.", comms.Phases()),
		"show_overdue": node{"description": "Whether the page says so when a promised update is late; it does unless this is false.", "type": "boolean"},
		"logo":         describe("The company's picture, a PNG or WebP file in base64; beside the files lies logo.png or logo.webp instead.", node{"type": "string", "minLength": 1}),
		"accent": node{"description": "The colour of links: one, or one for each look of the page.", "oneOf": []any{
			colourSchema(), closed("", need("light", colourSchema()), need("dark", colourSchema())),
		}},
		"people": list("The roster.", closed("",
			need("id", ref("id")), need("name", text(80)), need("email", text(254)), may("lang", describe("Of the desk for this person.", text(20))),
			may("phone", node{"type": "string", "pattern": phonePattern.String()}), may("chat", text(80)))),
		"roles": list("Who holds which role, and who stands in.", closed("",
			need("id", ref("id")), need("name", ref("words")), may("holders", list("People by their id.", ref("id"))), may("stand_ins", list("People by their id.", ref("id"))),
			may("hours", closed("When the holders come first; outside of them the stand-ins do.",
				need("days", list("Of the week.", enum(weekdays...))), need("from", clockSchema()), need("to", clockSchema()))))),
		"links": list("Where products lead customers when something does not work: /go/KEY.", closed("",
			need("key", describe("What the product's address ends with.", node{"type": "string", "pattern": "^[a-z0-9-]{1,64}$"})),
			may("former", list("Keys that it had before and that products still use.", node{"type": "string", "pattern": "^[a-z0-9-]{1,64}$"})),
			need("title", describe("What the customer was doing.", ref("words"))), need("components", list("Components by their id.", ref("id"))),
			need("try", list("What a customer can try while nothing is known.", ref("words"))), may("help", describe("A page of your own about it.", text(500))))),
		"templates": list("The shared words of one moment, with slots for what differs.", templateSchema()),
		"slots":     list("Slots that several templates name.", ref("slot")),
		"severities": list("How bad an incident is, and what that promises customers.", closed("",
			need("id", ref("id")), need("name", ref("words")), need("meaning", describe("In a customer's words.", ref("words"))),
			need("kind", enum(comms.KindIncident, comms.KindMaintenance)),
			need("first_update", describe("From the start; for maintenance the notice.", ref("duration"))), may("every", describe("Between updates.", ref("duration"))),
			may("long_after", describe("When long-incident mode may begin.", ref("duration"))), may("long_every", describe("Between updates in long-incident mode.", ref("duration"))),
			may("reminders", describe("Where they differ from the plan's.", ref("reminders"))),
			may("warnings", describe("What becomes of warnings of the language rules that still stand at submission: keep lists them for the review and holds nobody up (the default), ask has whoever submits say why.", enum(AskWarnings, KeepWarnings))),
			may("urgent", node{"description": "Its mails always go out, and at once.", "type": "boolean"}),
			may("approvals", describe("Who signs, unless it stands under the top-level key approvals.", ref("requirements"))),
			may("data", node{"description": "About customers' data: no holding statement is ever made of it.", "type": "boolean"}))),
		"approvals": node{"description": "Who signs for each severity.", "type": "object", "propertyNames": node{"pattern": namePattern.String()}, "additionalProperties": ref("requirements")},
		"postmortem": closed("The public report on an incident that is over.",
			may("working_days", describe("After customers were told of the end, Monday to Friday in the organisation's time zone; the report is promised by the end of the last one.", node{"type": "integer", "minimum": 1, "maximum": mostDays})),
			may("severities", list("That owe one; all incidents unless named.", ref("id"))),
			need("approvals", describe("Besides those of the incident's severity.", ref("requirements")))),
		"channels": closed("What goes out beside the page and the feeds.", need("mail", closed("",
			may("severities", list("Whose updates go out by mail; all unless named.", ref("id"))),
			may("quiet", closed("Hours in which mails wait.", need("from", clockSchema()), need("to", clockSchema()), need("severities", list("Whose mails wait.", ref("id")))))))),
		"drills": closed("How often the team practises.",
			need("every_days", node{"type": "integer", "minimum": 1, "maximum": mostDays}), need("roles", list("Who takes part.", ref("id")))),
		"transitions":    transitionsSchema(),
		"approval_life":  describe("How long a signature counts.", ref("duration")),
		"reminders":      ref("reminders"),
		"quorums":        quorumsSchema(),
		"glossary":       glossarySchema(),
		"rules":          node{"description": "Language rules set otherwise than by default.", "type": "object", "propertyNames": node{"pattern": rulePattern.String()}, "additionalProperties": enum(Block, Warn, Off)},
		"own_rules":      list("Language rules that the plan adds, with texts that show what they find.", ownRuleSchema()),
		"readability":    node{"description": "How easily texts must read, from 0 (hard) to 100 (easy): Flesch in English, Fernández Huerta in Spanish.", "type": "object", "propertyNames": node{"pattern": langPattern.String()}, "additionalProperties": node{"type": "integer", "minimum": 0, "maximum": 100}},
		"allow":          list("Words that no rule of the kinds JARGON and SEC complains of.", text(80)),
		"values":         list("Three to six sentences that decide doubtful cases.", ref("words")),
		"data_sentences": describe("What may be said of customers' data.", ref("sentences")),
		"signals":        list("What alerts of the monitoring mean to customers; the first that matches an alert counts.", signalSchema()),
		"holding":        holdingSchema(),
	}
}

func organisationSchema() node {
	return closed("Who speaks, in which languages, and whose names may be said.",
		need("name", text(80)), need("page", describe("Address of the public page, without a slash at the end.", text(500))),
		need("support", closed("Where customers get help.", need("url", text(500)), need("email", text(254)))),
		need("time_zone", describe("Its name in the tz database.", text(64))),
		need("languages", closed("", need("source", describe("Everything is written in it first.", text(20))),
			may("required", list("Nothing goes out without these.", text(20))), may("optional", list("Shown in the source language where missing.", text(20))))),
		may("products", list("Own names, never a finding.", text(80))), may("suppliers", list("Suppliers that may be named.", text(80))),
		may("customers", list("Customer names that never go out.", text(80))), may("domains", list("Hosts that links and texts may name.", text(253))))
}

func templateSchema() node {
	return closed("",
		need("id", ref("id")), need("name", ref("words")), may("message", enum(comms.MessageUpdate, comms.MessageCorrection)),
		may("phase", describe("Corrections have none.", enum(comms.Phases()...))),
		may("after", list("Where the incident must stand before; anywhere unless named.", enum(comms.Phases()...))), may("severities", list("All of the phase's kind unless named.", ref("id"))),
		may("holding", node{"description": "May be approved in advance.", "type": "boolean"}),
		need("slots", list("By the name of a shared slot, or written out.", node{"oneOf": []any{node{"type": "string"}, ref("slot")}})),
		need("forms", node{
			"description": "The words in each language; {slot} is replaced, a sentence with an empty {slot?} disappears.", "type": "object",
			"propertyNames": node{"pattern": langPattern.String()},
			"additionalProperties": closed("",
				need("title", text(200)), may("subject", describe("Of the mail; the title unless given.", text(200))), need("body", describe("Markdown.", text(8000))),
				need("short", describe("At most 280 characters when filled.", text(500))), need("support", describe("What support answers.", text(3000))),
				need("in_product", describe("One line inside the product.", text(300)))),
		}))
}

func slotSchema() node {
	var kinds []SlotType
	var from []string
	for _, t := range slotTypes {
		kinds = append(kinds, t.kind)
		for _, f := range t.from {
			if f != "" && !slices.Contains(from, f) {
				from = append(from, f)
			}
		}
	}
	count := func(most int) node { return node{"type": "integer", "minimum": 0, "maximum": most} }
	return closed("A gap in a template.",
		need("name", node{"type": "string", "maxLength": 40, "pattern": slotPattern.String()}), need("type", enum(kinds...)),
		may("label", describe("The question that the drafter reads.", ref("words"))), may("help", ref("words")),
		may("required", node{"type": "boolean"}), may("min", count(longestSlot)), may("max", count(longestSlot)), may("lines", count(20)),
		may("from", describe("Filled from the incident instead of the keyboard.", enum(from...))),
		may("options", describe("Of a choice.", ref("sentences"))))
}

func signalSchema() node {
	byLabel := func(about string) node {
		return node{"description": about, "type": "object", "propertyNames": node{"pattern": labelPattern.String()}, "additionalProperties": text(longestPattern)}
	}
	return closed("",
		may("labels", byLabel("Labels and their exact values.")), may("patterns", byLabel("Labels and RE2 that match the whole value.")),
		may("ignore", node{"description": "Such alerts are nothing for customers.", "type": "boolean"}),
		may("components", node{"description": "What customers see of each component.", "type": "object", "minProperties": 1, "additionalProperties": enum(Troubled()...)}),
		may("severity", ref("id")), may("template", describe("Of the first draft; without it the first that fits.", ref("id"))))
}

func remindersSchema() node {
	percent := func(about string) node {
		return node{"description": about, "type": "integer", "minimum": 1, "maximum": 99}
	}
	return closed("When whom to remind of a promise, in percent of the time to it; each later than the one before.",
		may("remind", percent("Whoever must act.")), may("stand_in", percent("The next in line.")), may("everyone", percent("Everybody who could act.")))
}

func ownRuleSchema() node {
	return closed("",
		need("id", node{"description": "Begins with OWN-, as in OWN-REFUND.", "type": "string", "maxLength": 40, "pattern": "^" + ownPrefix + "[A-Z0-9]+(-[A-Z0-9]+)*$"}),
		may("level", describe("warn unless given.", enum(Block, Warn))), may("lang", describe("Every language unless given.", text(20))),
		may("terms", list("Found as words, with their plurals and verb forms.", text(80))), may("patterns", list("RE2.", text(longestPattern))),
		need("message", describe("What is wrong and what to do.", ref("words"))),
		may("replace", node{"description": "What could stand instead; empty: leave it out.", "type": "string", "maxLength": 160}),
		may("phases", list("All phases unless given.", enum(comms.Phases()...))),
		may("found", list("Texts that it must find.", text(500))), may("not_found", list("Texts that it must not find.", text(500))))
}

func holdingSchema() node {
	states := func(about string) node {
		n := list(about, enum(Troubled()...))
		n["minItems"] = 1
		return n
	}
	return closed("First words that a quorum approves in advance.",
		need("approvals", describe("Who approves a statement in advance.", ref("requirements"))),
		need("statements", list("", closed("",
			need("id", ref("id")), need("template", describe("One with holding: true.", ref("id"))), need("severities", list("Of incidents, and none about customers' data.", ref("id"))),
			may("states", states("What may be said of every component of the page.")),
			may("components", node{"description": "What may be said of which component; of no others then.", "type": "object", "minProperties": 1, "additionalProperties": states("")}),
			need("publishers", list("Roles whose holders may publish it.", ref("id"))), need("lasts", describe("How long an approval of it holds.", ref("duration"))),
			may("by_itself", list("Severities for which it goes out by itself when the first update is due.", ref("id")))))))
}

func requirementsSchema() node {
	n := list("One signature each, by distinct people.", closed("",
		need("kind", enum(Facts, Wording, Legal, Any)), need("roles", list("Who may give it.", ref("id")))))
	n["minItems"], n["maxItems"] = 1, 5
	return n
}

func transitionsSchema() node {
	steps := []member{need(start, list("The first phases.", enum(comms.Phases()...)))}
	for _, p := range comms.Phases() {
		steps = append(steps, may(string(p), list("The phases that may follow.", enum(comms.Phases()...))))
	}
	return closed("Which phase may follow which.", steps...)
}

func quorumsSchema() node {
	var parts []member
	for _, p := range Parts() {
		parts = append(parts, need(string(p), ref("requirements")))
	}
	return closed("Who signs changes of each part of the plan.", parts...)
}

func glossarySchema() node {
	terms := list("", closed("", need("lang", text(20)), need("term", text(80)), may("plain", describe("What to say instead; empty: leave it out.", text(160))), may("note", text(200))))
	return node{"description": "Terms that customers need not know.", "oneOf": []any{
		node{"const": builtin}, terms, closed("", may("base", node{"const": builtin}), need("terms", terms)),
	}}
}

func labelSchema[T ~string](about string, known []T) node {
	var fields []member
	for _, k := range known {
		fields = append(fields, need(string(k), ref("words")))
	}
	return closed(about, fields...)
}

func clockSchema() node {
	return node{"description": "Hour and minute in the organisation's time zone.", "type": "string", "pattern": clockPattern.String()}
}

func colourSchema() node {
	return node{"type": "string", "pattern": brand.Pattern}
}

// member is a key of a mapping.
type member struct {
	name     string
	schema   node
	required bool
}

func need(name string, n node) member { return member{name, n, true} }
func may(name string, n node) member  { return member{name, n, false} }

// closed is a mapping with these keys and no others.
func closed(about string, fields ...member) node {
	keys, required := node{}, []string{}
	for _, f := range fields {
		keys[f.name] = f.schema
		if f.required {
			required = append(required, f.name)
		}
	}
	return describe(about, node{"type": "object", "properties": keys, "required": required, "additionalProperties": false})
}

func list(about string, item node) node { return describe(about, node{"type": "array", "items": item}) }

func text(most int) node { return node{"type": "string", "minLength": 1, "maxLength": most} }

func ref(name string) node { return node{"$ref": "#/$defs/" + name} }

func enum[T ~string](known ...T) node { return node{"type": "string", "enum": texts(known)} }

func describe(about string, n node) node {
	if about != "" {
		n["description"] = about
	}
	return n
}
