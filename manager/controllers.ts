import { decideAllocation } from './allocator/allocation.ts';
import type { Controller } from './control-loop.ts';
import { decideConstraints } from './orchestrator/constraint-enforcer.ts';
import { decideGlobal } from './orchestrator/global.ts';
import { decideOrphans } from './orchestrator/orphans.ts';
import { decideReaper } from './orchestrator/reaper.ts';
import { decideReplicated } from './orchestrator/replicated.ts';
import { decideRestart } from './orchestrator/restart.ts';
import { decideUpdate } from './orchestrator/update.ts';
import { decideScheduling } from './scheduler/scheduling.ts';

/** The leader's controllers in the order of orchestrator/README.md: later ones see what earlier ones decided. */
export const CONTROLLERS: readonly Controller[] = [
  { name: 'orphans', decide: decideOrphans },
  { name: 'constraints', decide: decideConstraints },
  { name: 'update', decide: decideUpdate },
  { name: 'restart', decide: decideRestart },
  { name: 'replicated', decide: decideReplicated },
  { name: 'global', decide: decideGlobal },
  { name: 'reaper', decide: decideReaper },
  { name: 'allocation', decide: decideAllocation },
  { name: 'scheduling', decide: decideScheduling },
];
