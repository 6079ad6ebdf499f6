// Words: a sentence full of jargon is made plain with the keyboard alone, in
// both languages, and what a rule stops is stopped where it was typed.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, launch, person, shoot, signIn } from './browser.mjs'
import { open } from './incident.mjs'
import { Demo } from './service.mjs'

describe('words', { concurrency: false }, () => {
  let demo, browser, dana

  before(async () => {
    demo = await new Demo('words').start()
    browser = await launch()
    dana = await person(browser)
    await signIn(dana, demo, 'dana')
    await open(dana, demo)
  })
  after(async () => {
    await browser?.close()
    assert.equal(await demo.stop(), 0)
  })

  const buttons = name => dana.locator(`[id="w-${name}"] button[name="replace"]`)

  // type puts a sentence into a field that the keyboard has reached, and waits
  // for what the rules say of it.
  async function type (name, text) {
    await dana.focus(`[name="${name}"]`)
    await dana.keyboard.press('ControlOrMeta+A')
    await dana.keyboard.type(text)
    await buttons(name).first().waitFor()
  }

  // plain takes suggestions over by key until none is left.
  async function plain (name) {
    let keys = 0
    for (let left = await buttons(name).count(); left > 0; left = await buttons(name).count()) {
      assert.ok(++keys < 20, 'there is an end to the suggestions')
      const before = await dana.inputValue(`[name="${name}"]`)
      await dana.keyboard.press('Alt+KeyR')
      await dana.waitForFunction(([name, before]) => document.querySelector(`[name="${name}"]`).value !== before, [name, before])
      assert.equal(await dana.evaluate(() => document.activeElement.name), name, 'the keyboard stays in the field')
      await dana.waitForFunction(() => !document.querySelector('form[aria-busy="true"]'))
    }
    return { keys, text: await dana.inputValue(`[name="${name}"]`) }
  }

  test('of an English sentence become plain by key', async () => {
    const name = 'slots.en.impact'
    await type(name, 'Some customers see intermittent timeouts at this time!')
    await check(dana, 'a sentence full of jargon')
    await shoot(dana, 'words-jargon')
    const { keys, text } = await plain(name)
    assert.equal(text, 'Some customers see on and off requests that get no answer in time now.')
    assert.equal(keys, 4)
    assert.equal((await dana.textContent(`[id="w-${name}"]`)).trim(), '')
    await shoot(dana, 'words-plain')
  })

  test('of a Spanish sentence as well', async () => {
    const name = 'slots.es.impact'
    await dana.focus('details[lang="es"] > summary')
    await dana.keyboard.press('Enter')
    await type(name, 'Algunos clientes no pueden entrar con el login en estos momentos.')
    const { text } = await plain(name)
    assert.equal(text, 'Algunos clientes no pueden entrar con el inicio de sesión ahora.')
  })

  test('that blame somebody are stopped, and the key says what to say instead', async () => {
    const name = 'slots.en.action_us'
    await type(name, 'waiting, because of a problem caused by Cloudflare')
    await dana.waitForFunction(name => /BLAME-NAME/.test(document.getElementById('w-' + name).textContent), name)
    assert.equal(await dana.getAttribute(`[name="${name}"]`, 'aria-invalid'), 'true')
    const { text } = await plain(name)
    assert.match(text, /caused by a supplier$/i)
    assert.match(await dana.textContent(`[id="w-${name}"]`), /CAUSE-EARLY/, 'a cause that nobody confirmed has no plain word')
  })
})
