// Every page that customers see, wide and narrow, light and dark.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { launch, person, phone, wide } from './browser.mjs'
import { crawl } from './crawl.mjs'
import { Demo } from './service.mjs'

describe('every page of the public side', { concurrency: false }, () => {
  let demo, browser

  before(async () => {
    demo = await new Demo('pages').start()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    await demo.stop()
  })

  for (const [viewport, colorScheme, alike] of [[wide, 'light', 2], [phone, 'dark', 1]]) {
    test(`${viewport.width} pixels, ${colorScheme}`, async () => {
      const page = await person(browser, { viewport, colorScheme })
      const kinds = await crawl(page, demo.page + '/', alike, ['/nowhere', '/subscriptions/nobody', '/es/nowhere', '/go/export', '/es/go/nobody-knows'])
      for (const kind of ['/', '/en/history', '/es/history/:month', '/en/components/:id', '/en/days/:day', '/en/incidents/:id', '/es/maintenances/:id', '/es/subscribe', '/nowhere']) assert.ok(kinds.includes(kind), `${kind} was not found among ${kinds}`)
      await page.context().close()
    })
  }
})
