package lint

import "github.com/countersign/countersign/comms"

// formOfAddress finds tú in a text that says usted elsewhere, and the other
// way round where tú is what most of it says.
func formOfAddress(j *judge, t *text) []hit {
	if base(t.lang) != "es" {
		return nil
	}
	familiar, formal := t.addressed()
	if len(familiar) == 0 {
		return nil
	}
	if len(formal) == 0 && !j.isFormal(t.lang) {
		return nil
	}
	if len(familiar) > len(formal) && !j.isFormal(t.lang) {
		return formHits(t, formal, "TONE-FORM.formal", toFamiliar)
	}
	return formHits(t, familiar, "", toFormal)
}

func formHits(t *text, at []int, reason string, other map[string]string) []hit {
	var out []hit
	for _, i := range at {
		h := hit{span: t.words[i].span, reason: reason}
		if instead, ok := other[t.words[i].low]; ok {
			h.replace = t.likeWritten(i, instead)
		}
		out = append(out, h)
	}
	return out
}

// addressed lists the words that say tú, and those that say usted. Words that
// could be about somebody else ("su", "puede") count for neither; quoted words
// are not the company's.
func (t *text) addressed() (familiar, formal []int) {
	quoted := t.quotes()
	for i, w := range t.words {
		_, isTu := toFormal[w.low]
		_, isUsted := toFamiliar[w.low]
		if (isTu || isUsted) && !anyWithin(w.span, quoted) {
			if isTu {
				familiar = append(familiar, i)
			} else {
				formal = append(formal, i)
			}
		}
	}
	return familiar, formal
}

// isFormal tells whether the message says usted in a form, whoever wrote it:
// the plan's own words set the tone.
func (j *judge) isFormal(lang comms.Lang) bool {
	formal, ok := j.formal[lang]
	if !ok {
		f := j.Message.Forms[lang]
		for _, s := range []string{f.Text, f.Support} {
			_, said := cut(lang, s).addressed()
			formal = formal || len(said) > 0
		}
		j.formal[lang] = formal
	}
	return formal
}

// toFormal and toFamiliar pair words that can only be meant in one form.
var toFormal = map[string]string{
	"tú": "usted", "tu": "su", "tus": "sus", "te": "le", "ti": "usted", "contigo": "con usted", "tuyo": "suyo", "tuya": "suya",
	"puedes": "puede", "podrás": "podrá", "podrías": "podría", "tienes": "tiene", "tendrás": "tendrá", "debes": "debe", "deberás": "deberá", "deberías": "debería",
	"necesitas": "necesita", "quieres": "quiere", "sabes": "sabe", "ves": "ve", "haz": "haga", "estás": "está", "recibirás": "recibirá", "verás": "verá",
	"inténtalo": "inténtelo", "escríbenos": "escríbanos", "contáctanos": "contáctenos", "asegúrate": "asegúrese", "usas": "usa", "utilizas": "utiliza",
}

var toFamiliar = map[string]string{
	"usted": "tú", "ustedes": "vosotros", "inténtelo": "inténtalo", "inténtenlo": "inténtalo", "escríbanos": "escríbenos", "contáctenos": "contáctanos", "asegúrese": "asegúrate",
	"intente": "intenta", "pruebe": "prueba", "espere": "espera", "reinicie": "reinicia", "compruebe": "comprueba", "actualice": "actualiza", "consulte": "consulta",
	"contacte": "contacta", "escriba": "escribe", "vuelva": "vuelve", "haga": "haz", "disculpe": "disculpa", "guarde": "guarda", "revise": "revisa",
}
