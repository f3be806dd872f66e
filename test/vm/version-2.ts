import { readFileSync } from 'node:fs';
import { readCgroupLayout } from '../../agent/executor/cgroup-plan.ts';
import { skipReason } from '../agent/executor/test-node.ts';

function isVersion2(): boolean {
  try {
    return readCgroupLayout(readFileSync('/proc/self/mountinfo', 'utf8')).version === 2;
  } catch {
    return false;
  }
}

/** Why tests of control groups of version 2 cannot run on this machine; false when they can. */
export const skip: string | false =
  skipReason || (isVersion2() ? false : 'needs control groups of version 2 only; the test machine has them');
