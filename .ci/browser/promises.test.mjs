// What was promised stands on the desk's first page with who is to act, and a
// shift is handed over.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, holds, launch, person, phone, shoot, signIn, until } from './browser.mjs'
import { Demo } from './service.mjs'

describe('promises', { concurrency: false }, () => {
  let demo, browser, dana, ines, incident

  before(async () => {
    demo = await new Demo('promises').start()
    browser = await launch()
    dana = await person(browser)
    await signIn(dana, demo, 'dana')
    ines = await person(browser, { viewport: phone })
    await signIn(ines, demo, 'ines')
  })
  after(async () => {
    await browser?.close()
    assert.equal(await demo.stop(), 0, 'Ctrl-C stops it cleanly')
  })

  test('the first page says what is due next, and who acts', async () => {
    await dana.goto(demo.desk + '/incidents/new')
    await dana.fill('[name="name"]', 'Exports stand still')
    await dana.check('[name="severity"][value="critical"]')
    await dana.selectOption('[name="claims.exports"]', 'major')
    await dana.click('.act button[type=submit]')
    await dana.waitForURL(/\/updates\/[a-z0-9]{12}/)
    await dana.goto(demo.desk + '/incidents')
    incident = await dana.getAttribute('a[href^="/incidents/"]:has-text("Exports stand still")', 'href')
    await dana.goto(demo.desk + '/')
    const first = dana.locator('#clocks li').first()
    assert.match(await first.innerText(), /Exports stand still/, 'the most urgent comes first')
    assert.match(await first.innerText(), /First update/)
    assert.match(await first.innerText(), /in (10|9) minutes/)
    assert.match(await first.innerText(), /To finish and submit: you/)
    assert.match(await first.innerText(), /first reminder goes out at/)
    assert.ok(await first.evaluate(li => li.classList.contains('mine')), 'it is marked as the reader\'s')
    assert.match(await first.locator('a').getAttribute('href'), /^\/updates\//, 'it leads to where the reader acts')
    await check(dana, 'the first page with a promise')
    await shoot(dana, 'promises-now')
    await dana.goto(demo.desk + incident)
    await holds(dana, '#kept', /Promises kept\s*unknown/)
    await check(dana, 'the incident with its clocks')
    await shoot(dana, 'promises-incident')
  })

  test('a handover says where things stand, and is refused without a person', async () => {
    await dana.goto(demo.desk + '/')
    await dana.click('#clocks a[href="/handovers/new"]')
    await holds(dana, 'main', /Exports stand still/)
    await holds(dana, 'main', /Next deadline/)
    await dana.fill('[name="note"]', 'Kim restarts the export machines at four.')
    await dana.click('main form button[type=submit]')
    await holds(dana, '#problems', /choose who takes over/)
    assert.equal(await dana.inputValue('[name="note"]'), 'Kim restarts the export machines at four.', 'nothing that was typed is lost')
    await check(dana, 'a handover that was refused')
    await dana.selectOption('[name="to"]', 'ines')
    await shoot(dana, 'promises-offer')
    await dana.click('main form button[type=submit]')
    await dana.waitForURL(/said=offered/)
    await holds(dana, 'main', /you hold this, and reminders come to you first/)
  })

  test('whoever is asked accepts, and holds it from then on', async () => {
    await ines.goto(demo.desk + incident)
    await holds(ines, '#holder', /Dana Whitfield/)
    await ines.goto(demo.desk + '/')
    await check(ines, 'the first page with a handover')
    await shoot(ines, 'promises-phone')
    await ines.click('#offers a')
    await holds(ines, 'main', /Kim restarts the export machines at four/)
    await holds(ines, 'main', /First update: /)
    await check(ines, 'a handover to accept')
    await shoot(ines, 'promises-handover')
    await ines.click('#answer .primary')
    await ines.waitForURL(/said=accepted/)
    await ines.goto(demo.desk + incident)
    await holds(ines, '#holder', /you/)
    await until(async () => {
      await ines.goto(demo.desk + '/mailbox')
      const list = await ines.textContent('main')
      return /Please take over: Exports stand still/.test(list) && /Handed over: Exports stand still/.test(list)
    }, 30_000, 'the mails about the handover')
  })
})
