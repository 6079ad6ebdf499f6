// History by month, a component's page, and the copy of all of it from a
// server that knows nothing but files, and from the disk.
import assert from 'node:assert/strict'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { check as look, holds, launch, person, phone, shoot, wide } from './browser.mjs'
import { Demo } from './service.mjs'

const types = { '.html': 'text/html', '.svg': 'image/svg+xml', '.atom': 'application/atom+xml', '.rss': 'application/rss+xml', '.css': 'text/css' }

// A browser without scripts cannot run those of axe either.
const check = (page, name, scripts) => scripts ? look(page, name) : assert.deepEqual(page.complaints, [], name)

// serve serves a folder's files below /copy/ and nothing else.
function serve (root) {
  const server = createServer((request, response) => {
    let file = join(root, decodeURIComponent(new URL(request.url, 'http://x').pathname).replace(/^\/copy\//, '/'))
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html')
    if (!request.url.startsWith('/copy/') || !existsSync(file)) return response.writeHead(404).end()
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'text/plain' })
    createReadStream(file).pipe(response)
  })
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)))
}

describe('history, components and the copy', { concurrency: false }, () => {
  let demo, browser

  before(async () => {
    demo = await new Demo('history').start()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    await demo?.stop()
  })

  for (const [viewport, javaScriptEnabled, lang, colorScheme] of [[wide, true, 'en', 'light'], [phone, true, 'es', 'dark'], [phone, false, 'en', 'light']]) {
    test(`from the front page to a month and a component, ${viewport.width} pixels, ${lang}, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async () => {
      const page = await person(browser, { viewport, javaScriptEnabled, colorScheme })
      const shot = (page, name) => javaScriptEnabled && shoot(page, `${name}-${lang}`)
      await page.goto(`${demo.page}/${lang}/`)
      await shot(page, 'front')
      await page.locator('.component a').first().click()
      await page.waitForURL(/\/components\/[a-z-]+$/)
      await check(page, 'a component', javaScriptEnabled)
      await shot(page, 'component')
      await page.click(`footer a[href="/${lang}/history"]`)
      await check(page, 'the history', javaScriptEnabled)
      await shot(page, 'history')
      await page.locator('ul.months a').last().click()
      await page.waitForURL(/\/history\/\d{4}-\d\d$/)
      await check(page, 'the first month', javaScriptEnabled)
      assert.equal(await page.locator('a[rel=prev]').count(), 0, 'something is older than the first month')
      for (let newer = page.locator('a[rel=next]'); await newer.count() > 0;) await page.goto(new URL(await newer.getAttribute('href'), demo.page).href)
      await check(page, 'the newest month', javaScriptEnabled)
      await shot(page, 'month')

      for (const path of ['/history/1999-01', '/components/teleport', '/incidents/aaaaaaaaaaaa', '/history?' + 'x'.repeat(100 << 10)]) {
        const response = await page.goto(`${demo.page}/${lang}${path}`)
        assert.ok([404, 414].includes(response.status()), `${path.slice(0, 40)} answers ${response.status()}`)
        assert.ok(await page.locator('section .state').isVisible(), 'the current state is out of reach')
      }
      await check(page, 'an address that is too long', javaScriptEnabled)
      await shot(page, 'missing')
      await page.context().close()
    })
  }

  test('an incident leads to its components and back', async () => {
    const page = await person(browser)
    await page.goto(demo.page + '/en/history')
    await page.locator('.day a[href*="/incidents/"]').first().click()
    const incident = page.url()
    await page.locator('a[href*="/components/"]').first().click()
    await holds(page, 'main', /What was published before/)
    assert.ok(await page.locator(`a[href="${new URL(incident).pathname}"]`).count() > 0, 'the component does not lead back')
    await page.context().close()
  })

  test('the copy reads like the page, from any server of files and from the disk', async () => {
    const out = join(demo.dir, '..', 'copy')
    const run = demo.run('export', '--out', out)
    assert.equal(run.status, 0, run.text)
    const root = join(out, 'current')
    const server = await serve(root)
    try {
      for (const [start, viewport, javaScriptEnabled] of [
        [`http://localhost:${server.address().port}/copy/`, wide, true],
        [pathToFileURL(join(root, 'index.html')).href, phone, true],
        [pathToFileURL(join(root, 'index.html')).href, phone, false]
      ]) {
        const page = await person(browser, { viewport, javaScriptEnabled })
        await page.goto(start)
        await holds(page, 'aside', /This is a copy as of publication \d+/)
        assert.equal(await page.locator('aside a').getAttribute('href'), demo.page + '/')
        await check(page, 'the copy', javaScriptEnabled)
        if (javaScriptEnabled) await shoot(page, `copy-${viewport.width}`)
        await page.locator('header nav a[hreflang=es]').click()
        await holds(page, 'aside', /Esto es una copia/)
        await page.locator('.component a').first().click()
        await check(page, 'a component in the copy', javaScriptEnabled)
        await page.locator('footer a').nth(1).click()
        await page.locator('ul.months a').first().click()
        await holds(page, 'h1', /Lo que se publicó en/)
        await page.locator('.day a').first().click()
        await check(page, 'an incident in the copy', javaScriptEnabled)
        assert.equal(await page.locator('form').count(), 0)
        await page.context().close()
      }
    } finally {
      server.close()
    }
  })
})
