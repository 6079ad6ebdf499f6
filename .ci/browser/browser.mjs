// A real browser, and the eyes of axe.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

export const wide = { width: 1280, height: 900 }
export const phone = { width: 390, height: 844 }

// What the browser says of answers that tests ask for, and of the styles of a
// mail, which the mailbox shows without: its policy allows none.
const expected = /status of 4\d\d|Applying inline style/

const shots = join(dirname(fileURLToPath(import.meta.url)), 'shots')
mkdirSync(shots, { recursive: true })

// The headless shell is the same engine without the browser's own windows, which
// nobody sees here and which are half of the work.
export const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find(existsSync)

// What scripts run here runs once or twice: making it fast, and side by side with
// it, is more work than it spares.
export function launch () {
  return chromium.launch({
    executablePath,
    args: ['--js-flags=--single-threaded --no-opt --no-maglev', '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync']
  })
}

// A person with a fresh profile. Nothing that a page says in its console or
// asks of another host goes unnoticed.
export async function person (browser, { viewport = wide, colorScheme = 'light', javaScriptEnabled = true, locale = 'en-GB', hosts = ['localhost'] } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled, locale })
  context.setDefaultTimeout(8000)
  const page = await context.newPage()
  const complaints = []
  page.on('pageerror', e => complaints.push(String(e)))
  page.on('console', m => { if (m.type() === 'error' && !expected.test(m.text())) complaints.push(m.text()) })
  page.on('request', r => { if (/^https?:/.test(r.url()) && !hosts.includes(new URL(r.url()).hostname)) complaints.push('a request to ' + r.url()) })
  page.complaints = complaints
  return page
}

export async function signIn (page, demo, who) {
  await page.goto(demo.desk + '/signin')
  await page.fill('#f-person', who)
  await page.fill('#f-password', demo.passwords[who])
  await page.click('form[action="/signin"] button[type=submit]')
  await page.waitForURL(demo.desk + '/')
}

// Axe as it is, without the pieces around it that carry it into every frame, and
// into a tab of its own to put together what it found: no frame is looked at here.
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }

// Nothing may be wrong for people who see, hear or move otherwise, and
// nothing may stick out at the side, or lack its words.
export async function check (page, name) {
  await page.evaluate(axe)
  const violations = await page.evaluate(async rules => (await window.axe.run({ exclude: ['iframe'] }, rules)).violations, rules)
  const found = violations.map(v => `${v.id}: ${v.help}\n` + v.nodes.map(n => `    ${n.target.join(' ')}\n      ${n.failureSummary?.replaceAll('\n', '\n      ')}`).join('\n'))
  assert.equal(found.length, 0, `${name} (${page.url()}):\n${found.join('\n')}`)
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.ok(over <= 0, `${name} is ${over} pixels wider than the screen`)
  const text = await page.evaluate(() => document.body?.innerText ?? document.documentElement.textContent) // a feed has no body
  const keys = text.match(/\b(desk|public)\.(?!example)[a-z_]+\.[a-z_.]+/g)
  assert.equal(keys, null, `${name} shows names of texts that the catalogue has not got`)
  assert.deepEqual(page.complaints, [], name)
}

export function shoot (page, name) {
  return page.screenshot({ path: join(shots, name + '.png'), animations: 'disabled' })
}

// Says whether a part of the page holds some words, without quoting all of it.
export async function holds (page, part, words) {
  const text = await page.textContent(part)
  assert.ok(words.test(text), `${part} of ${page.url()} does not hold ${words}: ${text.trim().slice(0, 300)}`)
}

// Waits until a question is answered with yes, and says how long it took.
export async function until (question, within, what) {
  const begun = Date.now()
  for (;;) {
    if (await question()) return Date.now() - begun
    assert.ok(Date.now() - begun < within, `${what} did not happen within ${within} ms`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
