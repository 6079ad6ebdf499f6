// Follows links from page to page, so that a new page is looked at without being
// named.
import assert from 'node:assert/strict'
import { check } from './browser.mjs'

// crawl checks every page that links lead to from the start, and gives the
// kinds of page that it saw. Of pages that differ only in their identifier it
// looks at so many.
export async function crawl (page, start, alike, more = []) {
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
