import type { Labels } from '../../lib/domain/meta.ts';
import { SkepError } from '../../lib/errors.ts';

/** What is kept of a volume beside its data, in `volume.json`. */
export interface VolumeRecord {
  readonly name: string;
  readonly labels: Labels;
  readonly createdAtMs: number;
  /** The task that an anonymous volume belongs to and goes with; empty for a volume with a name. */
  readonly taskId: string;
}

/** The bytes of `volume.json`. */
export function encodeVolumeRecord(record: VolumeRecord): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(record)}\n`);
}

function isLabels(value: unknown): value is Labels {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

/** Reads `volume.json` of the volume `name`. DATA_LOSS when it is not such a file. */
export function parseVolumeRecord(name: string, text: string): VolumeRecord {
  const damaged = (cause?: unknown) =>
    new SkepError('DATA_LOSS', `volume ${name}: its volume.json is damaged`, {
      help: 'its data is untouched; put the file right, or move the folder away',
      cause,
    });
  let value: Partial<Record<keyof VolumeRecord, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (cause) {
    throw damaged(cause);
  }
  if (typeof value !== 'object' || value === null) throw damaged();
  const { labels, createdAtMs, taskId } = value;
  if (value.name !== name || typeof createdAtMs !== 'number' || typeof taskId !== 'string') throw damaged();
  if (!isLabels(labels)) throw damaged();
  return { name, labels, createdAtMs, taskId };
}
