// From a draft to the page, the feed and the inbox, as a new user does it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, holds, launch, person, phone, shoot, signIn, until, wide } from './browser.mjs'
import { fill, open, submit, words } from './incident.mjs'
import { Demo } from './service.mjs'

describe('a new user', { concurrency: false }, () => {
  let demo, browser, drafter, lead, update

  before(async () => {
    demo = await new Demo('spine').start()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    assert.equal(await demo.stop(), 0, 'Ctrl-C stops it cleanly')
  })

  test('sees a page that has a past and a future', async () => {
    const page = await person(browser)
    await page.goto(demo.page)
    await check(page, 'the page')
    await holds(page, 'h1', /Everything is working/)
    await holds(page, 'body', /Planned work on Search/)
    await holds(page, 'body', /Exports/)
    await page.goto(demo.page + '/history')
    await page.click('main a:has-text("Exports did not finish")')
    await holds(page, 'main', /What we are changing/)
    await holds(page, 'main', /No data was lost/)
    await check(page, 'an old incident')
  })

  test('writes an incident beside exactly what will go out', async () => {
    drafter = await person(browser)
    await signIn(drafter, demo, 'dana')
    update = await open(drafter, demo)
    await check(drafter, 'the empty form')
    await fill(drafter)
    await drafter.fill('[name="slots.en.impact"]', 'Requests to db-prod-03 (10.0.3.7) fail in Europe.')
    await drafter.click('.act button[value="preview"]')
    const beside = drafter.locator('[id="w-slots.en.impact"]')
    await beside.filter({ hasText: 'SEC-IP' }).waitFor()
    const finding = await beside.textContent()
    assert.match(finding, /SEC-IP/, 'a finding stands beside the words that it is about')
    assert.match(finding, /SEC-HOST/)
    await check(drafter, 'the form with findings')
    await drafter.locator('[name="slots.en.impact"]').scrollIntoViewIfNeeded()
    await shoot(drafter, 'write')
    await submit(drafter)
    await holds(drafter, '#problems', /\S/)
    await fill(drafter)
    await drafter.click('.act button[value="preview"]')
    for (const lang of ['en', 'es']) await drafter.locator('#preview').filter({ hasText: words[lang].impact }).waitFor({ state: 'attached' })
    const preview = await drafter.textContent('#preview')
    for (const lang of ['en', 'es']) assert.ok(preview.includes(words[lang].impact), `the preview shows ${lang}`)
    assert.ok((await drafter.locator('#preview section').count()) >= 10, 'every form in each language')
    await check(drafter, 'the filled form')
    await submit(drafter)
    await holds(drafter, 'main', /Inés|Carlos/)
    await check(drafter, 'after submitting')
  })

  test('cannot sign their own text', async () => {
    assert.equal(await drafter.locator('#sign').count(), 0)
    const digest = '0'.repeat(64)
    const status = await drafter.evaluate(async ({ update, digest, password }) => {
      const body = new URLSearchParams({ digest, requirement: '0', password, languages: 'en' })
      return (await fetch(update + '/sign', { method: 'POST', body })).status
    }, { update, digest, password: demo.passwords.dana })
    assert.ok(status === 403 || status === 409 || status === 422, `a forged form of the author's gave ${status}`)
    assert.ok(!(await (await fetch(demo.page)).text()).includes(words.en.headline))
  })

  test('is told by mail that a signature is asked for', async () => {
    const page = await person(browser)
    await signIn(page, demo, 'ines')
    await until(async () => {
      await page.goto(demo.desk + '/mailbox')
      return (await page.textContent('main')).includes('ines@')
    }, 5000, 'the mail to those who may sign')
    await page.context().close()
  })

  test('signs at a phone, and within a second it is out', async () => {
    lead = await person(browser, { viewport: phone })
    await signIn(lead, demo, 'ines')
    await check(lead, 'what needs me now')
    await lead.click(`a[href="${update}"]`)
    await holds(lead, '#changes', /Documents/)
    await lead.check('[name="languages"][value="en"]')
    await lead.check('[name="languages"][value="es"]')
    await check(lead, 'what awaits a signature')
    await lead.evaluate(() => scrollTo(0, 0))
    await shoot(lead, 'sign')
    await lead.fill('#sign [name="password"]', 'not the password')
    await lead.click('#sign-button')
    await lead.waitForSelector('#problems')
    await check(lead, 'after a wrong password')
    await lead.fill('#sign [name="password"]', demo.passwords.ines)
    for (const lang of ['en', 'es']) await lead.check(`[name="languages"][value="${lang}"]`)
    await lead.click('#sign-button')
    await lead.waitForSelector('.said')
    const mine = lang => async () => (await (await fetch(`${demo.page}/${lang}/`)).text()).includes(words[lang].headline)
    await Promise.all([
      until(mine('en'), 1000, 'the page'),
      until(mine('es'), 1000, 'the Spanish page'),
      until(async () => (await (await fetch(demo.page + '/feed.atom')).text()).includes(words.en.headline), 1000, 'the feed')
    ])
    await check(lead, 'after signing')
  })

  test('finds the mails of those who follow', async () => {
    const page = await person(browser)
    await signIn(page, demo, 'carlos')
    await until(async () => {
      await page.goto(demo.desk + '/mailbox')
      const list = await page.textContent('main')
      return list.includes('kim@customer.example') && list.includes(words.en.headline) && list.includes(words.es.headline)
    }, 3000, 'the mails to subscribers')
    assert.equal(await page.locator('li', { hasText: words.en.headline }).filter({ hasText: 'jo@customer.example' }).count(), 0,
      'whoever follows only exports and search gets nothing of documents')
    await page.click(`a:has-text("${words.en.headline}")`)
    await holds(page, 'main', /List-Unsubscribe-Post: List-Unsubscribe=One-Click/)
    await check(page, 'a mail')
  })

  test('sees it on the page, wide and narrow', async () => {
    for (const [name, viewport] of Object.entries({ wide, phone })) {
      const page = await person(browser, { viewport })
      await page.goto(demo.page)
      await holds(page, 'main', /Next update by/)
      await check(page, 'the page ' + name)
      await shoot(page, name === 'wide' ? 'page' : 'page-' + name)
      await page.context().close()
    }
  })

  test('leaves by the link of a mail', async () => {
    const page = await person(browser)
    await signIn(page, demo, 'ines')
    await page.goto(demo.desk + '/mailbox')
    await page.locator('li', { hasText: words.en.headline }).filter({ hasText: 'kim@' }).locator('a').click()
    const link = /http:\/\/localhost:\d+\/(?:\w\w\/)?subscriptions\/[\w.-]+/.exec(await page.textContent('main'))[0]
    await page.goto(link)
    await check(page, 'leaving')
    await page.click('#leave button')
    await holds(page, 'h1', /You will get no more mails|No recibirá más correos/)
    await check(page, 'gone')
  })

  test('holds up to a walk from nothing', () => {
    const { status, text } = demo.run('audit', 'verify')
    assert.equal(status, 0, text)
  })
})
