// First words that two people approved while things were calm go out in two
// actions from the desk's first page, before anybody has had time to write.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, holds, launch, person, phone, shoot, signIn, until } from './browser.mjs'
import { open } from './incident.mjs'
import { Demo } from './service.mjs'

describe('a holding statement', { concurrency: false }, () => {
  let demo, browser, drafter, approval

  before(async () => {
    demo = await new Demo('holding').start()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    assert.equal(await demo.stop(), 0)
  })

  const text = async path => (await fetch(demo.page + path)).text()

  test('is shown exactly as it may go out, and asks for two signatures', async () => {
    drafter = await person(browser)
    await signIn(drafter, demo, 'dana')
    await drafter.goto(demo.desk + '/holding')
    await holds(drafter, 'main', /Not approved/)
    await check(drafter, 'the list')
    await shoot(drafter, 'holding-list')
    await drafter.click('button[name="statement"]')
    await drafter.waitForURL(/\/updates\/[a-z0-9]{12}/)
    approval = new URL(drafter.url()).pathname
    await holds(drafter, '#preview', /We are looking into a problem with \{components\}/)
    await holds(drafter, '#preview', /Estamos revisando un problema con \{components\}/)
    await holds(drafter, '#terms', /Goes out by itself.*Critical/s)
    await drafter.fill('[name="expires_at"]', '2000-01-01T00:00')
    await drafter.click('#act button.primary')
    await holds(drafter, '#problems, .problems', /ended already/)
    await drafter.fill('[name="expires_at"]', new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 16))
    await drafter.click('#act button.primary')
    await drafter.waitForSelector('.said')
    assert.equal(await drafter.locator('#sign').count(), 0, 'nobody approves what they asked for')
  })

  test('is approved in advance by two people, and customers see nothing of it', async () => {
    const front = await text('/')
    for (const [who, viewport] of [['ines', phone], ['carlos', undefined]]) {
      const page = await person(browser, viewport && { viewport })
      await signIn(page, demo, who)
      await page.goto(demo.desk + approval)
      if (viewport) await check(page, 'what awaits a signature')
      await shoot(page, 'holding-sign-' + who)
      for (const lang of ['en', 'es']) await page.check(`[name="languages"][value="${lang}"]`)
      await page.fill('#sign [name="password"]', demo.passwords[who])
      await page.locator('#changes').scrollIntoViewIfNeeded()
      await page.click('#sign-button:not([aria-disabled])')
      await page.waitForSelector('.said')
      await page.context().close()
    }
    await drafter.goto(demo.desk + '/holding')
    await holds(drafter, 'main', /Approved\. By .*(Inés|Carlos)/)
    await check(drafter, 'the list of what is approved')
    const days = body => body.replace(/<footer[\s\S]*/, '')
    assert.equal(days(await text('/')), days(front), 'the public page moved')
  })

  test('goes out in two actions from the first page', async () => {
    await open(drafter, demo)
    await drafter.goto(demo.desk + '/')
    await holds(drafter, '#silent', /Customers know nothing of this/)
    await check(drafter, 'the first page')
    await shoot(drafter, 'holding-now')
    await drafter.click('#silent a.primary') // one
    await holds(drafter, '#preview', /We are looking into a problem with Documents/)
    await check(drafter, 'what would go out')
    await shoot(drafter, 'holding-publish')
    await drafter.fill('#sign [name="password"]', 'wrong')
    await drafter.click('#sign-button:not([aria-disabled])')
    await drafter.waitForSelector('#problems')
    assert.ok(!(await text('/')).includes('looking into a problem with Documents'), 'it went out without the person')
    await drafter.fill('#sign [name="password"]', demo.passwords.dana)
    await drafter.click('#sign-button:not([aria-disabled])') // two
    await drafter.waitForSelector('.said')
    await holds(drafter, '.entry', /Holding statement/)
    await check(drafter, 'the incident at the desk')
    await shoot(drafter, 'holding-incident')
    await until(async () => (await text('/')).includes('looking into a problem with Documents') && (await text('/feed.rss')).includes('looking into a problem with Documents'), 3000, 'the page and the feed')
    assert.match(demo.run('audit', 'verify').text, /Everything holds/)
  })

  test('reads like any update for customers', async () => {
    const page = await person(browser, { viewport: phone })
    await page.goto(demo.page)
    await holds(page, 'main', /We do not yet know how many customers are affected/)
    await check(page, 'the page')
    await shoot(page, 'holding-page')
    await page.context().close()
  })

  test('is explained at the desk, and is of no more use for that incident', async () => {
    await drafter.click('.entry h3 a')
    await holds(drafter, 'main', /approved in advance by .*, and published by/s)
    await drafter.goto(demo.desk + '/')
    assert.equal(await drafter.locator('#silent').count(), 0)
  })

  test('is withdrawn by a person, with a reason', async () => {
    await drafter.goto(demo.desk + '/holding')
    await drafter.click('details summary')
    await drafter.fill('textarea[name="reason"]', 'It says too little.')
    await drafter.click('form[action="/holding/end"] button')
    await drafter.waitForSelector('.said')
    await holds(drafter, 'main', /Withdrawn\. By Dana.*It says too little/s)
    await open(drafter, demo, 'Search is slow')
    await drafter.goto(demo.desk + '/')
    assert.equal(await drafter.locator('#silent').count(), 0)
    await holds(drafter, '#renew', /Withdrawn/)
    await check(drafter, 'the first page after that')
  })
})
