// Each kind of page once, of a day that does not move: what Lighthouse, the Nu
// checker and html-validate say, what a screen reader and a text browser are
// told, and how it looks in every way in which people look at it.
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { HtmlValidate } from 'html-validate'
import lighthouse from 'lighthouse'
import { chromium } from 'playwright-core'
import { check, executablePath, person, phone, shoot, wide } from './browser.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const run = promisify(execFile)
const types = { '.html': 'text/html; charset=utf-8', '.png': 'image/png', '.svg': 'image/svg+xml', '.txt': 'text/plain; charset=utf-8' }

// Pages that search engines are asked to pass over, and those that are no
// success, are not judged by what search engines look for.
const hidden = ['link', 'missing']

// Work, and an incident that is over, have the page of an incident.
const alike = ['over', 'work']

describe('each kind of page', { concurrency: false }, () => {
  let dir, server, base, browser, kinds
  const port = 20000 + process.pid % 20000

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-kinds-'))
    execFileSync('go', ['test', './server/page', '-run', '^TestKindsAreLaidOut$', '-count=1'], { cwd: root, env: { ...process.env, COUNTERSIGN_PAGES: dir }, stdio: ['ignore', 'ignore', 'inherit'] })
    writeFileSync(join(dir, 'favicon.svg'), readFileSync(join(root, 'static', 'favicon.svg')))
    writeFileSync(join(dir, 'robots.txt'), 'User-agent: *\nDisallow: /subscriptions/\n')
    const policy = readFileSync(join(dir, 'policy'), 'utf8')
    server = createServer((request, response) => {
      const file = join(dir, new URL(request.url, 'http://x').pathname)
      try {
        const body = readFileSync(file)
        response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'text/plain', 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff' }).end(body)
      } catch {
        response.writeHead(404).end()
      }
    })
    await new Promise(resolve => server.listen(0, 'localhost', resolve))
    base = `http://localhost:${server.address().port}`
    kinds = readdirSync(join(dir, 'en')).map(name => name.replace('.html', '')).sort()
    browser = await chromium.launch({
      executablePath,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows', `--remote-debugging-port=${port}`]
    })
  })
  after(async () => {
    await browser?.close()
    server?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  test('is HTML in which html-validate and the Nu checker find nothing', async () => {
    const validator = new HtmlValidate({ extends: ['html-validate:standard'] })
    const wrong = []
    const judge = async (name, text) => {
      for (const { messages } of (await validator.validateString(text)).results) {
        wrong.push(...messages.map(m => `${name}: ${m.ruleId}: ${m.message} (${m.selector})`))
      }
    }
    await judge('a page that is wrong', '<p><b>x</p>')
    assert.ok(wrong.length > 0, 'html-validate finds nothing in what is wrong')
    wrong.length = 0
    writeFileSync(join(dir, 'wrong.html'), '<!doctype html><title>x</title><p><b>x</p>')
    const files = ['en', 'es'].flatMap(lang => kinds.map(kind => join(dir, lang, kind + '.html')))
    const nu = run('java', ['-Xmx300m', '-jar', join(here, 'node_modules/vnu-jar/build/dist/vnu.jar'), '--format', 'gnu', join(dir, 'wrong.html'), ...files]).then(() => '', e => e.stderr)
    for (const file of files) await judge(file, readFileSync(file, 'utf8'))
    assert.deepEqual(wrong, [])
    const found = (await nu).trim().split('\n')
    assert.ok(found.some(line => line.includes('wrong.html')), 'the Nu checker finds nothing in what is wrong: ' + found)
    assert.deepEqual(found.filter(line => !line.includes('wrong.html')), [])
  })

  test('has 100 from Lighthouse for accessibility, best practices and search engines', async () => {
    const wrong = []
    for (const kind of kinds.filter(kind => !alike.includes(kind))) {
      const onlyCategories = ['accessibility', 'best-practices', ...hidden.includes(kind) ? [] : ['seo']]
      // Addresses of alternates are those of the real host, where nothing is served now.
      const { lhr } = await lighthouse(`${base}/en/${kind}.html`, { port, onlyCategories, logLevel: 'silent', throttlingMethod: 'provided', skipAudits: ['canonical'], disableFullPageScreenshot: true, maxWaitForLoad: 1500, maxWaitForFcp: 30000, pauseAfterFcpMs: 0, pauseAfterLoadMs: 0, networkQuietThresholdMs: 0, cpuQuietThresholdMs: 0, disableStorageReset: true, skipAboutBlank: true })
      assert.equal(lhr.runtimeError, undefined, kind)
      for (const { title, score, auditRefs } of Object.values(lhr.categories)) {
        if (score === 1) continue
        const failed = auditRefs.map(r => lhr.audits[r.id]).filter(a => a.score !== null && a.score < 1)
        wrong.push(`${kind}: ${title} ${score * 100}: ${failed.map(a => a.title + ' ' + JSON.stringify(a.details?.items?.slice(0, 3) ?? '').slice(0, 400)).join('; ')}`)
      }
    }
    assert.deepEqual(wrong, [])
  })

  // What a screen reader is told, kept in a file for each kind but for the codes
  // of publications: a change of it is looked at. UPDATE=1 writes them anew.
  test('tells a screen reader what it always told', async () => {
    const page = await person(browser)
    const folder = join(here, 'spoken')
    mkdirSync(folder, { recursive: true })
    const wrong = []
    for (const kind of kinds) {
      await page.goto(`${base}/en/${kind}.html`)
      const now = (await page.locator('body').ariaSnapshot()).replace(/· [0-9a-f]{4}·[0-9a-f]{4}/g, '· its code') + '\n'
      const file = join(folder, kind + '.yaml')
      if (process.env.UPDATE) writeFileSync(file, now)
      if (readFileSync(file, 'utf8') !== now) wrong.push(`${kind} says something else than ${file}:\n${now}`)
    }
    assert.deepEqual(wrong, [])
    await page.context().close()
  })

  test('makes sense in a text browser, from top to bottom', () => {
    const read = name => execFileSync('w3m', ['-dump', '-cols', '80', '-T', 'text/html', join(dir, name)], { encoding: 'utf8' })
    const order = (text, ...words) => {
      let at = -1
      for (const word of words) {
        const next = text.indexOf(word, at + 1)
        assert.ok(next > at, `"${word}" does not follow in:\n${text}`)
        at = next
      }
    }
    order(read('en/front.html'), 'Skip', 'Northwind status', 'Documents and Search', 'Search finds nothing', 'Identified', 'Investigating', 'Signing in', 'Sign-in', 'Working', 'Search', 'Partly not working', 'Planned work', 'New disks for exports', 'Mails arrive late')
    order(read('es/incident.html'), 'Ir al contenido', 'Estado de Northwind', 'Search finds nothing', 'Identificado', 'todavía no está en español', 'Investigando', 'La búsqueda no encuentra nada')
    order(read('en/component.html'), 'Search', 'Partly not working', 'Search finds nothing')
  })

  for (const [name, lang, viewport, more] of [
    ['accented', 'en-XA', phone, {}], ['accented-wide', 'en-XA', wide, {}], ['mirrored', 'ar-XB', phone, { colorScheme: 'dark' }], ['mirrored-wide', 'ar-XB', wide, {}],
    ['spanish', 'es', phone, { colorScheme: 'dark' }], ['plain', 'en', wide, { javaScriptEnabled: false }]
  ]) {
    test(`fits, ${name}`, async () => {
      const page = await person(browser, { viewport, ...more })
      for (const kind of ['front', 'incident', 'component', 'day', 'month', 'subscribe']) {
        await page.goto(`${base}/${lang}/${kind}.html`)
        if (more.javaScriptEnabled !== false && ['front', 'subscribe'].includes(kind)) await check(page, `${kind} in ${lang}`)
        const over = more.javaScriptEnabled === false ? 0 : await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        assert.ok(over <= 0, `${kind} in ${lang} is ${over} pixels wider than the screen`)
        if (['front', 'incident'].includes(kind)) await shoot(page, `kind-${kind}-${name}`)
      }
      if (lang === 'ar-XB') {
        await page.goto(`${base}/${lang}/front.html`)
        const sides = await page.evaluate(() => {
          const right = part => document.querySelector(part).getBoundingClientRect().right
          return { site: right('.top b'), main: right('main'), bars: getComputedStyle(document.querySelector('.bars')).transform }
        })
        assert.ok(Math.abs(sides.site - sides.main) < 2, 'the page’s name does not stand on the right')
        assert.match(sides.bars, /^matrix\(-1,/, 'the newest day does not stand on the left')
      }
      await page.context().close()
    })
  }

  test('prints as a document', async () => {
    const page = await person(browser)
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    for (const kind of ['front', 'incident']) {
      await page.goto(`${base}/en/${kind}.html`)
      for (const part of ['.top .button', '.top nav', 'footer nav', '.skip']) assert.ok(!await page.locator(part).first().isVisible(), `${part} is printed`)
      const looks = await page.evaluate(() => ({
        ground: getComputedStyle(document.body).backgroundColor, ink: getComputedStyle(document.querySelector('h1 span')).color
      }))
      assert.ok(await page.locator('footer .paper').isVisible(), `${kind} does not say where it was printed from`)
      assert.deepEqual([looks.ground, looks.ink], ['rgb(255, 255, 255)', 'rgb(0, 0, 0)'], `${kind} is printed in the colours of the screen`)
      await shoot(page, `kind-${kind}-print`)
    }
    await page.context().close()
  })
})
