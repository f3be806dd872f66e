import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatUlimitRange, parseUlimit, ULIMIT_RESOURCES } from '../../lib/ulimit.ts';

const limit = fc.oneof(fc.constant(-1), fc.nat({ max: Number.MAX_SAFE_INTEGER }));

describe('a ulimit in words', () => {
  it('gives back the limits that were written', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ULIMIT_RESOURCES.keys()), limit, limit, (name, soft, hard) => {
        const written = { name, soft, hard };
        assert.deepEqual(parseUlimit(`${name}=${formatUlimitRange(written)}`), written);
      }),
    );
  });

  it('has one number for both limits when there is one', () => {
    assert.deepEqual(parseUlimit('nofile=1024'), { name: 'nofile', soft: 1024, hard: 1024 });
    assert.deepEqual(parseUlimit('core=-1'), { name: 'core', soft: -1, hard: -1 });
  });

  for (const text of ['', 'nofile', 'nofile=', '=1', 'nofile=1:', 'nofile=:1', 'nofile=1:2:3', 'NOFILE=1']) {
    it(`is not "${text}"`, () => assert.equal(parseUlimit(text), undefined));
  }
  for (const text of ['nofile=-2', 'nofile=1k', 'nofile= 1', 'nofile=1e3', 'nofile=9999999999999999']) {
    it(`is not "${text}"`, () => assert.equal(parseUlimit(text), undefined));
  }

  it('is an answer or none for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseUlimit(text);
        assert.ok(parsed === undefined || (parsed.soft >= -1 && parsed.hard >= -1));
      }),
    );
  });

  it('has the names of Docker, each with a number of its own', () => {
    assert.equal(ULIMIT_RESOURCES.size, 15);
    assert.equal(new Set(ULIMIT_RESOURCES.values()).size, 15);
    assert.equal(ULIMIT_RESOURCES.has('as'), false);
  });
});
