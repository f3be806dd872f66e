import {
  applySimpleChange,
  type ChangedConfig,
  enterJoint,
  leaveJoint,
} from '../../../../../manager/raft/core/confchange/changer.ts';
import { progressStatusOf } from '../../../../../manager/raft/core/status.ts';
import { createTracker } from '../../../../../manager/raft/core/tracker/tracker.ts';
import { type Directive, singleValueOf } from './datadriven.ts';
import { describeConfig, describeProgressMap } from './describe.ts';
import { parseChanges } from './describe-changes.ts';

/** The commands of confchange files. */
export const CONFCHANGE_COMMANDS: ReadonlySet<string> = new Set(['simple', 'enter-joint', 'leave-joint']);

/** Runs the commands of one file on one tracker; the log grows by an entry with each. */
export function createConfChangeRunner(): (directive: Directive) => string {
  const tracker = createTracker(10, 0);
  let lastIndex = 0;

  const change = (directive: Directive): ChangedConfig => {
    const base = { tracker, lastIndex };
    const changes = parseChanges(directive.input);
    switch (directive.command) {
      case 'simple':
        return applySimpleChange(base, changes);
      case 'enter-joint':
        return enterJoint(base, singleValueOf(directive, 'autoleave') === 'true', changes);
      case 'leave-joint':
        return leaveJoint(base);
      default:
        throw new Error(`unknown command: ${directive.command}`);
    }
  };

  return (directive) => {
    try {
      const { config, progress } = change(directive);
      tracker.config = config;
      tracker.progress = progress;
      const statuses = new Map([...progress].map(([id, one]) => [id, progressStatusOf(one)]));
      return `${describeConfig(config)}\n${describeProgressMap(statuses)}`;
    } catch (thrown) {
      return (thrown as Error).message;
    } finally {
      lastIndex++;
    }
  };
}
