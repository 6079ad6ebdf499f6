package lint

import "strings"

// dataClaims say that data is safe.
var dataClaims = phrases{
	"en": `no data was lost
		no data has been lost
		no data were lost
		no data is lost
		no data was affected
		no data has been affected
		no data was accessed
		no data was exposed
		no data was compromised
		no data loss
		no loss of data
		no customer data was
		no customer data has been
		no customer data is
		no user data was
		no user data has been
		no personal data was
		no personal information was
		no information was lost
		data is safe
		data are safe
		data remains safe
		data remain safe
		data is secure
		data remains secure
		data was not affected
		data is not affected
		data has not been affected
		data was never at risk
		data is not at risk
		data was not at risk
		no risk to your data
		files are safe
		information is safe`,
	"es": `no se ha perdido ningún dato
		no se perdió ningún dato
		no se han perdido datos
		no se perdieron datos
		no hay pérdida de datos
		no hubo pérdida de datos
		sin pérdida de datos
		ningún dato se ha perdido
		ningún dato se ha visto afectado
		no se ha visto afectado ningún dato
		no se vio afectado ningún dato
		no ha afectado a los datos
		no afecta a los datos
		no afecta a sus datos
		no ha afectado a sus datos
		nadie ha accedido a los datos
		nadie ha accedido a sus datos
		los datos están a salvo
		los datos están seguros
		sus datos están a salvo
		sus datos están seguros
		sus datos no corren peligro
		sus datos no corren riesgo
		los datos no corren peligro
		los datos no corren riesgo
		su información está a salvo
		su información está segura`,
}

// isUnconfirmed lets a claim through when it is over, when it is one of the
// plan's own sentences, and when it says what is being checked.
func isUnconfirmed(j *judge, t *text, m match) bool {
	if j.isOver(t) {
		return false
	}
	s := t.sentenceAt(m.first)
	if t.any(s.first, m.first-1, checking) >= 0 {
		return false
	}
	said := sameWords(t.s[s.start:s.end])
	for _, choice := range j.Plan.DataSentences {
		if own := choice.Text[t.lang]; own != "" && sameWords(strings.TrimRight(own, ".")) == said {
			return false
		}
	}
	return true
}

// checking are words of sentences that leave open what follows.
var checking = wordSet("whether if check checking confirm confirming verify verifying si comprobando confirmando verificando")
