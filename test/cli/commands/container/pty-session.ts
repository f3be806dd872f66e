import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a person does at a terminal, in order. `expect` waits until the text was shown; `mode` notes how it is set. */
export type PtyStep =
  | readonly ['expect', string]
  | readonly ['type', string]
  | readonly ['resize', number, number]
  | readonly ['signal', number]
  | readonly ['mode'];

export interface PtyOutcome {
  readonly output: string;
  readonly exitCode: number;
  /** For each `mode` step: which of these are on, as `icanon echo isig opost`. */
  readonly modes: readonly string[];
  /** True when the terminal is set at the end as it was before. */
  readonly restored: boolean;
}

/** Runs a program on a pseudo terminal of its own, as its controlling one. */
const DRIVER = `
import fcntl, json, os, pty, select, signal, struct, sys, termios, time
steps, argv = json.loads(sys.argv[1]), sys.argv[2:]
master, slave = pty.openpty()
def resize(rows, columns):
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
resize(24, 80)
before = termios.tcgetattr(slave)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for target in (0, 1, 2):
        os.dup2(slave, target)
    os.execvp(argv[0], argv)
output, modes, seen, deadline = b'', [], 0, time.time() + 20
def read(wait):
    global output
    if select.select([master], [], [], wait)[0]:
        output += os.read(master, 65536)
        return True
    return False
def mode():
    attributes = termios.tcgetattr(slave)
    flags = [('icanon', 3, termios.ICANON), ('echo', 3, termios.ECHO), ('isig', 3, termios.ISIG), ('opost', 1, termios.OPOST)]
    return ' '.join(name for name, at, bit in flags if attributes[at] & bit)
for step in steps:
    if step[0] == 'expect':
        text = step[1].encode()
        while output.find(text, seen) < 0 and time.time() < deadline:
            read(0.1)
        seen = max(seen, output.find(text, seen) + len(text))
    elif step[0] == 'type':
        os.write(master, step[1].encode())
    elif step[0] == 'resize':
        resize(step[1], step[2])
        os.killpg(os.tcgetpgrp(master), signal.SIGWINCH)
    elif step[0] == 'signal':
        os.kill(pid, step[1])
    elif step[0] == 'mode':
        modes.append(mode())
done = 0
while done == 0 and time.time() < deadline:
    read(0.02)
    done, status = os.waitpid(pid, os.WNOHANG)
if done == 0:
    os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
while read(0):
    pass
after = termios.tcgetattr(slave)
print(json.dumps({'output': output.decode(), 'exitCode': os.waitstatus_to_exitcode(status), 'modes': modes, 'restored': before == after}))
`;

/** Runs `argv` on a terminal of 80 × 24 and does these things there; ends it by force after 20 s. */
export async function runOnTerminal(argv: readonly string[], steps: readonly PtyStep[]): Promise<PtyOutcome> {
  const driver = spawn('python3', ['-c', DRIVER, JSON.stringify(steps), ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let report = '';
  driver.stdout.setEncoding('utf8').on('data', (text: string) => {
    report += text;
  });
  await once(driver, 'close');
  return JSON.parse(report);
}
