// The script of the README, from an alert of Alertmanager to words that are
// signed once, at the desk, by somebody who did not write them.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { check, holds, launch, person, phone, shoot, signIn, until, wide } from './browser.mjs'
import { Demo, program } from './service.mjs'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const script = /<!-- script: alert -->\s+```sh\n([\s\S]*?)```/.exec(readme)[1]

describe('an alert', { concurrency: false }, () => {
  let demo, browser, lead, path

  before(async () => {
    demo = await new Demo('alert').start()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    await demo.stop()
  })

  const run = source => promisify(execFile)('bash', ['-euo', 'pipefail', '-c', source], {
    env: { ...process.env, PATH: dirname(program) + ':' + process.env.PATH, COUNTERSIGN_SERVER: demo.desk, DIR: demo.dir }
  })

  test('becomes a draft that waits for a signature', async () => {
    const { stdout } = await run(script)
    const [state, url] = stdout.trim().split('\n')
    assert.equal(state, 'in_review', stdout)
    path = new URL(url).pathname
    const page = await person(browser)
    await page.goto(demo.page)
    assert.ok(!(await page.textContent('body')).includes('cannot sign in'), 'nothing is public before the signature')
  })

  test('is shown to who signs, and its words are in no text', async () => {
    lead = await person(browser)
    await signIn(lead, demo, 'ines')
    await lead.goto(demo.desk + path)
    await holds(lead, '#alerts', /SignInErrors/)
    await lead.click('#alerts summary')
    await holds(lead, '#alerts', /31 % of sign-ins fail on auth-3/)
    assert.ok(!(await lead.textContent('#preview')).includes('auth-3'))
    await check(lead, 'an update that an alert began')
    await shoot(lead, 'alert')
    await lead.setViewportSize(phone)
    await check(lead, 'an update that an alert began, on a phone')
    await shoot(lead, 'alert-phone')
    await lead.setViewportSize(wide)
    await lead.goto(demo.desk + '/')
    await holds(lead, 'main', /Begun by an alert/)
  })

  test('reaches customers with one signature', async () => {
    await lead.goto(demo.desk + path)
    for (const box of await lead.locator('#sign input[name="languages"]').all()) await box.check()
    await lead.fill('#sign [name="password"]', demo.passwords.ines)
    await lead.click('#sign-button')
    await lead.waitForLoadState()
    const page = await person(browser)
    await until(async () => {
      await page.goto(demo.page)
      return (await page.textContent('body')).includes('Some customers cannot sign in')
    }, 20_000, 'the publication')
    const body = await page.content()
    assert.ok(!body.includes('auth-3') && !body.includes('SignInErrors'), 'nothing of the alert is')
  })
})
