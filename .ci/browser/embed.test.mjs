// What stands in other pages: the banner, under a strict content policy, and
// badges on light and dark ground.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { check, launch, person, phone, shoot, until, wide } from './browser.mjs'
import { Demo } from './service.mjs'

describe('in other pages', { concurrency: false }, () => {
  let demo, browser, product, address

  before(async () => {
    demo = await new Demo('embed').start()
    browser = await launch()
    product = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url, 'http://product')
      response.setHeader('Content-Type', 'text/html; charset=utf-8')
      response.setHeader('Content-Security-Policy', `default-src 'none'; script-src ${demo.page}; connect-src ${demo.page}; img-src ${demo.page}; require-trusted-types-for 'script'; frame-ancestors 'none'`)
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
      const lang = searchParams.get('lang') ?? 'en'
      const script = `<script src="${demo.page}/embed.js" data-into="${searchParams.get('into') ?? ''}" async></script>`
      const badges = ['/badge.svg', '/es/badge.svg', '/components/search/badge.svg', '/components/nothing/badge.svg']
        .map((path, n) => `<p><img src="${demo.page}${path}" alt="Status ${n}"></p>`).join('')
      response.end(pathname === '/badges'
        ? `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Badges</title><main><h1>Badges</h1>${badges}</main>`
        : `<!doctype html><html lang="${lang}"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Product</title>${script}<main><h1>Product</h1><section id="here" aria-label="Here"></section></main>`)
    })
    await new Promise(resolve => product.listen(0, '127.0.0.1', resolve))
    address = `http://localhost:${product.address().port}`
  })
  after(async () => {
    await browser?.close()
    product?.close()
    await demo.stop()
  })

  // What somebody who does not see the page is told: the live region's words.
  const said = page => page.locator('[role=status]').textContent()
  const trouble = sentence => ({
    json: { language: 'en', status: 'partial', calm: false, sentence, more: 'See what is happening', url: demo.page + '/en/' },
    headers: { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' }
  })

  test('the banner is silent while all is well, takes no room and leaves no cookie', async () => {
    const page = await person(browser)
    let asked = 0
    page.on('request', r => { if (r.url().includes('/embed.json')) asked++ })
    await page.goto(address)
    await until(() => asked === 1, 5000, 'asking')
    assert.equal(await said(page), '')
    const room = await page.locator('[role=status]').evaluate(e => e.getBoundingClientRect().height)
    assert.equal(room, 0, 'it takes no room')
    assert.deepEqual(await page.context().cookies(), [])
    await check(page, 'a product while all is well')
    await page.context().close()
  })

  for (const [viewport, colorScheme] of [[wide, 'light'], [phone, 'dark']]) {
    test(`the banner says what is wrong, once, and falls silent when it is over, ${viewport.width} pixels, ${colorScheme}`, async () => {
      const page = await person(browser, { viewport, colorScheme })
      await page.clock.install()
      let answer = trouble('Parts of Search are not working')
      await page.route('**/embed.json*', route => answer === null ? route.abort() : answer ? route.fulfill(answer) : route.continue())
      await page.goto(address)
      await until(async () => await said(page) !== '', 5000, 'the banner')
      assert.equal(await said(page), 'Parts of Search are not working. See what is happening')
      assert.equal(await page.locator('[role=status] a').getAttribute('href'), demo.page + '/en/')
      assert.equal(await page.locator('body > :first-child [role=status]').count(), 1, 'it is the first in the page')
      await check(page, 'a product with a banner')
      await shoot(page, `banner-${viewport.width}-${colorScheme}`)
      await page.evaluate(() => {
        window.changes = 0
        new MutationObserver(() => window.changes++).observe(document.body.firstChild.shadowRoot, { childList: true, subtree: true, characterData: true })
      })
      await page.clock.fastForward(61_000)
      answer = null // the status page cannot be reached
      await page.clock.fastForward(61_000)
      await page.waitForTimeout(200)
      assert.equal(await page.evaluate(() => window.changes), 0, 'nothing is said twice')
      answer = trouble('Search cannot be used right now')
      await page.clock.fastForward(61_000)
      await until(async () => (await said(page)).startsWith('Search cannot'), 5000, 'the news')
      answer = undefined // the real page, where all is well
      await page.clock.fastForward(61_000)
      await until(async () => await said(page) === '', 5000, 'the end')
      page.complaints.splice(0, Infinity, ...page.complaints.filter(c => !/ERR_FAILED/.test(c)))
      assert.deepEqual(page.complaints, [])
      await page.context().close()
    })
  }

  test('the banner speaks the language of the page that it stands in, and stands where that page says', async () => {
    const page = await person(browser)
    const answer = page.waitForResponse(r => r.url().includes('/embed.json'))
    await page.goto(address + '/?lang=es&into=%23here')
    assert.equal((await (await answer).json()).more, 'Vea qué ocurre')
    assert.equal(await page.locator('#here > div [role=status]').count(), 1)
    await page.context().close()
  })

  for (const colorScheme of ['light', 'dark']) {
    test(`badges show on ${colorScheme} ground, one of nothing too`, async () => {
      const page = await person(browser, { colorScheme })
      await page.goto(address + '/badges')
      const sizes = await page.evaluate(() => [...document.images].map(i => [i.complete, i.naturalWidth, i.naturalHeight]))
      for (const [complete, width, height] of sizes) assert.ok(complete && width > 100 && height === 28, JSON.stringify(sizes))
      assert.equal((await fetch(demo.page + '/components/nothing/badge.svg')).status, 404)
      await shoot(page, 'badges-' + colorScheme)
      await check(page, 'badges')
      await page.context().close()
    })
  }

  test('a badge that is opened by itself has a name', async () => {
    const page = await person(browser)
    await page.goto(demo.page + '/badge.svg')
    assert.equal(await page.getByRole('img', { name: 'Northwind status: Everything is working' }).count(), 1)
    assert.deepEqual(page.complaints, [])
    await page.context().close()
  })
})
