// Asking for mail, confirming it, changing it and ending it, as customers do.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, holds, launch, person, phone, shoot, signIn, until, wide } from './browser.mjs'
import { Demo } from './service.mjs'

const told = { en: [/Now look into your inbox/, /That is settled/, /Saved\./, /You will get no more mails/], es: [/Ahora mire su buzón/, /Queda confirmado/, /Guardado\./, /No recibirá más correos/] }

describe('mail', { concurrency: false }, () => {
  let demo, browser, desk

  before(async () => {
    demo = await new Demo('subscribe').start()
    browser = await launch()
    desk = await person(browser)
    await signIn(desk, demo, 'ines')
  })
  after(async () => {
    await browser?.close()
    await demo.stop()
  })

  // The text of the newest mail to an address, once it is there.
  async function mailTo (address, words) {
    let link
    await until(async () => {
      await desk.goto(demo.desk + '/mailbox')
      link = desk.locator('li', { hasText: address }).filter({ hasText: words }).first()
      return await link.count() > 0
    }, 60_000, `a mail to ${address}`)
    await link.locator('a').click()
    return desk.textContent('main')
  }
  const linkIn = (text, part) => new RegExp(`http://localhost:\\d+/(?:\\w\\w/)?subscriptions/${part}[\\w.-]+`).exec(text)[0]

  for (const [lang, viewport, javaScriptEnabled, colorScheme] of [['en', wide, true, 'light'], ['es', phone, false, 'dark']]) {
    test(`is asked for, confirmed, changed and ended in ${lang}, ${viewport.width} pixels, scripts ${javaScriptEnabled}`, async () => {
      const page = await person(browser, { viewport, javaScriptEnabled, colorScheme })
      const look = async (name) => { if (javaScriptEnabled) await check(page, name); await shoot(page, `subscribe-${name}-${lang}`) }
      await page.goto(`${demo.page}/${lang}/`)
      await page.click('header .button')
      await look('form')
      await page.fill('#f-address', 'visitor@')
      await page.check('[name=what][value=some]')
      await page.click('form.ask button')
      await holds(page, '#e-address', /name@example\.com|nombre@example\.com/)
      assert.equal(await page.inputValue('#f-address'), 'visitor@', 'nothing typed is lost')
      assert.ok(await page.isChecked('[name=what][value=some]'))
      await look('problem')
      const address = `visitor-${lang}@customer.example`
      await page.fill('#f-address', address)
      await page.check('[name=component][value=search]')
      await page.click('form.ask button')
      await holds(page, 'h1', told[lang][0])
      await look('sent')

      const mail = await mailTo(address, /confirm|Confirme/)
      const link = linkIn(mail, 'confirm/')
      for (let i = 0; i < 2; i++) assert.equal((await fetch(link)).status, 200) // a scanner opens every link
      await page.goto(link)
      await holds(page, 'main', new RegExp(address))
      await look('confirm')
      await page.click('main form button')
      await holds(page, 'h1', told[lang][1])
      await look('settled')

      await page.click('main a >> nth=0')
      await holds(page, 'main', new RegExp(address))
      assert.ok(await page.isChecked('[name=component][value=search]'))
      await look('manage')
      await page.check('[name=what][value=all]')
      await page.selectOption('#f-kind', 'incident')
      await page.click('form.ask >> nth=0 >> button')
      await holds(page, '[role=status]', told[lang][2])
      const manage = page.url().replace(/\/choices$/, '')
      const data = await (await fetch(manage + '/data.json')).json()
      assert.deepEqual([data.address, data.choice], [address, { kind: 'incident', everything: true }])

      // A known address reads the same, and is told by mail.
      await page.goto(`${demo.page}/${lang}/subscribe?component=exports`)
      await page.fill('#f-address', address)
      await page.click('form.ask button')
      await holds(page, 'h1', told[lang][0])
      const known = await mailTo(address, /already|Ya recibe/)
      await page.goto(linkIn(known, '(?!confirm)'))
      await page.click('#leave button')
      await holds(page, 'h1', told[lang][3])
      await look('left')
      assert.equal((await fetch(link)).status, 404, 'what was confirmed is forgotten with the address')
      await page.goto(manage)
      assert.ok(!(await page.content()).includes(address))
      await page.context().close()
    })
  }

  test('tells when planned work is over, and nothing else', async () => {
    const page = await person(browser, { viewport: phone })
    await page.goto(demo.page + '/en/')
    await page.click('a:has-text("Planned work on Search")')
    await check(page, 'the planned work')
    await page.click('a:has-text("Tell me when this is over")')
    assert.ok(await page.isChecked('[name=incident]'))
    assert.ok(await page.isChecked('[name=what][value=none]'))
    await check(page, 'the form for one')
    await shoot(page, 'subscribe-one')
    await page.fill('#f-address', 'once@customer.example')
    await page.click('form.ask button')
    await page.goto(linkIn(await mailTo('once@customer.example', /confirm/), 'confirm/'))
    await holds(page, 'main', /When this is over/)
    await page.click('main form button')
    await page.click('main a >> nth=0')
    await check(page, 'one thing only')
    await page.context().close()
    const { status, text } = demo.run('audit', 'verify')
    assert.equal(status, 0, text)
  })
})
