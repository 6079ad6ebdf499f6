package lint

// cliches are apologies and thanks that customers have read too often: they
// cost nothing and say nothing.
var cliches = phrases{
	"en": `we apologize for any inconvenience this may have caused
		we apologise for any inconvenience this may have caused
		apologize for any inconvenience
		apologise for any inconvenience
		apologize for the inconvenience
		apologise for the inconvenience
		apologies for the inconvenience
		apologies for any inconvenience
		sorry for the inconvenience
		sorry for any inconvenience
		any inconvenience
		inconvenience caused
		thank you for your patience
		thanks for your patience
		thank you for your understanding
		thanks for your understanding
		appreciate your patience
		appreciate your understanding
		patience and understanding
		bear with us
		working hard
		working diligently
		working tirelessly
		working around the clock
		very seriously
		our top priority
		top priority for us
		our highest priority
		out of an abundance of caution
		committed to providing
		valued customers => customers`,
	"es": `disculpe las molestias
		disculpen las molestias
		disculpa las molestias
		disculpas por las molestias
		disculpas por los inconvenientes
		lamentamos las molestias
		sentimos las molestias
		perdón por las molestias
		perdonen las molestias
		rogamos disculpen
		rogamos disculpe
		las molestias ocasionadas
		las molestias causadas
		los inconvenientes ocasionados
		los inconvenientes causados
		cualquier molestia
		cualquier inconveniente
		agradecemos su paciencia
		agradecemos su comprensión
		agradecemos tu paciencia
		gracias por su paciencia
		gracias por su comprensión
		gracias por tu paciencia
		paciencia y comprensión
		trabajando intensamente
		trabajando sin descanso
		trabajamos sin descanso
		trabajando arduamente
		nos tomamos muy en serio
		máxima prioridad
		nuestra prioridad absoluta
		estimados clientes
		estimado cliente`,
}
