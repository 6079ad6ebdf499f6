// The bars with the keyboard and a finger, and a page that renews itself under
// somebody who reads it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, holds, launch, person, phone, shoot, signIn, until } from './browser.mjs'
import { fill, open, submit, words } from './incident.mjs'
import { Demo } from './service.mjs'

describe('days and a page that renews itself', { concurrency: false }, () => {
  let demo, browser

  before(async () => {
    demo = await new Demo('days').start()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    await demo?.stop()
  })

  const exports = page => page.locator('.component', { hasText: /Exports|Exportaciones/ }).locator('.strip')

  test('the arrow keys walk over the bars, and Enter opens the day', async () => {
    const page = await person(browser)
    await page.goto(demo.page + '/en/')
    const strip = exports(page)
    const whole = await strip.getAttribute('href')
    await strip.focus()
    await page.keyboard.press('End')
    const tip = page.locator('.tip')
    await until(async () => /Working$/.test(await tip.textContent()), 2000, 'today')
    for (let n = 0; n < 20 && !/Not working, 48 minutes/.test(await tip.textContent()); n++) await page.keyboard.press('ArrowLeft')
    await holds(page, '.tip', /Not working, 48 minutes\. What happened on [^:]+: Exports did not finish/)
    await check(page, 'a day of the bars')
    await shoot(page, 'bars')
    const day = new URL(await strip.getAttribute('href'), demo.page).pathname
    assert.match(day, /^\/en\/days\/\d{4}-\d\d-\d\d$/)
    await page.keyboard.press('Escape')
    assert.equal(await tip.count(), 0, 'Escape closes it')
    assert.equal(await strip.getAttribute('href'), whole, 'and the link leads where it led')
    await page.keyboard.press('Home')
    await holds(page, '.tip', /No data/)
    await page.keyboard.press('End')
    while (new URL(await strip.getAttribute('href'), demo.page).pathname !== day) await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await page.waitForURL(demo.page + day)
    await holds(page, 'main', /Exports.*Not working, 48 minutes/)
    await check(page, 'a day')
    await shoot(page, 'day')
    await page.context().close()
  })

  test('without scripts the bars lead to the days in words', async () => {
    const page = await person(browser, { viewport: phone, javaScriptEnabled: false })
    await page.goto(demo.page + '/es/')
    await exports(page).click()
    await page.waitForURL(/\/es\/components\/exports#d$/)
    await page.locator('#l a', { hasText: /\d/ }).first().click()
    await page.waitForURL(/\/es\/days\//)
    await holds(page, 'h1', /de 20\d\d/)
    await page.context().close()
  })

  test('a tap shows a day, a second one opens it', async () => {
    const context = await browser.newContext({ viewport: phone, hasTouch: true, isMobile: true })
    context.setDefaultTimeout(8000)
    const page = await context.newPage()
    await page.goto(demo.page + '/en/')
    await exports(page).scrollIntoViewIfNeeded()
    const box = await exports(page).boundingBox()
    const where = [box.x + box.width * 0.995, box.y + box.height / 2]
    await page.touchscreen.tap(...where)
    await holds(page, '.tip', /Working$/)
    assert.equal(new URL(page.url()).pathname, '/en/')
    await page.touchscreen.tap(...where)
    await page.waitForURL(/\/en\/days\//)
    await context.close()
  })

  test('what is published appears by itself, and nobody loses their place', async () => {
    const page = await person(browser)
    await page.goto(demo.page + '/en/')
    const link = page.locator('footer a', { hasText: 'How we publish' })
    const kept = page.locator('main a', { hasText: 'All history' })
    await kept.focus()
    await kept.evaluate(e => { e.mark = true })
    const before = await kept.evaluate(e => e.getBoundingClientRect().top)
    assert.equal(await page.evaluate(() => scrollY > 0), true, 'the page is scrolled')

    const dana = await person(browser)
    await signIn(dana, demo, 'dana')
    const update = await open(dana, demo)
    await fill(dana)
    await submit(dana)
    const ines = await person(browser)
    await signIn(ines, demo, 'ines')
    await ines.goto(demo.desk + update)
    for (const lang of ['en', 'es']) await ines.check(`[name="languages"][value="${lang}"]`)
    await ines.fill('#sign [name="password"]', demo.passwords.ines)
    await ines.click('#sign-button')
    await ines.waitForSelector('.said')
    await until(async () => (await (await fetch(demo.page + '/en/')).text()).includes(words.en.headline), 2000, 'the publication')

    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))) // as when it is looked at again
    await page.locator('h2', { hasText: words.en.headline }).waitFor()
    await holds(page, '#renewed', /renewed just now: .*Documents/)
    await holds(page, 'time:has(span) span', /ago|minute/)
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'All history')
    const moved = Math.abs(await kept.evaluate(e => e.getBoundingClientRect().top) - before)
    assert.ok(moved < 3, `what was read has moved by ${moved} pixels`)
    assert.match(await page.title(), /Documents/)
    await check(page, 'the renewed page')
    assert.ok(await link.isVisible())

    // Nothing new: nothing is touched.
    await page.evaluate(() => { document.querySelector('h2').mark = true; document.dispatchEvent(new Event('visibilitychange')) })
    await page.waitForResponse(r => r.url() === demo.page + '/en/')
    assert.equal(await page.evaluate(() => document.querySelector('h2').mark), true)

    await page.goto(demo.page + '/en/subscribe')
    await page.fill('#f-address', 'ana@exam')
    assert.equal(await page.evaluate(() => 'renewed' in document.documentElement.dataset), false, 'a form renews nothing')
    for (const p of [page, dana, ines]) await p.context().close()
  })
})
