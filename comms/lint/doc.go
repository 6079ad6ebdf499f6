// Package lint judges words before customers see them: it takes a rendered
// message, the draft that it came from and the plan in force, and returns
// findings as data. It decides nothing: a report is bound to the digest of the
// message that it judged, and signoff refuses a message whose own report has a
// finding that blocks.
//
// There are two sorts of rule. A rule on words looks at one text at a time; it
// sees the words that were typed into each slot and every form that would go
// out, so that nothing escapes through a template. What was already shown
// beside a slot is not repeated for the forms that the slot ends up in. A rule
// on the message looks at slots, times and phases.
//
// All rules on words share one pass that cuts a text into words and pieces.
// They compare tokens rather than run patterns over the text: a word inside
// another word is no hit, and the cost stays in proportion to the text.
//
// Names that belong to the company (products, components, what the plan
// allows) are never a finding of the rules on words that guard secrets or
// explain jargon.
package lint
