import { TASK_STATE_ORDER } from '../../lib/domain/task-state.ts';
import type { ProgressView, SlotProgress } from './progress.ts';
import { ellipsis } from './table.ts';

/** With more replicas than this only the sum and the reasons are drawn, as in Docker. */
const MAX_BARS = 20;
const MAX_REASONS = 5;
const BAR_WIDTH = 50;
const STATE_WIDTH = 9;

function overallLine(view: ProgressView): string {
  return `overall progress: ${view.running} out of ${view.desired} tasks`;
}

function slotText(slot: SlotProgress): string {
  const state = slot.state.toLowerCase();
  return slot.reason === '' ? state : `${state}: ${slot.reason}`;
}

function bar(slot: SlotProgress): string {
  const share = Math.min(1, TASK_STATE_ORDER[slot.state] / TASK_STATE_ORDER.RUNNING);
  const filled = Math.round(share * BAR_WIDTH);
  return `[${`${'='.repeat(filled)}>`.padEnd(BAR_WIDTH + 1)}]`;
}

function slotLine(slot: SlotProgress): string {
  if (slot.reason !== '') return `${slot.label}: ${slotText(slot)}`;
  return `${slot.label}: ${slot.state.toLowerCase().padEnd(STATE_WIDTH)} ${bar(slot)}`;
}

function reasonLines(slots: readonly SlotProgress[]): string[] {
  const counts = new Map<string, number>();
  for (const slot of slots) {
    if (slot.reason === '') continue;
    const text = slotText(slot);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].slice(0, MAX_REASONS).map(([text, count]) => `${count} × ${text}`);
}

/** The lines that a terminal shows, redrawn in place: a sum, then a bar or a reason for each replica. */
export function drawProgress(view: ProgressView, columns: number): readonly string[] {
  const body = view.slots.length > MAX_BARS ? reasonLines(view.slots) : view.slots.map(slotLine);
  const note = view.note === '' ? [] : [view.note];
  // A line that reaches the last column would wrap and spoil the redraw.
  return [overallLine(view), ...note, ...body].map((line) => ellipsis(line, Math.max(20, columns - 1)));
}

/** The lines that a log shows: one for everything that differs from the view before. */
export function progressChanges(before: ProgressView | undefined, view: ProgressView): readonly string[] {
  const lines: string[] = [];
  if (before === undefined || overallLine(before) !== overallLine(view)) lines.push(overallLine(view));
  if (view.note !== '' && view.note !== before?.note) lines.push(view.note);
  const known = new Map(before?.slots.map((slot) => [slot.label, slotText(slot)]));
  for (const slot of view.slots) {
    const text = slotText(slot);
    if (known.get(slot.label) !== text) lines.push(`${slot.label}: ${text}`);
  }
  return lines;
}
