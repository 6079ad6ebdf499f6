// Feeds and the calendar: for a person who opens one, and for programs of
// other makers that read them.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import ICAL from 'ical.js'
import { check, holds, launch, person, phone, shoot, wide } from './browser.mjs'
import { Demo } from './service.mjs'

const Parser = createRequire(import.meta.url)('rss-parser')

describe('feeds', { concurrency: false }, () => {
  let demo, browser

  before(async () => {
    demo = await new Demo('feeds').start()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    await demo.stop()
  })

  const words = {
    en: { notice: /This is a feed/, back: 'Read the status page instead', title: /Planned work on Search/ },
    es: { notice: /Esto es un canal/, back: 'Leer la página de estado', title: /Trabajos programados en Búsqueda/ }
  }
  for (const [lang, path, viewport, colorScheme] of [
    ['en', '/feed.atom', wide, 'light'], ['es', '/es/feed.atom', phone, 'dark'],
    ['en', '/feed.rss', phone, 'light'], ['es', '/es/components/search/feed.rss', wide, 'dark']
  ]) {
    test(`${path} is a page for a person, ${viewport.width} pixels, ${colorScheme}`, async () => {
      const page = await person(browser, { viewport, colorScheme })
      const response = await page.goto(demo.page + path)
      assert.equal(response.status(), 200)
      await check(page, path)
      await holds(page, 'main header', words[lang].notice)
      await holds(page, 'main header code', new RegExp(path.replace(/[/.]/g, '\\$&') + '$'))
      await holds(page, 'main article h2', words[lang].title)
      assert.equal(await page.locator('entry:visible, item:visible, :root > title:visible, channel > title:visible').count(), 0, 'the part for programs is hidden')
      assert.ok(await page.locator('main article h2').first().isVisible())
      assert.equal(await page.locator('main').evaluate(m => getComputedStyle(m).display), 'block')
      await shoot(page, 'feed' + path.replace(/\W/g, '-') + '-' + viewport.width)
      await page.click('main article h2 a')
      assert.match(new URL(page.url()).pathname, lang === 'es' ? /^\/es\/(incidents|maintenances)\// : /^\/(incidents|maintenances)\//)
      await page.goBack()
      await page.click(`main header a:has-text("${words[lang].back}")`)
      assert.equal(await page.locator('html').getAttribute('lang'), lang)
      await page.context().close()
    })
  }

  test('are found from the pages that they are about, and each link leads there', async () => {
    const page = await person(browser)
    for (const [path, base] of [['/es/', '/es/'], ['/en/components/search', '/en/components/search/'], ['/es/history', '/es/']]) {
      await page.goto(demo.page + path)
      const found = await page.evaluate(() => [...document.querySelectorAll('link[rel=alternate][type]:not([type$=oembed])')].map(l => [l.type, new URL(l.href).pathname, l.title]))
      assert.deepEqual(found.map(l => l.slice(0, 2)), [
        ['application/atom+xml', base + 'feed.atom'], ['application/rss+xml', base + 'feed.rss'],
        ['application/feed+json', base + 'feed.json'], ['text/calendar', base + 'calendar.ics'],
        ...(path.endsWith('/history') ? [['application/atom+xml', base + 'history.atom'], ['application/rss+xml', base + 'history.rss']] : [])
      ], path)
      for (const [type, address, title] of found) {
        const answer = await fetch(demo.page + address)
        assert.equal(answer.headers.get('content-type'), type + '; charset=utf-8')
        assert.ok(title.length > 5, address)
      }
    }
    await page.context().close()
  })

  test('are read by rss-parser alike, and are not sent twice', async () => {
    const feeds = []
    for (const file of ['/feed.atom', '/feed.rss']) {
      const first = await fetch(demo.page + file)
      feeds.push(await new Parser({ customFields: { item: ['guid'] } }).parseString(await first.text()))
      const again = await fetch(demo.page + file, { headers: { 'If-None-Match': first.headers.get('etag') } })
      assert.equal(again.status, 304)
      assert.equal(await again.text(), '')
    }
    const [atom, rss] = feeds
    const json = await (await fetch(demo.page + '/feed.json')).json()
    assert.ok(atom.items.length >= 4, `${atom.items.length} entries`)
    assert.deepEqual(atom.items.map(i => [i.id, i.title, i.link]), rss.items.map(i => [i.guid._ ?? i.guid, i.title, i.link]))
    assert.deepEqual(atom.items.map(i => [i.id, i.title, i.content]), json.items.map(i => [i.id, i.title, i.content_html]))
    assert.equal(rss.feedUrl, demo.page + '/feed.rss')
    assert.equal(rss.language, 'en')
    assert.equal(new Set(atom.items.map(i => i.id)).size, atom.items.length)
  })

  test('of planned work are read by ical.js', async () => {
    for (const [path, name, events] of [['/calendar.ics', /^Planned work · /, 1], ['/es/calendar.ics', /^Trabajos programados · /, 1], ['/components/search/calendar.ics', /^Planned work · Search · /, 1], ['/components/payments/calendar.ics', /Payments/, 0]]) {
      const calendar = new ICAL.Component(ICAL.parse(await (await fetch(demo.page + path)).text()))
      assert.match(calendar.getFirstPropertyValue('x-wr-calname'), name)
      assert.equal(calendar.getFirstPropertyValue('method'), 'PUBLISH')
      const all = calendar.getAllSubcomponents('vevent').map(e => new ICAL.Event(e))
      assert.equal(all.length, events, path)
      for (const e of all) {
        assert.match(e.uid, /^[a-z0-9]{12}@/)
        assert.ok(e.startDate.toJSDate() > new Date() && e.endDate.compare(e.startDate) > 0)
        assert.equal(e.component.getFirstPropertyValue('status'), 'CONFIRMED')
        const answer = await fetch(e.component.getFirstPropertyValue('url'))
        assert.equal(answer.status, 200)
        assert.ok((await answer.text()).includes(e.summary), 'the page that the event leads to bears its name')
      }
    }
  })

  test('of a service that never was lead on', async () => {
    const page = await person(browser, { viewport: phone })
    await page.goto(demo.page + '/es/components/nothing/calendar.ics')
    await check(page, 'no such calendar')
    await holds(page, 'main', /no hay canal ni calendario suyo/)
    assert.equal((await fetch(await page.locator('main a[href$="/calendar.ics"]').evaluate(a => a.href))).status, 200)
    await page.context().close()
  })
})
