/** A process of the simulated world: what it asked for is done only while it lives. */
export interface SimProcess {
  readonly name: string;
  /** Dies with its parent, as a thread with its process. */
  readonly parent: SimProcess | undefined;
  isAlive: boolean;
  /** Stands still until then, as if stopped by a signal; what falls due meanwhile comes after. */
  pausedUntilMs: number;
  /** Its delays are that many times as long. */
  slowness: number;
  /** Its clock is ahead of the world's by so much. */
  clockOffsetMs: number;
}

interface Event {
  readonly atMs: number;
  readonly sequence: number;
  /** Asked when the time has come. Nothing happens without one. */
  readonly owner: () => SimProcess | undefined;
  readonly label: string;
  readonly run: () => void;
  isCancelled: boolean;
}

/** Virtual time, and all that is to happen in it. */
export interface Schedule {
  nowMs(): number;
  /** Whose work runs at the moment. */
  current(): SimProcess;
  /** Calls back in `delayMs`, on behalf of `process`. The returned function cancels. */
  after(process: SimProcess, delayMs: number, label: string, run: () => void): () => void;
  /** The same for whichever process `owner` names then. */
  arrive(owner: () => SimProcess | undefined, delayMs: number, label: string, run: () => void): void;
  /** Lets the next thing happen, with everything that follows from it at once. Undefined when nothing is left. */
  next(): Promise<string | undefined>;
  /** A number that depends on everything that has happened so far, and in which order. */
  digest(): number;
  /** Mixes something that was observed into the digest. */
  note(text: string): void;
}

/** The world itself: what belongs to nobody. It never dies or pauses. */
export const WORLD = createProcess('world');

/** A process that is alive. */
export function createProcess(name: string, parent?: SimProcess): SimProcess {
  return { name, parent, isAlive: true, pausedUntilMs: 0, slowness: 1, clockOffsetMs: 0 };
}

/** True while neither the process nor one that it is part of has died. */
export function isAlive(process: SimProcess): boolean {
  return process.isAlive && (process.parent === undefined || isAlive(process.parent));
}

/** The outermost process: it is what pauses, is slow, and has a clock. */
export function hostOf(process: SimProcess): SimProcess {
  return process.parent === undefined ? process : hostOf(process.parent);
}

/**
 * Everything promised by what ran is done before the next tick: Node runs its ticks only once no promise has
 * anything left to do.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    void Promise.resolve().then(() => process.nextTick(resolve));
  });
}

/** An empty schedule at time 0. */
export function createSchedule(): Schedule {
  const heap: Event[] = [];
  let nowMs = 0;
  let sequence = 0;
  let current = WORLD;
  let digest = 0x811c9dc5;

  const note = (text: string): void => {
    for (let place = 0; place < text.length; place++) {
      digest = Math.imul(digest ^ text.charCodeAt(place), 0x01000193) >>> 0;
    }
  };
  const add = (atMs: number, owner: Event['owner'], label: string, run: () => void): Event => {
    const event = { atMs, sequence: sequence++, owner, label, run, isCancelled: false };
    push(heap, event);
    return event;
  };
  const runEvent = async (event: Event, owner: SimProcess): Promise<void> => {
    current = owner;
    note(`${Math.round(nowMs * 1_000)} ${owner.name} ${event.label}`);
    event.run();
    await settled();
    current = WORLD;
  };

  return {
    nowMs: () => nowMs,
    current: () => current,
    after: (owner, delayMs, label, run) => {
      const event = add(nowMs + Math.max(0, delayMs) * hostOf(owner).slowness, () => owner, label, run);
      return () => {
        event.isCancelled = true;
      };
    },
    arrive: (owner, delayMs, label, run) => void add(nowMs + delayMs, owner, label, run),
    next: async () => {
      for (;;) {
        const event = pop(heap);
        if (event === undefined) return undefined;
        if (event.isCancelled) continue;
        nowMs = Math.max(nowMs, event.atMs);
        const owner = event.owner();
        if (owner === undefined || !isAlive(owner)) continue;
        const { pausedUntilMs } = hostOf(owner);
        if (pausedUntilMs > nowMs) {
          add(
            pausedUntilMs,
            () => owner,
            event.label,
            () => {
              if (!event.isCancelled) event.run();
            },
          );
          continue;
        }
        await runEvent(event, owner);
        return event.label;
      }
    },
    digest: () => digest,
    note,
  };
}

function isBefore(left: Event, right: Event): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence);
}

function push(heap: Event[], event: Event): void {
  let place = heap.length;
  heap.push(event);
  while (place > 0) {
    const above = (place - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(event, parent)) break;
    heap[place] = parent;
    place = above;
  }
  heap[place] = event;
}

function pop(heap: Event[]): Event | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let place = 0;
  for (;;) {
    const left = heap[2 * place + 1];
    const right = heap[2 * place + 2];
    const isRight = left !== undefined && right !== undefined && isBefore(right, left);
    const child = isRight ? right : left;
    if (child === undefined || !isBefore(child, last)) break;
    heap[place] = child;
    place = 2 * place + (isRight ? 2 : 1);
  }
  heap[place] = last;
  return first;
}
