// Every page of the desk, wide and narrow, light and dark, in each language.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, launch, person, phone, signIn, wide } from './browser.mjs'
import { crawl } from './crawl.mjs'
import { fill, open, submit } from './incident.mjs'
import { Demo } from './service.mjs'

describe('every page of the desk', { concurrency: false }, () => {
  let demo, browser

  before(async () => {
    demo = await new Demo('deskpages').start()
    browser = await launch()
    const page = await person(browser)
    await signIn(page, demo, 'dana')
    await open(page, demo, 'A draft that nobody finished')
    await open(page, demo, 'An update in review')
    await fill(page)
    await submit(page)
    await page.context().close()
  })
  after(async () => {
    await browser?.close()
    await demo.stop()
  })

  for (const [who, viewport, colorScheme, alike] of [['dana', phone, 'light', 2], ['carlos', wide, 'dark', 1]]) {
    test(`for ${who}, ${viewport.width} pixels, ${colorScheme}`, async () => {
      const page = await person(browser, { viewport, colorScheme })
      await page.goto(demo.desk + '/signin')
      await check(page, 'the sign-in')
      await signIn(page, demo, who)
      const kinds = await crawl(page, demo.desk + '/', alike, ['/nowhere', '/updates/aaaaaaaaaaaa'])
      for (const kind of ['/', '/incidents', '/incidents/new', '/incidents/:id', '/maintenances/new', '/updates/:id', '/plan', '/links', '/subscribers', '/audit', '/mailbox/:id', '/account', '/nowhere']) assert.ok(kinds.includes(kind), `${kind} was not found among ${kinds}`)
      await page.context().close()
    })
  }
})
