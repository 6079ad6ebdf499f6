// What products lead to: the page behind a key, the data behind it, and the
// words of the README's snippet inside a product on another origin.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { check, holds, launch, person, phone, shoot, signIn, until, wide } from './browser.mjs'
import { fill, open, submit, words } from './incident.mjs'
import { Demo } from './service.mjs'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const snippet = /```html\n(<p id="trouble"[\s\S]*?)```/.exec(readme)[1]

// A product whose page holds nothing but the snippet, led to a status page.
function product (status) {
  const page = snippet.replaceAll('https://status.example.com', status).replaceAll('go/sign-in', 'go/documents')
  const server = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html; charset=utf-8')
    answer.end(`<!doctype html><html lang="en"><title>Product</title><link rel="icon" href="data:,"><main><h1>Product</h1>${page}</main></html>`)
  })
  return new Promise(resolve => server.listen(0, 'localhost', () => resolve({ server, address: `http://localhost:${server.address().port}/` })))
}

describe('in-product links', { concurrency: false }, () => {
  let demo, browser, servers

  before(async () => {
    demo = await new Demo('links').start()
    browser = await launch()
    servers = []
  })
  after(async () => {
    await browser?.close()
    servers?.forEach(s => s.close())
    assert.equal(await demo.stop(), 0)
  })

  async function openProduct (status = demo.page, how = {}) {
    const { server, address } = await product(status)
    servers.push(server)
    const page = await person(browser, how)
    await page.goto(address)
    return page
  }

  for (const javaScriptEnabled of [true, false]) {
    test(`nothing is known, at a phone, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const page = await person(browser, { viewport: phone, javaScriptEnabled, colorScheme: javaScriptEnabled ? 'light' : 'dark' })
      await page.goto(demo.page + '/go/documents')
      await holds(page, 'h1', /We know of no trouble with Web app and Documents right now/)
      await holds(page, 'main', /What you can try/)
      if (javaScriptEnabled) await check(page, 'a calm link')
      await shoot(page, 'link-calm-' + (javaScriptEnabled ? 'light' : 'dark'))
      await page.click('button:has-text("I see this too")')
      await holds(page, '[role="status"]', /Our team sees how many people say this/)
      assert.equal(new URL(page.url()).pathname, '/go/documents')
      if (javaScriptEnabled) await check(page, 'after the report')
      await shoot(page, 'link-thanks-' + (javaScriptEnabled ? 'light' : 'dark'))
      await page.context().close()
    })
  }

  test('a key that nobody knows, in Spanish and in English', async () => {
    const page = await person(browser, { viewport: wide, locale: 'es-ES' })
    await page.goto(demo.page + '/go/checkout')
    await holds(page, 'h1', /Todo funciona/)
    await holds(page, 'main', /No sabemos qué estaba haciendo/)
    await check(page, 'an unknown link')
    await shoot(page, 'link-unknown')
    await page.click('nav a[lang="en"]')
    assert.equal(page.url(), demo.page + '/go/checkout?lang=en')
    await holds(page, 'main', /We do not know what you were doing/)
    await page.context().close()
  })

  test('the snippet leaves a product\'s link alone while nothing is said', async () => {
    const page = await openProduct()
    await page.waitForFunction(status => document.querySelector('#trouble a').href === status + '/en/go/documents', demo.page)
    await holds(page, '#trouble', /You could not be signed in.\s+See whether something is wrong/)
    await check(page, 'the product')
    await page.context().close()
  })

  test('and when the status page cannot be reached', async () => {
    const { server, address } = await product('')
    server.close()
    const page = await openProduct(address.slice(0, -1))
    await page.waitForLoadState('networkidle')
    await holds(page, '#trouble', /See whether something is wrong/)
    assert.equal(await page.getAttribute('#trouble a', 'href'), address + 'go/documents')
    await page.context().close()
  })

  test('the desk sees who comes from where, and starts an incident about it', async () => {
    const page = await person(browser)
    await signIn(page, demo, 'dana')
    await until(async () => {
      await page.goto(demo.desk + '/links')
      return /checkout/.test(await page.textContent('main')) && /2 “I see this too”/.test(await page.textContent('main'))
    }, 15000, 'counting')
    await check(page, 'the links at the desk')
    await shoot(page, 'links-desk')
    await page.click('article:has-text("/go/documents") a:has-text("Start an incident about this")')
    assert.equal(await page.inputValue('[name="claims.documents"]'), 'degraded')
    assert.equal(await page.inputValue('[name="name"]'), 'Opening a document')
    await page.setViewportSize(phone)
    await page.goto(demo.desk + '/links')
    await check(page, 'the links at the desk, on a phone')
    await shoot(page, 'links-desk-phone')
    await page.context().close()
  })

  for (const [name, how] of Object.entries({ wide: {}, phone: { viewport: phone, colorScheme: 'dark' }, bare: { javaScriptEnabled: false } })) {
    test(`a link over time, ${name}`, async () => {
      const page = await person(browser, how)
      await signIn(page, demo, name === 'phone' ? 'carlos' : 'dana')
      await page.goto(demo.desk + '/links/documents?span=day')
      await page.click('summary >> nth=0')
      await holds(page, 'table', /2/)
      assert.match(await page.textContent('.chart desc'), /2 “I see this too”|2 «A mí también me pasa»/)
      if (name !== 'bare') await check(page, 'a link over time')
      await shoot(page, 'links-time-' + name)
      await page.context().close()
    })
  }

  test('one action puts an unknown key into a draft of the plan', async () => {
    const page = await person(browser)
    await signIn(page, demo, 'dana')
    await page.goto(demo.desk + '/links')
    await page.selectOption('#u-checkout', { label: 'Documents' })
    await page.click('article:has-text("/go/checkout") button')
    await holds(page, '[role="status"]', /The link is in the draft of the plan/)
    await holds(page, '#so-far', /checkout/)
    await check(page, 'the draft with the link')
    await page.click('#so-far a.button')
    await holds(page, 'main', /checkout/)
    await page.context().close()
  })

  test('once something is signed, the page and the product say it', async () => {
    const author = await person(browser)
    await signIn(author, demo, 'dana')
    const update = await open(author, demo)
    await fill(author)
    await submit(author)
    const draft = await (await fetch(demo.page + '/go/documents.json')).json()
    assert.equal(draft.line, null, 'a draft is not said')
    const lead = await person(browser)
    await signIn(lead, demo, 'ines')
    await lead.goto(demo.desk + update)
    for (const lang of ['en', 'es']) await lead.check(`[name="languages"][value="${lang}"]`)
    await lead.fill('#sign [name="password"]', demo.passwords.ines)
    await lead.click('#sign-button')
    await lead.waitForSelector('.said')
    await until(async () => (await (await fetch(demo.page + '/go/documents.json')).json()).line !== null, 3000, 'the line')

    for (const [lang, how] of [['en', { viewport: phone }], ['es', { viewport: wide, colorScheme: 'dark' }]]) {
      const page = await person(browser, how)
      await page.goto(`${demo.page}/${lang}/go/documents`)
      await holds(page, 'h1', new RegExp(words[lang].headline))
      await holds(page, '.do', new RegExp(words[lang].action_customer))
      assert.match(await page.getAttribute('main .button.primary', 'href'), /\/subscribe\?incident=[a-z0-9]{12}$/)
      await check(page, 'a link of which something is said')
      await shoot(page, 'link-said-' + lang)
      await page.context().close()
    }
    const page = await openProduct()
    await page.waitForFunction(line => document.querySelector('#trouble a').textContent.startsWith(line), words.en.headline)
    await check(page, 'the product that says it')
    await page.click('#trouble a')
    await holds(page, 'h1', new RegExp(words.en.headline))
    await page.context().close()
    const plain = await openProduct(demo.page, { javaScriptEnabled: false })
    await plain.click('#trouble a')
    await holds(plain, 'h1', new RegExp(words.en.headline))
    await plain.context().close()
  })
})
