// What was typed outlives the server, the connection and the browser.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { holds, launch, person, signIn, until } from './browser.mjs'
import { fill, open, submit, words } from './incident.mjs'
import { Demo } from './service.mjs'

const save = page => page.click('.act button[value="save"]')

describe('what was typed', { concurrency: false }, () => {
  let demo, browser

  before(async () => {
    demo = await new Demo('crash').start()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    await demo.stop()
  })

  test('is there after kill -9, saved or not', async () => {
    const page = await person(browser)
    await signIn(page, demo, 'dana')
    const update = await open(page, demo)
    const saved = page.waitForResponse(r => r.request().postData()?.includes('Customers') && r.status() < 400)
    await page.fill('[name="slots.en.impact"]', words.en.impact)
    await saved

    await demo.kill()
    page.complaints.length = 0
    await page.fill('[name="slots.en.who"]', words.en.who)
    const notice = await page.locator('#saved').getAttribute('data-kept')
    await until(async () => (await page.textContent('#saved')) === notice, 5000, 'the notice that nothing reaches the server')

    const [before, passwords] = [demo.desk, demo.passwords]
    await demo.start()
    assert.equal(demo.desk, before, 'a restart takes the same port, so that open tabs go on')
    assert.notDeepEqual(demo.passwords, passwords, 'passwords are made for each run')
    await signIn(page, demo, 'dana')
    await page.goto(demo.desk + update)
    assert.equal(await page.inputValue('[name="slots.en.impact"]'), words.en.impact, 'what the server had saved')
    await page.click('#restore')
    assert.equal(await page.inputValue('[name="slots.en.who"]'), words.en.who, 'what only the browser had')
  })

  test('of two people is shown side by side, and loses nothing', async () => {
    const [first, second] = [await person(browser), await person(browser)]
    for (const page of [first, second]) await signIn(page, demo, 'dana')
    const update = await open(first, demo, 'Two tabs')
    await second.goto(demo.desk + update)
    await first.fill('[name="slots.en.impact"]', 'Customers cannot open any document at all.')
    await save(first)
    await first.waitForFunction(() => /^Saved/.test(document.getElementById('saved').textContent))
    await second.fill('[name="slots.en.impact"]', words.en.impact)
    await save(second)
    await second.waitForSelector('[data-take]')
    await holds(second, 'main', /Customers cannot open any document at all\./)
    assert.equal(await second.inputValue('[name="slots.en.impact"]'), words.en.impact)
  })

  test('needs no script, up to the publication', async () => {
    const drafter = await person(browser, { javaScriptEnabled: false })
    await signIn(drafter, demo, 'dana')
    const update = await open(drafter, demo, 'No scripts')
    await fill(drafter)
    await drafter.click('.act button[value="preview"]')
    await submit(drafter)
    const lead = await person(browser, { javaScriptEnabled: false })
    await signIn(lead, demo, 'ines')
    await lead.goto(demo.desk + update)
    for (const lang of ['en', 'es']) await lead.check(`[name="languages"][value="${lang}"]`)
    await lead.fill('#sign [name="password"]', demo.passwords.ines)
    await lead.click('#sign-button')
    const visitor = await person(browser, { javaScriptEnabled: false })
    await until(async () => {
      await visitor.goto(demo.page)
      return (await visitor.textContent('main')).includes(words.en.headline)
    }, 1500, 'the publication on the page')
  })
})
