// Another wording: whoever signs suggests it on a phone without scripts, the
// author accepts it with one key, and whoever suggested it signs. And words that
// a rule keeps back, which go out with two people's reasons, also where a lawyer is
// one of them.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, holds, launch, person, phone, shoot, signIn, until } from './browser.mjs'
import { fill, open, submit } from './incident.mjs'
import { Demo } from './service.mjs'

describe('another wording', { concurrency: false }, () => {
  const impact = 'slots.en.impact', better = 'Customers in Europe cannot open any document.'
  let demo, browser, dana, ines, path

  before(async () => {
    demo = await new Demo('suggest').start()
    browser = await launch()
    dana = await person(browser)
    ines = await person(browser, { viewport: phone, javaScriptEnabled: false })
    await signIn(dana, demo, 'dana')
    await signIn(ines, demo, 'ines')
    path = await open(dana, demo)
    await fill(dana)
    await submit(dana)
  })
  after(async () => {
    await browser?.close()
    assert.equal(await demo.stop(), 0)
  })

  async function suggest (text) {
    await ines.goto(demo.desk + path)
    await ines.click('#suggest > summary')
    await ines.fill(`#suggest [name="${impact}"]`, text)
    await ines.click('#suggest button')
    await holds(ines, '#suggested', /has not answered yet/)
  }

  test('is suggested on a phone, without scripts', async () => {
    await ines.goto(demo.desk + path)
    await ines.click('#suggest > summary')
    await shoot(ines, 'suggest-phone')
    await suggest(better)
    await shoot(ines, 'suggested-phone')
  })

  test('is accepted with one key, and asks for the signatures again', async () => {
    await dana.goto(demo.desk + path)
    await check(dana, 'a suggestion before its author')
    await shoot(dana, 'suggested')
    const next = dana.waitForEvent('domcontentloaded')
    await dana.keyboard.press('Alt+KeyA')
    await next
    await dana.waitForLoadState()
    await holds(dana, 'body', /signatures are asked for again/)
    await holds(dana, '#preview', /cannot open any document/)
  })

  test('is accepted in the text that is being written, with what else was typed', async () => {
    await suggest('Nobody in Europe can open a document.')
    await ines.fill('#f-reason', 'Say how many')
    await ines.click('#ask button')
    await dana.goto(demo.desk + path)
    await dana.fill('[name="slots.en.who"]', 'about one in nine customers in Europe')
    await dana.focus(`[name="${impact}"]`)
    await check(dana, 'a suggestion beside its field')
    await shoot(dana, 'suggested-write')
    const next = dana.waitForEvent('domcontentloaded')
    await dana.keyboard.press('Alt+KeyA')
    await next
    await dana.waitForLoadState()
    assert.equal(await dana.inputValue(`[name="${impact}"]`), 'Nobody in Europe can open a document.')
    assert.equal(await dana.inputValue('[name="slots.en.who"]'), 'about one in nine customers in Europe')
  })

  test('leaves whoever suggested it free to sign', async () => {
    await submit(dana)
    await ines.goto(demo.desk + path)
    for (const box of await ines.locator('[name="languages"]').all()) await box.check()
    await ines.fill('#f-password', demo.passwords.ines)
    await ines.click('#sign-button')
    await holds(ines, '#suggested', /The words are theirs from then on/)
    await holds(ines, 'body', /published/i)
  })

  // A rule takes a name for a machine's. Its author says why it is none, and a
  // second person, who signs, has to say so too.
  test('does not help words that a rule keeps back: their author says why they are no secret', async () => {
    path = await open(dana, demo, 'Spaces do not open')
    await fill(dana)
    await dana.fill(`[name="${impact}"]`, 'Customers who use db-prod-03 cannot open documents.')
    await submit(dana)
    await check(dana, 'the question to the author')
    await shoot(dana, 'waive-author')
    await dana.click('#problems a') // leads to the question
    assert.equal(await dana.evaluate(() => document.activeElement.name), 'waivers.SEC-HOST')
    await dana.keyboard.type('Customers chose that name for their space.')
    await submit(dana)
    await holds(dana, '#stand', /SEC-HOST.*Customers chose that name/s)
    assert.equal(await dana.locator('[name="waivers.SEC-HOST"]').count(), 0, 'the author is asked to decide')
  })

  test('is not needed once a second person says so as well', async () => {
    await ines.goto(demo.desk + path)
    await holds(ines, '#stand', /Customers chose that name/)
    for (const box of await ines.locator('[name="languages"]').all()) await box.check()
    await ines.fill('#f-password', demo.passwords.ines)
    await ines.click('#sign-button')
    await holds(ines, '#problems', /why it is no secret/)
    await shoot(ines, 'waive-signer')
    for (const box of await ines.locator('[name="languages"]').all()) await box.check()
    await ines.fill('[name="waivers.SEC-HOST"]', 'It is the name of a space.')
    await ines.fill('#f-password', demo.passwords.ines)
    await ines.click('#sign-button')
    await holds(ines, '#stand', /Waived by you: It is the name of a space/)
    await until(async () => (await (await fetch(demo.page)).text()).includes('db-prod-03 cannot open documents'), 3000, 'the page')
    assert.match(demo.run('audit', 'verify').text, /Everything holds/)
  })

  // What is said of customers' data asks for a lawyer, and for a reason for each
  // warning as well. The lawyer is the second person.
  test('is weighed by legal where it is about data, with the warnings that stand', async () => {
    const nora = await person(browser, { viewport: phone, colorScheme: 'dark' })
    demo.passwords.nora = /Password: (\S+)/.exec(demo.run('person', 'add', 'nora').text)[1]
    await signIn(nora, demo, 'nora')
    path = await open(dana, demo, 'Spaces of other customers', 'data')
    await fill(dana)
    await dana.fill(`[name="${impact}"]`, 'Customers who use db-prod-03 cannot open documents during the failover.')
    await submit(dana)
    const asked = await dana.locator('#problems a').allTextContents()
    assert.ok(asked.some(text => /failover/.test(text)), `nothing asks about the warning: ${asked}`)
    await shoot(dana, 'waive-both')
    for (const why of await dana.locator('[name^="waivers."]').all()) await why.fill('Customers say so themselves.')
    await dana.fill('[name="waivers.SEC-HOST"]', 'Customers chose that name for their space.')
    await submit(dana)
    await holds(dana, '#stand', /failover.*Customers say so themselves/s)

    await nora.goto(demo.desk + path)
    await holds(nora, '#sign-card', /Legal/)
    await holds(nora, '#stand', /SEC-HOST.*Customers chose that name.*Customers say so themselves/s)
    assert.equal(await nora.locator('[name^="waivers."]').count(), 1, 'a warning asks one person, a secret two')
    await check(nora, 'the question to a lawyer')
    await nora.locator('#sign-card').scrollIntoViewIfNeeded()
    await shoot(nora, 'waive-legal')
    for (const box of await nora.locator('[name="languages"]').all()) await box.check()
    await nora.fill('[name="waivers.SEC-HOST"]', 'It names a space and no machine.')
    await nora.fill('#f-password', demo.passwords.nora)
    await nora.click('#sign-button')
    await nora.waitForURL(/said=signed/)

    await ines.goto(demo.desk + path)
    await holds(ines, '#stand', /Nora Haddad: It names a space and no machine/)
    assert.equal(await ines.locator('[name^="waivers."]').count(), 0, 'one second person is enough')
    for (const box of await ines.locator('[name="languages"]').all()) await box.check()
    await ines.fill('#f-password', demo.passwords.ines)
    await ines.click('#sign-button')
    await ines.waitForURL(/said=published/)
    await until(async () => (await (await fetch(demo.page)).text()).includes('during the failover'), 3000, 'the page')
    await dana.goto(demo.desk + path)
    await holds(dana, '#stand', /Customers say so themselves.*Nora Haddad: It names a space and no machine/s)
    assert.match(demo.run('audit', 'verify').text, /Everything holds/)
  })
})
