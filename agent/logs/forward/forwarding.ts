import { type Forwarder, type ForwarderDependencies, type LogSource, startForwarder } from './forwarder.ts';

/** How often the logs that are to be sent on are compared with those that are. */
const COMPARE_PERIOD_MS = 1_000;
/** What a log that goes away still gets for its last lines. */
const LAST_WORDS_MS = 5_000;

/** Sends on the logs of a node's containers. */
export interface LogForwarding {
  /** Adds logs to be sent: what the function returns is looked at again and again. The returned function takes it back. */
  addSources(sources: () => readonly LogSource[]): () => void;
  /** Ends at once; what was not sent goes out when the next agent begins. */
  close(): Promise<void>;
}

interface Entry {
  readonly source: LogSource;
  readonly forwarder: Forwarder;
  isDone: boolean;
}

/** Level-triggered: one forwarder for each log that is wanted, none for others. */
export function createLogForwarding(dependencies: ForwarderDependencies): LogForwarding {
  const providers = new Set<() => readonly LogSource[]>();
  const entries = new Map<string, Entry>();
  const leaving = new Set<Promise<void>>();
  let cancel = (): void => undefined;
  let isClosed = false;

  function start(source: LogSource): void {
    const entry: Entry = { source, forwarder: startForwarder(source, dependencies), isDone: false };
    entries.set(source.containerId, entry);
    void entry.forwarder.done.then(() => {
      entry.isDone = true;
    });
  }

  function end({ source, forwarder }: Entry, graceMs: number): void {
    entries.delete(source.containerId);
    forwarder.stop(graceMs);
    leaving.add(forwarder.done);
    void forwarder.done.then(() => leaving.delete(forwarder.done));
  }

  function compare(): void {
    const wanted = new Map<string, LogSource>();
    for (const provider of providers) for (const source of provider()) wanted.set(source.containerId, source);
    for (const entry of [...entries.values()])
      if (!wanted.has(entry.source.containerId)) end(entry, LAST_WORDS_MS);
    for (const source of wanted.values()) {
      const entry = entries.get(source.containerId);
      // A container that was started again writes on.
      if (entry === undefined || (entry.isDone && source.isLive())) start(source);
    }
  }

  function compareRegularly(): void {
    compare();
    cancel = dependencies.clock.schedule(COMPARE_PERIOD_MS, compareRegularly);
  }

  return {
    addSources(sources) {
      providers.add(sources);
      cancel();
      if (!isClosed) compareRegularly();
      return () => providers.delete(sources);
    },
    close: async () => {
      isClosed = true;
      cancel();
      for (const entry of [...entries.values()]) end(entry, 0);
      await Promise.all(leaving);
    },
  };
}
