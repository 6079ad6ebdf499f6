// Planned work is announced, prepared and signed in advance, and called off.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, holds, launch, person, phone, shoot, signIn } from './browser.mjs'
import { submit } from './incident.mjs'
import { Demo } from './service.mjs'

const hours = n => new Date(Date.now() + n * 3_600_000).toISOString().slice(0, 16)

const announcement = {
  en: { impact_future: 'Exports will pause for up to two hours.', action_customer: 'Start large exports before or after', reason: 'Large exports will take half as long' },
  es: { impact_future: 'Las exportaciones se detendrán hasta dos horas.', action_customer: 'Inicie antes o después las exportaciones grandes', reason: 'Las exportaciones grandes tardarán la mitad' }
}
const start = { en: { impact: 'Exports are paused.' }, es: { impact: 'Las exportaciones están detenidas.' } }
const end = { en: { action_customer: 'Start your export again' }, es: { action_customer: 'Inicie otra vez su exportación' } }
const cancelled = {
  en: { reason: 'We found a way that needs no interruption.', action_customer: 'You need not do anything' },
  es: { reason: 'Hemos encontrado una forma que no exige interrumpir nada.', action_customer: 'No tiene que hacer nada' }
}

async function fill (page, words) {
  for (const [lang, slots] of Object.entries(words)) {
    const fold = page.locator(`details[lang="${lang}"]`)
    if (await fold.count() && !await fold.evaluate(d => d.open)) await fold.locator('> summary').click()
    for (const [slot, text] of Object.entries(slots)) await page.fill(`[name="slots.${lang}.${slot}"]`, text)
  }
}

async function sign (page, demo, update) {
  await page.goto(demo.desk + update)
  for (const lang of ['en', 'es']) await page.check(`[name="languages"][value="${lang}"]`)
  await page.fill('#sign [name="password"]', demo.passwords.ines)
  await page.locator('#changes').scrollIntoViewIfNeeded()
  await page.click('#sign-button')
  await page.waitForURL(/said=/)
}

describe('planned work', { concurrency: false }, () => {
  let demo, browser, drafter, lead, work
  const updates = {}

  before(async () => {
    demo = await new Demo('schedule').start()
    browser = await launch()
    drafter = await person(browser)
    await signIn(drafter, demo, 'dana')
    lead = await person(browser, { viewport: phone })
    await signIn(lead, demo, 'ines')
  })
  after(async () => {
    await browser?.close()
    assert.equal(await demo.stop(), 0, 'Ctrl-C stops it cleanly')
  })

  test('gets its start and its end with its announcement', async () => {
    await drafter.goto(demo.desk + '/maintenances/new')
    await drafter.fill('[name="name"]', 'New disks')
    await drafter.check('[name="severity"]')
    await drafter.fill('[name="started_at"]', hours(48))
    await drafter.fill('[name="ended_at"]', hours(50))
    await drafter.selectOption('[name="claims.exports"]', 'maintenance')
    await drafter.click('.act button[type=submit]')
    await drafter.waitForURL(/\/updates\/[a-z0-9]{12}/)
    updates.announcement = new URL(drafter.url()).pathname
    await fill(drafter, announcement)
    await submit(drafter)
    work = await drafter.getAttribute('a[href^="/incidents/"]:has-text("Everything said")', 'href')
    await drafter.goto(demo.desk + work)
    await check(drafter, 'before the work is prepared')
    await drafter.click('#work button')
    await drafter.waitForURL(/said=prepared/)
    await holds(drafter, 'main', /Goes out/)
    await check(drafter, 'the prepared work')
    await shoot(drafter, 'schedule-incident')
    const links = await drafter.locator('.urgent a[href^="/updates/"]').evaluateAll(all => all.map(a => a.getAttribute('href')))
    assert.equal(links.length, 3)
    ;[, updates.start, updates.end] = links
  })

  test('takes no time that cannot be kept, and loses nothing that was typed', async () => {
    await drafter.goto(demo.desk + updates.start)
    await fill(drafter, start)
    await drafter.click('details.fold:has([name="publish_at"]) > summary')
    await drafter.fill('[name="publish_at"]', hours(-1))
    await submit(drafter)
    await holds(drafter, '#problems', /has passed; choose a later one/)
    assert.equal(await drafter.inputValue('[name="slots.en.impact"]'), start.en.impact)
    assert.ok(await drafter.locator('[name="publish_at"]').isVisible(), 'the field that is wrong can be seen')
    await check(drafter, 'a time in the past')
    await drafter.fill('[name="publish_at"]', hours(15 * 24))
    await submit(drafter)
    await holds(drafter, '#problems', /more than 14 days ahead/)
    await drafter.fill('[name="publish_at"]', hours(48))
    await shoot(drafter, 'schedule-write')
    await submit(drafter)
    await holds(drafter, 'main', /Goes out/)
    await drafter.goto(demo.desk + updates.end)
    await fill(drafter, end)
    await drafter.selectOption('[name="slots.result"]', 'as-planned')
    await submit(drafter)
    await holds(drafter, 'main', /After/)
  })

  test('is signed at a phone and waits for its time', async () => {
    await sign(lead, demo, updates.announcement)
    await holds(lead, '.said', /published/)
    await lead.goto(demo.desk + updates.start)
    await holds(lead, '#sign-card', /it goes out by itself/)
    await check(lead, 'a start that awaits its signature')
    await shoot(lead, 'schedule-sign')
    await sign(lead, demo, updates.start)
    await holds(lead, 'main', /Everything is signed\. It goes out by itself/)
    await check(lead, 'what is signed for its time')
    await lead.evaluate(() => scrollTo(0, 0))
    await shoot(lead, 'schedule-approved')
    await sign(lead, demo, updates.end)
    await lead.goto(demo.desk + '/')
    await holds(lead, '#approved', /has started[\s\S]*is finished/)
    await check(lead, 'the agenda')
    await lead.locator('#approved').scrollIntoViewIfNeeded()
    await shoot(lead, 'schedule-now')
    const page = await (await fetch(demo.page + work.replace('incidents', 'maintenances'))).text()
    assert.ok(page.includes(announcement.en.impact_future), 'the announcement is out')
    assert.ok(!page.includes(start.en.impact), 'the start is not')
  })

  test('is called off, and nothing more goes out', async () => {
    await drafter.goto(demo.desk + work)
    await drafter.click('.choices button[value="cancelled"]')
    await drafter.waitForURL(/\/updates\//)
    updates.cancelled = new URL(drafter.url()).pathname
    await fill(drafter, cancelled)
    await drafter.selectOption('[name="slots.again"]', 'later')
    await submit(drafter)
    await sign(lead, demo, updates.cancelled)
    for (const update of [updates.start, updates.end]) {
      await lead.goto(demo.desk + update)
      await holds(lead, 'main', /withdrawn: customers were told that this is over/)
    }
    await check(lead, 'what was to come')
    const page = await person(browser)
    await page.goto(demo.page + work.replace('incidents', 'maintenances'))
    await holds(page, 'main', /is cancelled/)
    await check(page, 'the cancelled work')
    await shoot(page, 'schedule-cancelled')
    await page.goto(demo.page)
    await holds(page, 'body', /Exports/)
    assert.ok(!(await page.textContent('body')).includes('New disks'))
    const { status, text } = demo.run('audit', 'verify')
    assert.equal(status, 0, text)
  })
})
