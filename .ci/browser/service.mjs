// Runs the built program as a user does: `countersign demo` in a folder of its
// own, on free ports. It is built here, unless COUNTERSIGN_PROGRAM says where it
// lies: twenty files of tests need not build it twenty times.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const room = mkdtempSync(join(tmpdir(), 'countersign-browser-'))
export const program = process.env.COUNTERSIGN_PROGRAM ?? join(room, 'countersign')
if (!process.env.COUNTERSIGN_PROGRAM) execFileSync('go', ['build', '-o', program, './cmd/countersign'], { cwd: root, stdio: 'inherit' })
process.on('exit', () => rmSync(room, { recursive: true, force: true }))

export class Demo {
  constructor (name) {
    this.dir = join(room, name)
  }

  // Starts it and reads the addresses and the people from what it prints.
  async start () {
    this.child = spawn(program, ['demo', '--dir', this.dir, '--public', '127.0.0.1:0', '--desk', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.ended = new Promise(resolve => this.child.on('exit', (code, signal) => resolve(code ?? signal)))
    let out = ''
    await new Promise((resolve, reject) => {
      const read = chunk => {
        out += chunk
        if (out.includes('Ctrl-C stops it')) resolve()
      }
      this.child.stdout.on('data', read)
      this.child.stderr.on('data', read)
      this.ended.then(code => reject(new Error(`the demo ended with ${code}:\n${out}`)))
    })
    this.page = /The page\s+(\S+)/.exec(out)[1]
    this.desk = /The desk\s+(\S+)/.exec(out)[1]
    this.passwords = Object.fromEntries([...out.matchAll(/^ {4}(\S+)\s+(\S{19}) /gm)].map(m => [m[1], m[2]]))
    return this
  }

  // Asks it to stop, as Ctrl-C does, and gives the exit code.
  async stop () {
    this.child.kill('SIGINT')
    return this.ended
  }

  // kill -9.
  async kill () {
    this.child.kill('SIGKILL')
    return this.ended
  }

  // Runs another command on the demo's folder.
  run (...args) {
    const { status, stdout, stderr } = spawnSync(program, [...args, '--dir', this.dir], { encoding: 'utf8' })
    return { status, text: stdout + stderr }
  }
}
