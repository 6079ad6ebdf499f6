package lint

// minimising says that it is not bad to somebody for whom it may be.
var minimising = phrases{
	"en": `only a small number => some
		only a few => some
		just a few => a few
		just a small => a small
		only a small => a small
		a very small => a small
		only a minor
		minor glitch => problem
		small glitch => problem
		glitch => problem
		hiccup => problem
		hiccups => problems
		blip => problem
		minor issue => problem
		minor inconvenience
		slight delay => delay
		slight delays => delays
		slight inconvenience
		small inconvenience
		little inconvenience
		simply => -
		merely => -
		nothing to worry about
		no big deal
		luckily => -
		fortunately => -`,
	"es": `solo unos pocos => algunos
		sólo unos pocos => algunos
		solamente unos pocos => algunos
		solo unas pocas => algunas
		sólo unas pocas => algunas
		tan solo => -
		tan sólo => -
		muy pocos => pocos
		apenas unos => unos
		pequeño problema => problema
		pequeño inconveniente => problema
		pequeña incidencia => incidencia
		pequeña interrupción => interrupción
		leve inconveniente => problema
		leve retraso => retraso
		ligero retraso => retraso
		ligeros retrasos => retrasos
		simplemente => -
		meramente => -
		sin importancia
		nada grave
		no hay de qué preocuparse
		afortunadamente => -
		por suerte => -`,
}
