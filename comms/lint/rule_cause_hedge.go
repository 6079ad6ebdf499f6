package lint

// hedges are words of people who guess.
var hedges = phrases{
	"en": `probably
		possibly
		perhaps
		likely
		presumably
		apparently
		seems
		seem
		appears
		appear
		we think
		we believe
		we suspect
		suspected
		may have been
		might have been
		could have been
		may be due
		might be due
		could be due`,
	"es": `probablemente
		posiblemente
		seguramente
		quizá
		quizás
		tal vez
		parece
		parecen
		al parecer
		creemos
		pensamos
		sospechamos
		suponemos
		podría deberse
		puede deberse
		podría ser
		puede que
		es posible que
		pudo ser
		podría haber sido`,
}

// causeWords speak of why it happened, not of what it does to customers.
var causeWords = vocabulary{
	"en": wordSet("caused because due root triggered"),
	"es": wordSet("causado causada causados causadas debido deberse debe causa provocado provocada origen culpa"),
}

// reach is how many words may stand between a guess and the cause.
const reach = 8

// isGuess tells whether the guess is about a cause in its sentence. A cause
// that was found, and one that is still looked for, is no guess.
func isGuess(_ *judge, t *text, m match) bool {
	s := t.sentenceAt(m.first)
	if t.within(s, signUnknown) || t.low(m.first-1) == "not" || t.low(m.first-1) == "no" {
		return false
	}
	return t.any(max(s.first, m.first-reach), min(s.last, m.first+m.n-1+reach), causeWords.of(t)) >= 0
}
