package lint

// fixTime finds a time by which something is promised to work again. The time
// of the next update is what customers are promised instead.
func fixTime(j *judge, t *text) []hit {
	future, mended := futures.of(t), mendings.of(t)
	if future == nil || j.isWork(t) {
		return nil
	}
	var out []hit
	for _, s := range t.sentences {
		f := t.future(s, future)
		if f < 0 || t.any(f-3, f-1, negations) >= 0 {
			continue
		}
		m := t.any(f, s.last, mended)
		if m < 0 {
			m = t.any(max(s.first, f-reach), f, mended)
		}
		if m < 0 {
			continue
		}
		first, last, ok := t.term(s, min(f, m))
		if !ok || t.isAboutNews(s, first, mended) {
			continue
		}
		out = append(out, hit{span: span{t.words[min(f, m, first)].start, t.words[max(f, m, last)].end}})
	}
	return out
}

var futures = vocabulary{
	"en": wordSet("will ll shall should expect expects expected expecting estimate estimated anticipate anticipated hope hopefully aim eta"),
	"es": wordSet("esperamos espera esperan prevemos prevé previsto prevista calculamos estimamos confiamos debería deberían vamos"),
}

var mendings = vocabulary{
	"en": wordSet("fix fixed fixes resolve resolved resolution restore restored restoration recover recovered recovery repair repaired back normal normally mitigated mitigation complete completed solved"),
	"es": wordSet("arreglo arreglado arreglada arreglar arreglaremos resuelto resuelta resolver resolveremos solución solucionado solucionada solucionar solucionaremos " +
		"restablecido restablecida restablecer restableceremos recuperado recuperada recuperación recuperar reparado normalidad normal operativo operativa funcionará funcionarán funcionando resolverá solucionará"),
}

// news are what a promised time may be about.
var news = wordSet("update updates information news report post postmortem actualización actualizaciones información novedades noticias informe informaremos")

// future is the word by which a sentence speaks of what is to come, -1 for none.
func (t *text) future(s sentence, set map[string]bool) int {
	if i := t.any(s.first, s.last, set); i >= 0 {
		return i
	}
	if base(t.lang) == "es" {
		for i := s.first; i <= s.last; i++ {
			if w := t.words[i].low; len(w) > 5 && endsIn(w, "rá", "rán", "remos") {
				return i
			}
		}
	}
	return -1
}

// term finds a time in a sentence after a word: "within 30 minutes", "by 15:00
// UTC", "by Friday, 26 June, 15:00 UTC", "en dos horas", "within the hour".
func (t *text) term(s sentence, after int) (first, last int, ok bool) {
	for i := max(after, s.first); i <= s.last; i++ {
		if end, _, ok := clock(t, i); ok {
			if from := t.any(max(s.first, i-reach), i-1, deadlines); from >= 0 {
				return from, end, true
			}
		}
		if w := t.words[i].low; days[w] && (deadlines[t.low(i-1)] || tomorrows[w]) {
			for k := i + 1; k <= min(s.last, i+reach); k++ {
				if end, _, ok := clock(t, k); ok {
					return i, end, true
				}
			}
			return i, i, true
		}
		if !units[t.words[i].low] || i == 0 {
			continue
		}
		n := t.words[i-1].low
		if !isDigits(n) && !counts[n] {
			continue
		}
		from := i - 1
		for from > s.first && (isDigits(t.low(from-1)) || counts[t.low(from-1)]) {
			from--
		}
		if !spans[t.low(from-1)] && t.low(i+1) != "ago" {
			return from, i, true
		}
	}
	return 0, 0, false
}

var (
	units     = wordSet("minute minutes min mins hour hours hr hrs day days minuto minutos hora horas día días")
	counts    = wordSet("the next few couple coming half an a one two three four five six ten fifteen twenty thirty another la las los próxima próximas próximos media una un dos tres cuatro cinco seis diez quince veinte treinta pocas pocos unas unos")
	deadlines = wordSet("by until before around about sobre antes las")
	days      = wordSet("tonight tomorrow monday tuesday wednesday thursday friday saturday sunday mañana lunes martes miércoles jueves viernes sábado domingo")
	tomorrows = wordSet("tonight tomorrow mañana")
	// spans are words before a time that has passed or is measured.
	spans = wordSet("for lasted lasting past last after every each than to of hace durante tras cada desde más de")
)

// isAboutNews tells whether the time belongs to the next update rather than to
// the fix: the word for news stands nearer to it.
func (t *text) isAboutNews(s sentence, at int, mended map[string]bool) bool {
	said, fixed := 1000, 1000
	for i := s.first; i <= s.last; i++ {
		d := max(at-i, i-at)
		if news[t.words[i].low] {
			said = min(said, d)
		}
		if mended[t.words[i].low] {
			fixed = min(fixed, d)
		}
	}
	return said <= fixed
}
