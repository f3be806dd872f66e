import type { ContainerRequest, TerminalSize } from './executor.ts';
import type { Step } from './protocol.ts';

const ON_CONSOLE = 1n;
const MAX_CELLS = 65_535;
const DEFAULT_SIZE: TerminalSize = { columns: 0, rows: 0 };

/** What the kernel can hold of a size: whole numbers of 16 bits. */
export function clampSize(size: TerminalSize): TerminalSize {
  const clamp = (cells: number): number => Math.min(MAX_CELLS, Math.max(0, Math.trunc(cells) || 0));
  return { columns: clamp(size.columns), rows: clamp(size.rows) };
}

/** A terminal of the root's own devpts becomes the standard streams, and is bound on /dev/console too if asked for. */
export function planTerminal(size: TerminalSize | undefined, onConsole: boolean): Step {
  const { columns, rows } = clampSize(size ?? DEFAULT_SIZE);
  return {
    kind: 'terminal',
    name: 'make a terminal',
    number: BigInt(columns) | (BigInt(rows) << 16n),
    flags: onConsole ? ON_CONSOLE : 0n,
  };
}

/** The terminal of a container that asks for one; its devices must be there. */
export function planConsole(request: Pick<ContainerRequest, 'tty' | 'terminalSize'>): Step[] {
  return request.tty === true ? [planTerminal(request.terminalSize, true)] : [];
}

/** `isOpen`: standard input is a pipe or a terminal already. Otherwise it becomes the container's null device. */
export function planStandardInput(isOpen: boolean): Step[] {
  return isOpen ? [] : [{ kind: 'stdinNull', name: 'open /dev/null' }];
}
