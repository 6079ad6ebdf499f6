package lint

// secCust finds customers of the plan's list. A name of one word counts only
// as the plan writes it, or in capitals: many are ordinary words too.
func secCust(j *judge, t *text) []hit {
	some := j.sentence(t.lang, "some_customers")
	var out []hit
	for _, s := range j.customers.all(t) {
		out = append(out, hit{span: s, replace: &some})
	}
	return out
}
