/** An interpreter of the classic BPF that seccomp filters are made of (linux/filter.h), strict where the kernel is. */

export interface SyscallData {
  readonly number: number;
  readonly architecture: number;
  readonly args: readonly bigint[];
}

/** struct seccomp_data. */
function dataBytes({ number, architecture, args }: SyscallData): DataView {
  const view = new DataView(new ArrayBuffer(64));
  view.setUint32(0, number, true);
  view.setUint32(4, architecture, true);
  args.forEach((value, index) => {
    view.setBigUint64(16 + 8 * index, value, true);
  });
  return view;
}

function jumps(code: number, accumulator: number, operand: number): boolean {
  if (code === 0x15) return accumulator === operand;
  if (code === 0x25) return accumulator > operand;
  if (code === 0x35) return accumulator >= operand;
  throw new Error(`unknown instruction ${code}`);
}

/** What the filter returns. Throws on an instruction outside the program or of an unknown kind. */
export function runFilter(filter: Uint8Array, data: SyscallData): number {
  const view = new DataView(filter.buffer, filter.byteOffset, filter.byteLength);
  const memory = dataBytes(data);
  let accumulator = 0;
  for (let at = 0; at < filter.length; at += 8) {
    const code = view.getUint16(at, true);
    const operand = view.getUint32(at + 4, true);
    if (code === 0x06) return operand;
    if (code === 0x20) accumulator = memory.getUint32(operand, true);
    else if (code === 0x54) accumulator = (accumulator & operand) >>> 0;
    else if (code === 0x05) at += operand * 8;
    else at += view.getUint8(jumps(code, accumulator, operand) ? at + 2 : at + 3) * 8;
  }
  throw new Error('the filter ran past its end');
}
