import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deriveDocument } from '../../../agent/image/derive-image.ts';
import { EMPTY_IMAGE_CONFIG, parseImageDocument } from '../../../agent/image/image-config.ts';

const digest = (number: number) => `sha256:${String(number).padStart(64, '0')}`;
const DERIVATION = {
  config: { ...EMPTY_IMAGE_CONFIG, cmd: ['run'], env: ['A=1'], volumes: ['/w'] },
  layer: digest(999),
  createdAtMs: Date.UTC(2026, 0, 2),
  createdBy: 'sh',
  author: '',
  message: 'more',
};
function base(layers: number): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      variant: 'v3',
      author: 'first',
      config: { Cmd: ['old'], User: 'old', OnBuild: ['RUN x'], Volumes: { '/v': {} } },
      rootfs: { type: 'layers', diff_ids: Array.from({ length: layers }, (_, place) => digest(place)) },
      history: [{ comment: 'first' }],
    }),
  );
}

describe('an image made on top of another', () => {
  it('has one layer and one line of history more, another configuration, and all else as before', () => {
    const bytes = deriveDocument(base(2), DERIVATION);
    const { config, layers, createdAtMs } = parseImageDocument(bytes);
    assert.deepEqual([config, layers], [DERIVATION.config, [digest(0), digest(1), digest(999)]]);
    assert.equal(createdAtMs, DERIVATION.createdAtMs);
    const document = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    assert.equal(document.variant, 'v3');
    assert.equal('author' in document, false);
    assert.deepEqual(document.config, {
      OnBuild: ['RUN x'],
      Volumes: { '/w': {} },
      Env: ['A=1'],
      Cmd: ['run'],
    });
    assert.deepEqual(document.history, [
      { comment: 'first' },
      { created: '2026-01-02T00:00:00.000Z', created_by: 'sh', comment: 'more' },
    ]);
  });

  it('is refused when the other has as many layers as an image may have', () => {
    assert.ok(deriveDocument(base(126), DERIVATION).length > 0);
    assert.throws(() => deriveDocument(base(127), DERIVATION), { code: 'FAILED_PRECONDITION' });
  });
});
