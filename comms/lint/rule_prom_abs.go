package lint

// absolutes are guarantees: nobody can keep them, and customers quote them.
var absolutes = phrases{
	"en": `never again
		never happen again
		never happens again
		will not happen again
		won't happen again
		cannot happen again
		can't happen again
		will not recur
		will never recur
		will not reoccur
		we guarantee
		is guaranteed
		are guaranteed
		guaranteed to
		we promise
		fully prevented
		100% uptime
		100% reliable
		100% available
		100% safe
		100% secure
		completely safe
		completely secure
		absolutely certain
		under no circumstances
		rest assured`,
	"es": `nunca más
		nunca jamás
		no volverá a ocurrir
		no volverá a suceder
		no volverá a pasar
		no volverá a repetirse
		no se volverá a repetir
		no se repetirá
		no ocurrirá más
		no puede volver a ocurrir
		garantizamos
		le garantizamos
		está garantizado
		está garantizada
		se lo prometemos
		le prometemos
		prometemos que
		100% seguro
		100% fiable
		100% disponible
		100 % seguro
		100 % fiable
		100 % disponible
		completamente seguro
		totalmente seguro
		bajo ningún concepto
		en ningún caso
		tenga la seguridad de`,
}

// isAbsolute lets "we cannot guarantee" through, which is the opposite.
func isAbsolute(_ *judge, t *text, m match) bool { return t.any(m.first-2, m.first-1, negations) < 0 }

// negations turn what follows them round.
var negations = wordSet("not no never cannot nor without t nunca sin ni tampoco")
