// Package links finds the addresses of a status page in the text of a product
// and judges each against the plan that the page runs on.
//
//	text ─ Scan ─► []Mention ─ Judge (a plan's catalogue) ─► Verdict
//
// A product keeps an address for years, in code that the people who write the
// plan never see. What is found here is what a customer would land on.
package links
