// Writing: every pause is kept and shown as it would go out, two people write
// on one draft, and whatever dies meanwhile, nothing that was typed is lost.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, holds, launch, person, phone, shoot, signIn, until } from './browser.mjs'
import { fill, open, submit, words } from './incident.mjs'
import { Demo } from './service.mjs'

const impact = '[name="slots.en.impact"]'
const who = '[name="slots.en.who"]'
const saved = /^Saved at|^Guardado a las/

// The page says that everything that it holds is saved.
function settled (page) {
  return page.waitForFunction(pattern => {
    const fresh = document.querySelector('#saved')
    return new RegExp(pattern).test(fresh.textContent.trim()) && !Object.keys(localStorage).some(k => k.startsWith('desk:'))
  }, saved.source)
}

function says (page, part, pattern) {
  return page.waitForFunction(([part, source]) => new RegExp(source).test(document.querySelector(part)?.textContent ?? ''), [part, pattern.source])
}

// What the server holds, as somebody without a script sees it.
async function stored (page, demo, update) {
  const html = await (await page.request.get(demo.desk + update)).text()
  return { html, has: text => html.includes(text) }
}

describe('writing', { concurrency: false }, () => {
  let demo, browser, dana, carlos, update

  before(async () => {
    demo = await new Demo('live').start()
    browser = await launch()
    dana = await person(browser)
    await signIn(dana, demo, 'dana')
    carlos = await person(browser, { viewport: phone, locale: 'es-ES' })
    await signIn(carlos, demo, 'carlos')
  })
  after(async () => {
    await browser?.close()
    const { status, text } = demo.run('audit', 'verify')
    assert.equal(status, 0, text)
    assert.equal(await demo.stop(), 0)
  })

  test('is shown as it would go out at each pause, with what the rules say', async () => {
    update = await open(dana, demo)
    await dana.locator(impact).pressSequentially('Requests to db-prod-03 fail in Europe.')
    await says(dana, '[id="w-slots.en.impact"]', /SEC-HOST/)
    assert.equal(await dana.getAttribute(impact, 'aria-invalid'), 'true')
    await says(dana, '#preview', /Requests to/)
    assert.equal(await dana.evaluate(() => document.activeElement.name), 'slots.en.impact', 'the focus stays')
    await check(dana, 'while typing')
    await shoot(dana, 'live')
    await dana.fill(impact, words.en.impact)
    await dana.waitForFunction(() => document.getElementById('w-slots.en.impact').textContent.trim() === '')
    await says(dana, '#preview', /cannot open their documents/)
    await settled(dana)
    for (const form of ['mail', 'short', 'support', 'product']) {
      await dana.locator(`#preview input.f-${form}`).check()
      await dana.locator(who).pressSequentially('x')
      await settled(dana)
      assert.ok(await dana.locator(`#preview input.f-${form}`).isChecked(), 'the chosen form stays')
    }
    await dana.fill(who, '')
    await settled(dana)
  })

  test('takes a plainer word over with a key, and shows the fields of another template', async () => {
    await dana.fill('[name="slots.en.action_us"]', 'looking at the failover')
    await says(dana, '[id="w-slots.en.action_us"]', /JARGON/)
    await dana.focus('[name="slots.en.action_us"]')
    await dana.keyboard.press('Alt+r')
    await dana.waitForFunction(() => !/failover/.test(document.querySelector('[name="slots.en.action_us"]').value))
    assert.equal(await dana.evaluate(() => document.activeElement.name), 'slots.en.action_us')
    await dana.locator('details.fold > summary').first().click()
    const before = await dana.inputValue('#f-template')
    const options = await dana.locator('#f-template option').evaluateAll(all => all.map(o => o.value))
    const fields = () => dana.locator('#slots [name]').evaluateAll(all => all.map(el => el.name).join(' '))
    const old = await fields()
    await dana.selectOption('#f-template', options.find(o => o !== before))
    await dana.waitForFunction(old => [...document.querySelectorAll('#slots [name]')].map(el => el.name).join(' ') !== old, old)
    await dana.selectOption('#f-template', before)
    await dana.waitForFunction(old => [...document.querySelectorAll('#slots [name]')].map(el => el.name).join(' ') === old, old)
    assert.equal(await dana.inputValue(impact), words.en.impact)
    await settled(dana)
  })

  test('by two in different fields is merged without a question', async () => {
    await carlos.goto(demo.desk + update)
    await dana.focus(impact)
    await dana.locator(impact).press('End')
    await dana.keyboard.type(' Dana.')
    await settled(dana)
    await carlos.fill(who, 'uno de cada cinco')
    await settled(carlos)
    await says(carlos, '#here', /Dana/)
    assert.match(await carlos.inputValue(impact), /Dana\.$/, 'the words of the other arrive')
    await says(carlos, '[id="p-slots.en.impact"]', /está escribiendo aquí/)
    await dana.keyboard.type('!')
    await dana.waitForFunction(() => document.querySelector('[name="slots.en.who"]').value === 'uno de cada cinco')
    await says(dana, '#here', /is writing here too/)
    await holds(dana, '#slots', /Changed by .* while you wrote/)
    await shoot(carlos, 'live-phone')
  })

  test('by two in the same field shows both, and loses neither', async () => {
    await settled(dana)
    await settled(carlos)
    await carlos.context().setOffline(true)
    await carlos.fill(who, 'las palabras de Carlos')
    await says(carlos, '#saved', /Sin guardar/)
    await dana.fill(who, 'the words of Dana')
    await settled(dana)
    await carlos.context().setOffline(false)
    const theirs = '[id="t-slots.en.who"]'
    await says(carlos, theirs, /the words of Dana/)
    assert.equal(await carlos.inputValue(who), 'las palabras de Carlos', 'what was typed stays')
    carlos.complaints.length = 0 // of the connection that was cut
    await says(carlos, '#saved', /Elija/)
    const paused = carlos.waitForResponse(r => r.request().postData()?.includes('escalera'))
    await carlos.fill('[name="slots.en.headline"]', 'la escalera')
    await paused // a pause does not decide
    assert.ok((await stored(dana, demo, update)).has('the words of Dana'))
    await carlos.locator(theirs).scrollIntoViewIfNeeded()
    await check(carlos, 'two texts')
    await shoot(carlos, 'live-choose')
    await carlos.click(theirs + ' [data-mine]')
    await settled(carlos)
    assert.ok((await stored(dana, demo, update)).has('las palabras de Carlos'))
    await dana.waitForFunction(() => document.querySelector('[name="slots.en.who"]').value === 'las palabras de Carlos', null, { timeout: 15000 })
  })

  test('goes on when the connection dies and comes back', async () => {
    await dana.context().setOffline(true)
    await dana.fill(impact, 'Typed without a connection, for a long while.')
    await says(dana, '#saved', /^Not saved: no connection/)
    await holds(dana, '#told', /no connection/)
    await dana.fill(who, 'typed later')
    await dana.context().setOffline(false)
    await settled(dana)
    dana.complaints.length = 0
    const now = await stored(dana, demo, update)
    assert.ok(now.has('Typed without a connection, for a long while.') && now.has('typed later'))
  })

  test('goes on when an answer is lost after the server has saved', async () => {
    let lost = 0
    await dana.route('**/live', async route => {
      const holdsWords = route.request().postData().includes('Once')
      if (!holdsWords || lost++) return route.continue()
      await route.fetch()
      await route.abort()
    })
    await dana.fill(impact, 'Once upon a request.')
    await says(dana, '#saved', /^Not saved/)
    await dana.fill(impact, 'Once upon a request, and on.')
    await settled(dana)
    assert.equal(await dana.locator('[data-take]').count(), 0, 'nobody else changed it')
    assert.ok((await stored(dana, demo, update)).has('Once upon a request, and on.'))
    await dana.unroute('**/live')
  })

  test('goes on when the service is killed in the middle of it, and the session with it', async () => {
    await dana.fill(impact, 'Before the kill.')
    await settled(dana)
    await demo.kill()
    await dana.fill(who, 'typed while it was dead')
    await says(dana, '#saved', /^Not saved: no connection/)
    dana.complaints.length = 0
    await demo.start() // on the same port, with other passwords: every session has ended
    await dana.evaluate(() => dispatchEvent(new Event('online')))
    await dana.waitForSelector('#ended:not([hidden])')
    await check(dana, 'a session that has ended')
    const another = await dana.context().newPage()
    await signIn(another, demo, 'dana')
    await another.close()
    await dana.evaluate(() => dispatchEvent(new Event('focus')))
    await settled(dana)
    assert.ok(await dana.isHidden('#ended'))
    const now = await stored(dana, demo, update)
    assert.ok(now.has('Before the kill.') && now.has('typed while it was dead'))
  })

  test('goes on after the browser lost the page', async () => {
    await dana.context().setOffline(true)
    await dana.fill(impact, 'Typed before the browser ended.')
    await says(dana, '#saved', /^Not saved/)
    // A page that is closed still sends what it holds; one that crashes cannot.
    const context = dana.context(), ended = dana.waitForEvent('crash')
    const devtools = await context.newCDPSession(dana)
    devtools.send('Page.crash').catch(() => {})
    await ended
    const page = await context.newPage()
    await dana.close()
    await context.setOffline(false)
    page.complaints = []
    dana = page
    await dana.goto(demo.desk + update)
    assert.notEqual(await dana.inputValue(impact), 'Typed before the browser ended.', 'it is offered, not put back unasked')
    await dana.click('#restore')
    await settled(dana)
    assert.ok((await stored(dana, demo, update)).has('Typed before the browser ended.'))
  })

  test('takes no signature back by itself', async () => {
    await fill(dana)
    await dana.fill('[name="slots.next_update"]', new Date(Date.now() + 20 * 60_000).toISOString().slice(0, 16))
    await settled(dana)
    const late = await dana.context().newPage()
    late.complaints = []
    await late.goto(demo.desk + update)
    await submit(dana)
    await holds(dana, 'main', /signatures are asked for/)
    await late.fill(impact, 'Typed into a text that is in review.')
    await says(late, '#saved', /waits for signatures/)
    await says(late, '#preview', /Typed into a text that is in review/)
    await check(late, 'typing into what is in review')
    await late.locator('#act').scrollIntoViewIfNeeded()
    await shoot(late, 'live-held')
    await dana.reload()
    assert.equal(await dana.locator('#sign-card, #act button').count(), 0)
    await holds(dana, 'main', /waits for|Facts|missing/i)
    assert.ok(!(await stored(dana, demo, update)).has('Typed into a text that is in review.'))
    await Promise.all([late.waitForEvent('domcontentloaded'), late.click('button[value="change"]')])
    await late.waitForSelector('#write')
    assert.equal(await late.inputValue(impact), 'Typed into a text that is in review.')
    await late.fill(impact, words.en.impact)
    await settled(late)
    await submit(late)
    await late.waitForSelector('.said')
    await late.close({ runBeforeUnload: false })
  })

  test('in a stale tab is stopped, and the text is still there', async () => {
    await dana.goto(demo.desk + update + '?edit=1')
    await dana.waitForSelector('#write')
    const ines = await person(browser)
    await signIn(ines, demo, 'ines')
    await ines.goto(demo.desk + update)
    for (const lang of ['en', 'es']) await ines.check(`[name="languages"][value="${lang}"]`)
    await ines.fill('#sign [name="password"]', demo.passwords.ines)
    await ines.locator('#changes').scrollIntoViewIfNeeded()
    await ines.click('#sign-button')
    await ines.waitForSelector('.said')
    await dana.fill(impact, 'Typed into a tab of last week.')
    await says(dana, '#stopped', /published/)
    await check(dana, 'a stale tab')
    await dana.locator('#stopped').scrollIntoViewIfNeeded()
    await shoot(dana, 'live-stale')
    assert.equal(await dana.inputValue(impact), 'Typed into a tab of last week.')
    dana.on('dialog', d => d.accept())
    await dana.click('#stopped a[href^="/incidents/"]')
    await dana.waitForURL(/\/incidents\//)
  })

  test('refuses to save what somebody else typed in this browser', async () => {
    const own = await person(browser)
    await signIn(own, demo, 'dana')
    const other = await open(own, demo, 'Another one')
    await own.context().clearCookies()
    const second = await own.context().newPage()
    second.complaints = []
    await signIn(second, demo, 'carlos')
    await own.fill(impact, 'Words of Dana in a browser of Carlos.')
    await says(own, '#stopped', /escribió este texto/)
    assert.ok(!(await stored(second, demo, other)).has('Words of Dana'))
  })

  test('works without the script', async () => {
    const page = await person(browser, { javaScriptEnabled: false })
    await signIn(page, demo, 'dana')
    await open(page, demo, 'Without a script')
    await page.fill(impact, 'Requests to db-prod-03 fail.')
    await page.click('.act button[value="preview"]')
    await holds(page, '[id="w-slots.en.impact"]', /SEC-HOST/)
    await fill(page)
    await page.click('.act button[value="save"]')
    assert.equal(await page.inputValue(impact), words.en.impact)
  })
})
