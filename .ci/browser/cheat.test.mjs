// Whatever somebody at the desk tries, nothing unsigned comes out.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { launch, person, signIn, until } from './browser.mjs'
import { fill, open, submit, words } from './incident.mjs'
import { Demo } from './service.mjs'

describe('whoever cheats', { concurrency: false }, () => {
  let demo, browser, drafter, lead, update

  const send = (page, path, fields) => page.evaluate(async ({ path, fields }) => {
    const answer = await fetch(path, { method: 'POST', body: new URLSearchParams(fields) })
    return { status: answer.status, text: await answer.text() }
  }, { path, fields })
  const digest = page => page.getAttribute('[name="digest"]', 'value')
  const signature = (who, digest) => ({ digest, requirement: '0', languages: 'en', password: demo.passwords[who] })
  const unpublished = async () => assert.ok(!(await (await fetch(demo.page + '/en/')).text()).includes(words.en.headline), 'it is on the page')

  before(async () => {
    demo = await new Demo('cheat').start()
    browser = await launch()
    drafter = await person(browser)
    lead = await person(browser)
    await signIn(drafter, demo, 'dana')
    await signIn(lead, demo, 'ines')
    update = await open(drafter, demo)
    await fill(drafter)
    await submit(drafter)
    await lead.goto(demo.desk + update)
  })
  after(async () => {
    await browser?.close()
    await demo.stop()
  })

  test('cannot sign what they wrote', async () => {
    const { status } = await send(drafter, update + '/sign', signature('dana', await digest(lead)))
    assert.equal(status, 403)
    await unpublished()
  })

  test('cannot sign without proving who they are', async () => {
    const { status } = await send(lead, update + '/sign', { ...signature('ines', await digest(lead)), password: 'something else' })
    assert.ok(status === 401 || status === 403 || status === 422, String(status))
    await unpublished()
  })

  test('cannot sign with a token', async () => {
    const made = demo.run('token', 'create', 'ines', '--name', 'robot')
    assert.equal(made.status, 0, made.text)
    const answer = await fetch(demo.desk + update + '/sign', {
      method: 'POST',
      headers: { Authorization: 'Bearer ' + made.text.trim() },
      body: new URLSearchParams(signature('ines', await digest(lead)))
    })
    assert.equal(answer.status, 403)
    await unpublished()
  })

  test('cannot send a form from elsewhere', async () => {
    const cookies = (await lead.context().cookies()).map(c => `${c.name}=${c.value}`).join('; ')
    for (const headers of [{ Origin: 'https://evil.example' }, {}]) {
      const answer = await fetch(demo.desk + update + '/sign', {
        method: 'POST', headers: { Cookie: cookies, ...headers }, body: new URLSearchParams(signature('ines', await digest(lead)))
      })
      assert.equal(answer.status, 403)
    }
    await unpublished()
  })

  test('cannot sign a text that has changed since', async () => {
    const stale = await digest(lead)
    await drafter.goto(demo.desk + update + '?edit=1')
    await drafter.fill('[name="slots.en.who"]', 'about one in four customers in Europe')
    await drafter.click('.act button[value="change"]')
    await drafter.waitForSelector('.act button[value="submit"]')
    await submit(drafter)
    const { status, text } = await send(lead, update + '/sign', signature('ines', stale))
    assert.equal(status, 409)
    assert.match(text, /changed since you saw it/)
    await unpublished()
  })

  test('cannot fill two requirements alone, nor change the plan alone', async () => {
    const catalogue = join(demo.dir, 'plan', 'catalogue.yaml')
    writeFileSync(catalogue, readFileSync(catalogue, 'utf8').replace('{ en: Exports,', '{ en: Exports and downloads,'))
    const submitted = demo.run('plan', 'submit', join(demo.dir, 'plan'), '--as', 'dana', '-m', 'Say what exports are')
    assert.equal(submitted.status, 0, submitted.text)
    const path = /\/updates\/[a-z0-9]{12}/.exec(submitted.text)[0]
    await lead.goto(demo.desk + path)
    const seen = await digest(lead)
    const sign = requirement => send(lead, path + '/sign', { digest: seen, requirement, password: demo.passwords.ines })
    assert.equal((await sign('0')).status, 200)
    assert.equal((await sign('1')).status, 403)
    const page = async () => (await fetch(demo.page + '/en/')).text()
    assert.ok(!(await page()).includes('Exports and downloads'))

    const words = await person(browser)
    await signIn(words, demo, 'carlos')
    await words.goto(demo.desk + path)
    await words.fill('#sign [name="password"]', demo.passwords.carlos)
    await words.click('#sign-button')
    await until(async () => (await page()).includes('Exports and downloads'), 1500, 'the new plan on the page')
  })

  test('leaves an installation that verifies', () => {
    const { status, text } = demo.run('audit', 'verify')
    assert.equal(status, 0, text)
  })
})
