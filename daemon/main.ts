import { describeError } from '../lib/errors.ts';
import { createDaemonLog } from './daemon-log.ts';
import { parseDaemonOptions } from './options.ts';
import { startDaemon } from './skepd.ts';

/** A stop that takes longer is cut short; containers do not depend on it. */
const STOP_TIMEOUT_MS = 10_000;

const options = parseDaemonOptions(process.argv);
const log = createDaemonLog(options.logLevel);

process.on('unhandledRejection', (thrown) => {
  // The state on disk is always whole, so the surest way on from the unknown is a fresh start by the supervisor.
  log('error', 'A failure that nobody handled ends the daemon.', { error: describeError(thrown) });
  if (thrown instanceof Error) process.stderr.write(`${thrown.stack}\n`);
  process.exit(70);
});

if (process.getuid?.() !== 0) {
  process.stderr.write('skepd: it runs containers and sets up networks, and needs root for it\n');
  process.exit(1);
}

try {
  const daemon = await startDaemon(options, log);
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log('info', 'The daemon stops; containers go on.', { signal });
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    daemon.close().then(
      () => process.exit(0),
      (thrown: unknown) => {
        log('error', 'The daemon could not stop cleanly.', { error: describeError(thrown) });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
} catch (thrown) {
  process.stderr.write(`skepd: ${describeError(thrown)}\n`);
  process.exit(1);
}
