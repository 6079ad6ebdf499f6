// What people type in these tests.

// soon is a time in a quarter of an hour's reach, as the form's field takes it.
export function soon (minutes = 25) {
  return new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 16)
}

export const words = {
  en: {
    headline: 'Some customers cannot open documents',
    impact: 'Customers in Europe cannot open their documents.',
    who: 'about one in five customers in Europe',
    not_affected: 'Signing in and searching work.',
    action_us: 'looking at everything that changed before it',
    action_customer: 'Keep the window open, so that nothing you typed is lost'
  },
  es: {
    headline: 'Algunos clientes no pueden abrir documentos',
    impact: 'Los clientes de Europa no pueden abrir sus documentos.',
    who: 'uno de cada cinco clientes de Europa',
    not_affected: 'Entrar y buscar funciona.',
    action_us: 'revisando todo lo que cambió antes',
    action_customer: 'Deje la ventana abierta para no perder lo que escribió'
  }
}

// Opens an incident about documents; the page is then where it is written.
export async function open (page, demo, name = 'Documents do not open', severity = 'major') {
  await page.goto(demo.desk + '/incidents/new')
  await page.fill('[name="name"]', name)
  await page.check(`[name="severity"][value="${severity}"]`)
  await page.selectOption('[name="claims.documents"]', 'major')
  await page.click('.act button[type=submit]')
  await page.waitForURL(/\/updates\/[a-z0-9]{12}/)
  return new URL(page.url()).pathname
}

// Fills the slots in each language.
export async function fill (page, langs = ['en', 'es']) {
  for (const lang of langs) {
    const fold = page.locator(`details[lang="${lang}"]`)
    if (await fold.count() && !await fold.evaluate(d => d.open)) await fold.locator('> summary').click()
    for (const [slot, text] of Object.entries(words[lang])) await page.fill(`[name="slots.${lang}.${slot}"]`, text)
  }
  await page.fill('[name="slots.next_update"]', soon())
}

// Asks for the signatures. The page's script saves first, and then goes on to
// the next page.
export async function submit (page) {
  const next = page.waitForEvent('domcontentloaded')
  await page.click('button[formaction$="/submit"]')
  await next
  await page.waitForLoadState()
}
