package lint

// humanErrors blame a person where a system let it happen.
var humanErrors = phrases{
	"en": `human error => a mistake in how we work
		human mistake => a mistake in how we work
		operator error => a mistake in how we work
		user error
		pilot error
		employee error
		one of our engineers made a mistake
		fat finger
		fat fingered`,
	"es": `error humano => un fallo en nuestra forma de trabajar
		errores humanos => fallos en nuestra forma de trabajar
		fallo humano => un fallo en nuestra forma de trabajar
		error de un empleado
		error de un operador
		error de un técnico
		error de un compañero
		error de una persona
		error del usuario
		error de los usuarios`,
}

var (
	// persons are one person at work.
	persons = vocabulary{
		"en": wordSet("engineer developer operator employee colleague technician administrator admin contractor intern staffer"),
		"es": wordSet("ingeniero ingeniera desarrollador desarrolladora operador operadora empleado empleada compañero compañera técnico técnica administrador administradora becario becaria trabajador trabajadora"),
	}
	// mistakes are what such a person is said to have done.
	mistakes = vocabulary{
		"en": wordSet("accidentally mistakenly inadvertently wrongly erroneously deleted forgot misconfigured mistyped mistake"),
		"es": wordSet("accidentalmente erróneamente borró eliminó olvidó equivocó equivocado error descuido borrado eliminado despiste"),
	}
)

// blamePerson finds one person and what they did wrong, in one sentence and
// near each other.
func blamePerson(_ *judge, t *text) []hit {
	person, mistake := persons.of(t), mistakes.of(t)
	var out []hit
	for i := range t.words {
		if !person[t.words[i].low] {
			continue
		}
		s := t.sentenceAt(i)
		if k := t.any(i+1, min(s.last, i+4), mistake); k >= 0 {
			out = append(out, hit{span: t.span(i, k-i+1)})
		}
	}
	return out
}
