import assert from 'node:assert/strict';
import type { Entry } from '../../../../../manager/raft/core/entry.ts';
import type { MemoryStorage } from '../../../../../manager/raft/core/log/memory-storage.ts';
import { lastIndex, sliceLog, termAt } from '../../../../../manager/raft/core/log/raft-log.ts';
import {
  type ConfState,
  isStorageThread,
  type Message,
  type Snapshot,
} from '../../../../../manager/raft/core/message.ts';
import type { RaftOptions } from '../../../../../manager/raft/core/options.ts';
import { createRaft } from '../../../../../manager/raft/core/raft.ts';
import { type RawNode, rawNodeOf } from '../../../../../manager/raft/core/raw-node.ts';
import type { RaftState } from '../../../../../manager/raft/core/state.ts';
import type { Chance } from './chance.ts';
import type { Checker, Observed } from './checker.ts';
import { createDisk, type DiskWrite, writeTo } from './disk.ts';

export interface MemberSurroundings {
  readonly chance: Chance;
  readonly checker: Checker;
  readonly send: (message: Message) => void;
  readonly onRead: (context: string, index: number) => void;
}

export type MemberOptions = Omit<RaftOptions, 'id' | 'storage' | 'random'> & {
  /** The disk forgets what it said was synced. */
  readonly hasCarelessDisk: boolean;
};

/** One manager of the simulation: core, disk, and an application whose state is a hash over all entries. */
export interface Member extends Observed {
  isUp(): boolean;
  /** Only while up. */
  raft(): RawNode;
  /** Does one piece of work, if there is any; may crash on the way with the given probability. */
  work(crashProbability: number): boolean;
  takeSnapshot(): void;
  crash(): void;
  restart(): void;
}

interface Running {
  readonly raft: RawNode;
  readonly state: RaftState;
  readonly storage: MemoryStorage;
  readonly appends: Message[];
  readonly applies: Message[];
  readonly application: { index: number; hash: number; confState: ConfState };
}

/** Thrown where a member crashes, to leave whatever it was doing. */
class Crash extends Error {}

/** A member that is up, on a disk with a first snapshot. */
export function createMember(
  id: number,
  first: Snapshot,
  options: MemberOptions,
  surroundings: MemberSurroundings,
): Member {
  const { chance, checker } = surroundings;
  const { hasCarelessDisk, ...raftOptions } = options;
  const disk = createDisk(first, hasCarelessDisk);
  let running: Running | undefined;
  let crashProbability = 0;
  let needsSnapshot = false;

  const start = (): void => {
    const storage = disk.load();
    const snapshot = storage.snapshot() ?? first;
    const state = createRaft({
      ...raftOptions,
      id,
      storage,
      applied: snapshot.index,
      random: chance.fraction,
      trace: ({ kind }) => {
        needsSnapshot ||= kind === 'snapshot-outdated';
      },
    });
    const application = { index: snapshot.index, hash: hashOf(snapshot), confState: snapshot.confState };
    running = { raft: rawNodeOf(state), state, storage, appends: [], applies: [], application };
    checker.noteApplied(member, snapshot.index, application.hash);
  };

  const up = (): Running => {
    assert.ok(running !== undefined, `member ${id} is up`);
    return running;
  };

  const maybeCrash = (): void => {
    if (chance.happens(crashProbability)) throw new Crash();
  };

  const write = (work: DiskWrite, mustSync: boolean): void => {
    maybeCrash();
    disk.write(work);
    maybeCrash();
    if (mustSync || work.snapshot !== undefined) disk.sync();
    writeTo(up().storage, work);
  };

  const applySnapshot = (snapshot: Snapshot): void => {
    Object.assign(up().application, {
      index: snapshot.index,
      hash: hashOf(snapshot),
      confState: snapshot.confState,
    });
    checker.noteApplied(member, snapshot.index, hashOf(snapshot));
  };

  const applyEntries = (entries: readonly Entry[]): void => {
    const { application, raft } = up();
    for (const entry of entries) {
      // A snapshot may have overtaken entries that waited to be applied.
      if (entry.index <= application.index) continue;
      assert.equal(entry.index, application.index + 1, `member ${id} applies in order`);
      application.index = entry.index;
      application.hash = hashBytes(hashBytes(application.hash, [entry.term & 0xff]), entry.data);
      if (entry.type !== 'EntryNormal') {
        application.confState = raft.applyConfChange(entry) ?? application.confState;
      }
      checker.noteApplied(member, entry.index, application.hash);
    }
  };

  const workReady = (): void => {
    const { raft, appends, applies, state } = up();
    const ready = raft.ready();
    for (const { context, index } of ready.readStates) surroundings.onRead(context, index);
    if (state.settings.asyncStorageWrites) {
      for (const message of ready.messages) {
        if (!isStorageThread(message.to)) surroundings.send(message);
        else if (message.type === 'MsgStorageAppend') appends.push(message);
        else applies.push(message);
      }
      return;
    }
    write(ready, ready.mustSync);
    maybeCrash();
    for (const message of ready.messages) surroundings.send(message);
    maybeCrash();
    if (ready.snapshot !== undefined) applySnapshot(ready.snapshot);
    applyEntries(ready.committedEntries);
    raft.advance();
  };

  const answer = (message: Message): void => {
    for (const response of message.responses) {
      if (response.to === id) up().raft.step(response);
      else surroundings.send(response);
    }
  };

  const workAppend = (message: Message): void => {
    const { term, vote, commit, entries, snapshot } = message;
    const hardState = term === 0 ? undefined : { term, vote, commit };
    write({ hardState, entries, snapshot }, true);
    maybeCrash();
    if (snapshot !== undefined) applySnapshot(snapshot);
    answer(message);
  };

  const workApply = (message: Message): void => {
    applyEntries(message.entries);
    maybeCrash();
    answer(message);
  };

  const takeSnapshot = (): void => {
    const { application, storage, state } = up();
    if (state.log.unstable.snapshot !== undefined) return;
    const { index, hash, confState } = application;
    if (index < storage.firstIndex() || index > storage.lastIndex()) return;
    const data = new Uint8Array(new Uint32Array([hash]).buffer);
    const snapshot = { index, term: storage.term(index) ?? 0, confState, data };
    const work = { hardState: undefined, entries: [], snapshot, isOwnSnapshot: true };
    disk.write(work);
    disk.sync();
    writeTo(storage, work);
  };

  const workOnce = (): boolean => {
    const { raft, appends, applies } = up();
    if (needsSnapshot) takeSnapshot();
    needsSnapshot = false;
    const choices: (() => void)[] = [];
    if (raft.hasReady()) choices.push(workReady);
    if (appends.length > 0) choices.push(() => workAppend(appends.shift() as Message));
    if (applies.length > 0) choices.push(() => workApply(applies.shift() as Message));
    if (choices.length === 0) return false;
    chance.pick(choices)();
    return true;
  };

  const crash = (): void => {
    disk.crash(chance);
    running = undefined;
  };

  const member: Member = {
    id,
    isUp: () => running !== undefined,
    raft: () => up().raft,
    view: () => {
      const { state, application } = up();
      return {
        role: state.role,
        term: state.term,
        commit: state.log.committed,
        lastIndex: lastIndex(state.log),
        applied: application.index,
      };
    },
    entryAt: (index) => {
      const { log } = up().state;
      if (index > lastIndex(log)) return undefined;
      const entries = sliceLog(log, index, index + 1, 1);
      return entries === undefined || termAt(log, index) === undefined ? 'compacted' : entries[0];
    },
    work: (probability) => {
      crashProbability = probability;
      try {
        return workOnce();
      } catch (thrown) {
        if (!(thrown instanceof Crash)) throw thrown;
        crash();
        return true;
      } finally {
        if (running !== undefined) checker.observe(member);
      }
    },
    takeSnapshot,
    crash,
    restart: start,
  };
  start();
  return member;
}

function hashOf(snapshot: Snapshot): number {
  return new Uint32Array(new Uint8Array(snapshot.data).buffer)[0] ?? 0;
}

/** FNV-1a. */
function hashBytes(start: number, bytes: Iterable<number>): number {
  let hash = start;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return Math.imul(hash ^ 0xff, 0x01000193) >>> 0;
}
