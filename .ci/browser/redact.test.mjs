// A name that must not be public went out. It goes again: from the page, the
// feeds, the desk and the database, with the signature of somebody else.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { check, holds, launch, person, phone, shoot, signIn, until } from './browser.mjs'
import { fill, open, submit, words } from './incident.mjs'
import { Demo } from './service.mjs'

const marker = 'Zanzibar'
const reason = { en: 'The text named a customer.', es: 'El texto nombraba a un cliente.' }

describe('words that must not be public', { concurrency: false }, () => {
  let demo, browser, drafter, lead, update, redaction

  before(async () => {
    demo = await new Demo('redact').start()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    assert.equal(await demo.stop(), 0)
  })

  const text = async path => (await fetch(demo.page + path)).text()
  const inDatabase = () => readdirSync(demo.dir).filter(f => f.startsWith('countersign.db'))
    .some(f => readFileSync(join(demo.dir, f)).includes(marker))

  async function sign (page, path) {
    await page.goto(demo.desk + path)
    for (const lang of ['en', 'es']) await page.check(`[name="languages"][value="${lang}"]`)
    await page.fill('#sign [name="password"]', demo.passwords.ines)
    await page.locator('#changes').scrollIntoViewIfNeeded()
    await page.click('#sign-button:not([aria-disabled])')
    await page.waitForSelector('.said')
  }

  test('go out by mistake', async () => {
    drafter = await person(browser)
    await signIn(drafter, demo, 'dana')
    update = await open(drafter, demo)
    await fill(drafter)
    await drafter.fill('[name="slots.en.impact"]', `People at ${marker} cannot open their documents.`)
    await drafter.fill('[name="slots.es.impact"]', `Las personas de ${marker} no pueden abrir sus documentos.`)
    await submit(drafter)
    lead = await person(browser, { viewport: phone })
    await signIn(lead, demo, 'ines')
    await sign(lead, update)
    await until(async () => (await text('/')).includes(marker) && (await text('/feed.rss')).includes(marker), 2000, 'the page and the feed')
    assert.ok(inDatabase(), 'the database has the words: else this proves nothing')
  })

  test('are asked to go, with a reason', async () => {
    await drafter.goto(demo.desk + update)
    await drafter.click('main a[href^="/incidents/"]')
    await drafter.click('button[formaction$="/redactions"]')
    await drafter.waitForURL(/\/updates\/[a-z0-9]{12}/)
    redaction = new URL(drafter.url()).pathname
    await holds(drafter, '#warning', /Mails that were sent/)
    await holds(drafter, 'main', new RegExp(marker))
    await check(drafter, 'the empty form')
    await submit(drafter)
    await holds(drafter, '#problems', /Say why/)
    await drafter.fill('[name="slots.en.reason"]', 'The text named the host db-prod-03.')
    await drafter.fill('[name="slots.es.reason"]', reason.es)
    await submit(drafter)
    await holds(drafter, '[id="w-slots.en.reason"]', /SEC-HOST/)
    await drafter.fill('[name="slots.en.reason"]', reason.en)
    await drafter.click('.act button[value="preview"]')
    await drafter.locator('#preview').filter({ hasText: reason.en }).waitFor()
    await holds(drafter, '#preview', /These words were removed on .*Why: The text named a customer\./s)
    assert.equal(await drafter.locator('#problems').count(), 0, 'what was wrong is mended')
    await check(drafter, 'the filled form')
    await shoot(drafter, 'redact')
    await submit(drafter)
    await holds(drafter, 'main', /Inés|Carlos/)
    assert.equal(await drafter.locator('#sign').count(), 0, 'nobody signs what they wrote')
    assert.ok((await text('/')).includes(marker), 'nothing goes before the signature')
  })

  test('go with a signature, from everywhere', async () => {
    await lead.goto(demo.desk + redaction)
    await holds(lead, 'main', new RegExp(marker))
    await check(lead, 'what awaits a signature')
    await shoot(lead, 'redact-sign')
    await sign(lead, redaction)
    await until(async () => !(await text('/')).includes(marker), 1000, 'the page')
    await check(lead, 'after signing')
    const incident = /\/en(\/incidents\/[a-z0-9]{12})"[^>]*>[^<]*<\/a><\/h2>/.exec(await text('/en/'))[1]
    for (const path of ['/en/', '/es/', '/feed.atom', '/es/feed.rss', '/feed.json', '/history', '/en' + incident, '/es' + incident,
      incident + '.json', '/api/v2/summary.json', '/es/api/v2/incidents.json', '/history.atom', '/es/history.rss', '/history.json']) {
      const body = await text(path)
      assert.ok(!body.includes(marker), path + ' has the words still')
      if (!path.includes('history')) assert.ok(body.includes(path.includes('es/') ? reason.es : reason.en), path + ' says why')
    }
    assert.ok(!inDatabase(), 'the database has the words still')
    assert.match(demo.run('audit', 'verify').text, /Everything holds/)
  })

  test('leave their place, state and time behind', async () => {
    const page = await person(browser, { viewport: phone })
    await page.goto(demo.page)
    await holds(page, 'h1', /Documents cannot be used/)
    await holds(page, 'main', /These words were removed on/)
    await check(page, 'the page')
    await shoot(page, 'page-redacted')
    await page.click('h2 a')
    await holds(page, 'main', /Publication \d+ · \S+ · removed by publication \d+/)
    await check(page, 'the incident')
    await page.context().close()
  })

  test('are gone from the desk, and the next update goes on', async () => {
    await drafter.goto(demo.desk + update)
    await holds(drafter, '.said', /removed by publication/)
    assert.ok(!(await drafter.content()).includes(marker))
    await check(drafter, 'the update at the desk')
    await drafter.click('main a[href^="/incidents/"]')
    assert.ok(!(await drafter.content()).includes(marker))
    await check(drafter, 'the incident at the desk')
    await shoot(drafter, 'desk-redacted')
    await drafter.click('button[name="phase"][value="identified"]')
    await drafter.waitForURL(/\/updates\/[a-z0-9]{12}/)
    assert.equal(await drafter.inputValue('[name="claims.documents"]'), 'major')
    assert.ok(!(await drafter.content()).includes(words.en.headline))
  })
})
