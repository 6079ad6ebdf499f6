// Every page of both listeners, wide and narrow, light and dark. Pages are
// found by following links, so that a new one is looked at without being named.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, launch, person, phone, signIn, wide } from './browser.mjs'
import { fill, open, submit } from './incident.mjs'
import { Demo } from './service.mjs'

// Of pages that differ only in their identifier, this many are looked at.
const alike = 2

// crawl checks every page that links lead to from the start, and gives the
// kinds of page that it saw.
async function crawl (page, start, more = []) {
  const seen = new Map()
  const visited = new Set()
  const queue = [start, ...more.map(path => new URL(path, start).href)]
  const wrong = []
  while (queue.length > 0) {
    const url = queue.shift()
    if (visited.has(url)) continue
    visited.add(url)
    const kind = new URL(url).pathname.replace(/\/(?!maintenances)[a-z0-9]{12}(?=\/|$)/g, '/:id')
      .replace(/\/(components|go)\/[^/]+/, '/$1/:id').replace(/\/history\/.+/, '/history/:month').replace(/\/days\/.+/, '/days/:day')
    const count = seen.get(kind) ?? 0
    if (count >= alike) continue
    const response = await page.goto(url)
    const headers = response.headers()
    if (!/^text\/html/.test(headers['content-type'])) continue
    if (/sandbox/.test(headers['content-security-policy'])) continue // a mail by itself: no script runs there, axe's neither
    seen.set(kind, count + 1)
    await check(page, kind).catch(e => wrong.push(e.message))
    const links = await page.evaluate(() => [...document.querySelectorAll('a[href]')].map(a => a.href))
    for (const link of links) {
      const next = new URL(link)
      next.hash = ''
      if (next.origin === new URL(start).origin && !/\.(atom|ics|svg|css|js)$/.test(next.pathname)) queue.push(next.href)
    }
  }
  assert.equal(wrong.length, 0, wrong.join('\n\n'))
  return [...seen.keys()]
}

describe('every page', { concurrency: false }, () => {
  let demo, browser

  before(async () => {
    demo = await new Demo('pages').start()
    browser = await launch()
    const page = await person(browser)
    await signIn(page, demo, 'dana')
    await open(page, demo, 'A draft that nobody finished')
    await open(page, demo, 'An update in review')
    await fill(page)
    await submit(page)
    await page.context().close()
  })
  after(async () => {
    await browser?.close()
    await demo.stop()
  })

  // Each width and each scheme once on either side, and at the desk each language.
  for (const [viewport, colorScheme] of [[wide, 'light'], [phone, 'dark']]) {
    test(`of the public side, ${viewport.width} pixels, ${colorScheme}`, async () => {
      const page = await person(browser, { viewport, colorScheme })
      const kinds = await crawl(page, demo.page + '/', ['/nowhere', '/subscriptions/nobody', '/es/nowhere', '/go/export', '/es/go/nobody-knows'])
      for (const kind of ['/', '/en/history', '/es/history/:month', '/en/components/:id', '/en/days/:day', '/en/incidents/:id', '/es/maintenances/:id', '/es/subscribe', '/nowhere']) assert.ok(kinds.includes(kind), `${kind} was not found among ${kinds}`)
      await page.context().close()
    })
  }

  for (const [who, viewport, colorScheme] of [['dana', phone, 'light'], ['carlos', wide, 'dark']]) {
    test(`of the desk for ${who}, ${viewport.width} pixels, ${colorScheme}`, async () => {
      const page = await person(browser, { viewport, colorScheme })
      await page.goto(demo.desk + '/signin')
      await check(page, 'the sign-in')
      await signIn(page, demo, who)
      const kinds = await crawl(page, demo.desk + '/', ['/nowhere', '/updates/aaaaaaaaaaaa'])
      for (const kind of ['/', '/incidents', '/incidents/new', '/incidents/:id', '/maintenances/new', '/updates/:id', '/plan', '/links', '/subscribers', '/audit', '/mailbox/:id', '/account', '/nowhere']) assert.ok(kinds.includes(kind), `${kind} was not found among ${kinds}`)
      await page.context().close()
    })
  }
})
