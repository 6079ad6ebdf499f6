package lint

// excuses say that it was somebody else. Customers rely on us, whoever it was.
var excuses = phrases{
	"en": `beyond our control
		outside our control
		outside of our control
		out of our control
		not our fault
		no fault of our own
		act of god
		force majeure
		third party provider => supplier
		third party providers => suppliers
		third party vendor => supplier
		third party vendors => suppliers
		third party supplier => supplier
		third party service => supplier
		third party services => suppliers
		third party network => supplier's network
		third party dependency => supplier
		upstream provider => supplier
		upstream providers => suppliers
		upstream cloud provider => supplier
		upstream dependency => supplier
		external provider => supplier
		our hosting provider => our supplier
		our cloud provider => our supplier`,
	"es": `fuera de nuestro control
		ajeno a nuestro control
		ajeno a nosotros
		ajena a nosotros
		ajenas a nosotros
		ajenas a nuestra voluntad
		no es culpa nuestra
		no ha sido culpa nuestra
		no es nuestra culpa
		fuerza mayor
		proveedor externo => proveedor
		proveedores externos => proveedores
		proveedor tercero => proveedor
		un tercero => un proveedor
		de terceros => de un proveedor
		nuestro proveedor de hosting => nuestro proveedor
		nuestro proveedor de alojamiento => nuestro proveedor`,
}

// isExcuse tells whether others are named for what went wrong: "some
// third-party services work" is none.
func isExcuse(_ *judge, t *text, m match) bool {
	s := t.sentenceAt(m.first)
	h := t.matched(m)
	return h.replace == nil || t.any(s.first, s.last, troubles) >= 0
}

// troubles are words for what went wrong.
var troubles = wordSet("issue issues problem problems outage outages failure failures failed fails failing fault down incident incidents error errors disruption " +
	"interruption broke broken caused cause due because degraded degradation problema problemas fallo fallos falla fallas caída caídas incidente incidentes " +
	"incidencia incidencias error errores avería averías interrupción causado causa debido culpa provocado")
