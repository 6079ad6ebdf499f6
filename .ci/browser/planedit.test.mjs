// The plan as a page that anybody can read, and changed by two people who
// never see its files.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { check, holds, launch, person, phone, shoot, signIn, until } from './browser.mjs'
import { Demo } from './service.mjs'

describe('the plan at the desk', { concurrency: false }, () => {
  let demo, browser, writer, draft, other, overtaken

  before(async () => {
    demo = await new Demo('planedit').start()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    assert.equal(await demo.stop(), 0, 'Ctrl-C stops it cleanly')
  })

  test('can be read by somebody who is no engineer', async () => {
    writer = await person(browser)
    await signIn(writer, demo, 'dana')
    await writer.click('nav a[href="/plan"]')
    await holds(writer, '#promises', /Most customers cannot do what they use us for/)
    await holds(writer, '#roles', /stands in as/)
    await holds(writer, '#rules', /An IP address/)
    await writer.locator('#templates summary').filter({ hasText: 'Investigating' }).first().click()
    await holds(writer, '#templates details[open]', /Next update by \{next_update\}/)
    await check(writer, 'the plan in force')
    await shoot(writer, 'plan')
    await writer.click('a[href="/plan/versions"]')
    await holds(writer, 'main', /The first plan/)
  })

  test('calls a component otherwise without its files', async () => {
    await writer.goto(demo.desk + '/plan')
    await writer.click('#components a')
    await shoot(writer, 'plan-list')
    await writer.click('a:has-text("Change Exports")')
    await writer.fill('[name="name.en"]', '')
    await writer.click('button[value=save]')
    await holds(writer, '#problems', /Name is empty/)
    assert.equal(await writer.inputValue('[name="name.es"]'), 'Exportaciones', 'what was there stays')
    await writer.fill('[name="name.en"]', 'Downloads')
    await writer.fill('[name="name.es"]', 'Descargas')
    await writer.click('button[value=save]')
    await holds(writer, '#so-far', /Downloads/)
    draft = new URL(writer.url()).searchParams.get('draft')
    await writer.goto(demo.desk + '/plan/edit/glossary')
    assert.equal(new URL(writer.url()).searchParams.get('draft'), draft, 'the next change goes into the same draft')
    await writer.click('a:has-text("Add a term")')
    await writer.fill('[name="term"]', 'Bluebird')
    await writer.fill('[name="plain"]', 'exports')
    await writer.click('button[value=save]')
    await holds(writer, '#so-far', /Bluebird/)
    await writer.click('nav.sections a:has-text("Alerts")')
    await writer.click('a:has-text("Add what an alert means")')
    await writer.fill('[name="match.1.label"]', 'alertname')
    await writer.selectOption('[name="match.1.how"]', 'matches')
    await writer.fill('[name="match.1.value"]', 'Search.*')
    await writer.click('button[value=save]')
    await holds(writer, '#problems', /Severity is empty/)
    await writer.selectOption('[name="claims.search"]', 'degraded')
    await writer.selectOption('[name="severity"]', 'minor')
    await check(writer, 'what an alert means')
    await writer.click('button[value=save]')
    await holds(writer, '#so-far', /alertname matches “Search\.\*”/)
    await shoot(writer, 'plan-edit')
    await check(writer, 'two changes')
  })

  test('shows a signature that could not be given, before the incident', async () => {
    await writer.goto(`${demo.desk}/plan/edit/roster?draft=${draft}`)
    await writer.click('a:has-text("Change Legal")')
    const held = await writer.locator('[name="stand_ins"]:checked').evaluateAll(all => all.map(one => one.value))
    for (const who of held) await writer.uncheck(`[name="stand_ins"][value="${who}"]`)
    await writer.click('button[value=save]')
    await holds(writer, '#findings', /cannot be signed/)
    await check(writer, 'a quorum that cannot be met')
    await writer.click('a:has-text("Change Legal")')
    for (const who of held) await writer.check(`[name="stand_ins"][value="${who}"]`)
    await writer.click('button[value=save]')
    await writer.waitForURL(/said=saved/)
    assert.ok(!/cannot be signed/.test(await writer.textContent('main')), 'and shows it no longer')
  })

  test('is begun by somebody else as well', async () => {
    other = await person(browser)
    await signIn(other, demo, 'ines')
    await other.goto(demo.desk + '/plan/edit/components')
    await other.click('a:has-text("Change Exports")')
    await other.fill('[name="name.en"]', 'Files to go')
    await other.click('button[value=save]')
    await holds(other, '#so-far', /Files to go/)
    overtaken = new URL(other.url()).searchParams.get('draft')
  })

  test('is signed by another person and then on the page', async () => {
    await writer.click('#so-far a.button')
    await writer.waitForURL(/\/updates\//)
    await check(writer, 'the whole change')
    await writer.click('button[formaction$="/submit"]')
    await writer.waitForURL(/said=submitted/)
    const kinds = ['ines', 'carlos']
    for (const who of kinds) {
      const signer = await person(browser, { viewport: phone, javaScriptEnabled: who === 'ines' })
      await signIn(signer, demo, who)
      await signer.goto(demo.desk + '/updates/' + draft)
      await holds(signer, '#changes', /Downloads/)
      if (who === 'ines') {
        await check(signer, 'the change on a phone')
        await shoot(signer, 'plan-sign')
      }
      await signer.locator('#changes').scrollIntoViewIfNeeded()
      await signer.fill('#f-password', demo.passwords[who])
      await signer.click('#sign-button')
      await signer.waitForURL(/said=(signed|published)/)
      await signer.context().close()
    }
    const reader = await person(browser)
    await until(async () => { await reader.goto(demo.page); return /Downloads/.test(await reader.textContent('main')) }, 5000, 'the new name on the page')
    await writer.goto(demo.desk + '/plan')
    await holds(writer, '#alerts', /alertname matches “Search\.\*”\s*begins a draft: Minor; Search: Slow/)
    await writer.goto(demo.desk + '/plan/changes/2')
    await holds(writer, 'main', /Downloads › name › English/)
    await check(writer, 'what changed')
    await shoot(writer, 'plan-changes')
  })

  test('is brought up to date when another change was faster', async () => {
    const small = await person(browser, { viewport: phone, colorScheme: 'dark' })
    await signIn(small, demo, 'ines')
    for (const [page, name] of [[other, 'plan-behind'], [small, 'phone-plan-behind']]) {
      await page.goto(demo.desk + '/updates/' + overtaken)
      await holds(page, '#behind', /Downloads/)
      await holds(page, '#behind', /Files to go/)
      await check(page, name)
      await shoot(page, name)
    }
    await small.context().close()
    await other.check('#behind input[value=mine]')
    await other.click('#behind button[value=rebase]')
    await other.waitForURL(/said=rebased/)
    assert.equal(await other.locator('#behind').count(), 0, 'it is up to date')
    await holds(other, 'main', /Files to go/)
  })

  test('works on a phone, in the dark, and without a script', async () => {
    const small = await person(browser, { viewport: phone, colorScheme: 'dark' })
    await signIn(small, demo, 'ines')
    for (const [path, name] of [['/plan', 'phone-plan'], ['/plan/edit/components', 'phone-plan-list'], ['/plan/edit/links?entry=link/sign-in', 'phone-plan-link'], ['/plan/edit/roster?entry=role/legal', 'phone-plan-role']]) {
      await small.goto(demo.desk + path)
      await check(small, name)
      await shoot(small, name)
    }
    const plain = await person(browser, { viewport: phone, javaScriptEnabled: false }) // axe needs timers, so it looks above
    await signIn(plain, demo, 'ines')
    await plain.goto(demo.desk + '/plan/edit/components')
    await plain.click('button:has-text("Move Files to go up")')
    await holds(plain, '#so-far', /components/)
  })

  test('stays as it was for what was open, until somebody moves it', async () => {
    await writer.goto(demo.desk + '/maintenances')
    await writer.click('main a:has-text("Search")')
    await holds(writer, '#plan', /Version 1, in force when it was opened/)
    await check(writer, 'work under an older plan')
    await shoot(writer, 'plan-move')
    await writer.click('#plan button')
    await holds(writer, '#plan', /Version 2, moved by/)
    const audit = demo.run('audit', 'verify')
    assert.equal(audit.status, 0, audit.text)
  })
})
