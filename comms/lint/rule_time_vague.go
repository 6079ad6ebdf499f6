package lint

// vague are words that stand where a time belongs.
var vague = phrases{
	"en": `soon
		shortly
		momentarily
		as soon as possible
		as soon as we can
		as soon as we are able
		as quickly as possible
		at the earliest
		asap
		in due course
		in a while
		in the near future
		in the coming hours
		in the coming days
		in the next few minutes
		in the next few hours
		over the next few hours
		over the coming hours
		over the coming hour
		at a later time`,
	"es": `pronto
		en breve
		brevemente
		próximamente
		a la brevedad
		a la mayor brevedad
		a la mayor brevedad posible
		lo antes posible
		lo más pronto posible
		tan pronto como sea posible
		en cuanto sea posible
		cuanto antes
		en el menor tiempo posible
		en las próximas horas
		en los próximos minutos
		en los próximos días
		dentro de poco
		en un rato
		a su debido tiempo
		más adelante
		de inmediato`,
}

// isVague lets "as soon as it works" through, which says when, and "how soon".
func isVague(_ *judge, t *text, m match) bool {
	if m.n > 1 {
		return true
	}
	switch t.words[m.first].low {
	case "soon":
		return t.low(m.first+1) != "as" && t.low(m.first-1) != "how" && t.low(m.first-1) != "too"
	case "shortly":
		return t.low(m.first+1) != "after" && t.low(m.first+1) != "before"
	case "pronto":
		return t.low(m.first-1) != "tan" && t.low(m.first-1) != "de"
	}
	return true
}
