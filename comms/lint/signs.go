package lint

import "github.com/countersign/countersign/comms"

// Signs are phrases that are no finding of their own: they tell where an
// incident stands when there is no message that says so.
const (
	signOver    Rule = "over"    // it is said to have ended
	signOpen    Rule = "open"    // it is said to go on
	signWork    Rule = "work"    // it is about planned work
	signUnknown Rule = "unknown" // the cause is said to be unknown
)

var signs = map[Rule]phrases{
	signHere: clickHere,
	signAll:  scopes[signAll],
	signSome: scopes[signSome],
	signOver: {
		"en": `has been resolved
			have been resolved
			is resolved
			is now resolved
			was resolved
			were resolved
			is over
			has ended
			is fixed
			has been fixed
			was fixed
			has recovered
			have recovered
			fully recovered
			has been restored
			was restored
			were restored
			has been mitigated
			was mitigated
			mitigated the incident
			mitigated this
			have now resolved
			operating normally
			working normally again
			has been completed
			incident end`,
		"es": `se ha resuelto
			ha sido resuelto
			está resuelto
			ya está resuelto
			quedó resuelto
			fue resuelto
			se resolvió
			ha terminado
			terminó
			se ha solucionado
			está solucionado
			fue solucionado
			se solucionó
			se ha restablecido
			se restableció
			ha vuelto a la normalidad
			funciona con normalidad
			ya funciona`,
	},
	signOpen: {
		"en": `investigating
			are looking into
			are looking for the cause
			continue to investigate
			continues to investigate
			continuing to investigate
			investigation continues
			still looking
			find the cause
			finding the cause`,
		"es": `investigando
			estamos revisando
			lo estamos revisando
			buscando la causa
			buscamos la causa
			seguimos investigando
			encontrar la causa
			estamos analizando`,
	},
	signWork: {
		"en": `maintenance
			planned work
			scheduled work`,
		"es": `mantenimiento
			trabajos programados
			trabajo programado
			trabajos planificados`,
	},
	signUnknown: {
		"en": `do not know what caused
			do not yet know what caused
			don't know what caused
			do not yet know why
			cause is not known
			cause is not yet known
			cause is unknown
			cause is still unknown
			has not been confirmed
			have not confirmed`,
		"es": `no sabemos qué
			no sabemos por qué
			todavía no sabemos
			aún no sabemos
			no se conoce la causa
			la causa no se conoce
			se desconoce la causa
			no hemos confirmado
			sin confirmar`,
	},
}

// isOver tells whether what a text is about has ended, by the message's phase
// or, without one, by what the text says.
func (j *judge) isOver(t *text) bool {
	if i := j.Message.Incident; i != nil {
		return i.Phase.Closed()
	}
	return t.has(signOver)
}

// isWork tells whether a text is about planned work.
func (j *judge) isWork(t *text) bool {
	if i := j.Message.Incident; i != nil {
		return i.Kind == comms.KindMaintenance
	}
	return t != nil && t.has(signWork)
}
