import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { jsonMessage, syslogMessage } from '../../../../agent/logs/forward/message-format.ts';
import type { LogRecord } from '../../../../agent/logs/log-record.ts';

const origin = { hostname: 'h1', tag: 'web.1', containerId: 'abcdefghijklmnop' };
const time = '2026-01-02T03:04:05.123456789Z';
const record = (text: string, stream: LogRecord['stream'] = 'stdout'): LogRecord => ({
  stream,
  timestampMs: Date.parse(time),
  time,
  text,
});

describe('a message of RFC 5424', () => {
  it('has priority, time to the microsecond, host, tag and container', () => {
    assert.equal(
      syslogMessage(record('hello  world\r\n'), 3, origin),
      '<30>1 2026-01-02T03:04:05.123456Z h1 web.1 abcdefghijkl - - hello  world',
    );
    assert.match(syslogMessage(record('bad\n', 'stderr'), 16, origin), /^<131>1 /);
  });

  it('is one line with a well-formed header, whatever host, tag and text are', () => {
    const header = /^<\d{1,3}>1 \S+Z [\x21-\x7e]{1,255} [\x21-\x7e]{1,48} [\x21-\x7e]{1,12} - - /;
    const texts = fc.tuple(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ maxLength: 300 }));
    fc.assert(
      fc.property(texts, fc.string({ unit: 'binary' }), ([hostname, tag], text) => {
        const message = syslogMessage(record(text), 23, { hostname, tag, containerId: tag });
        assert.match(message, header);
        assert.ok(!message.includes('\n'));
      }),
    );
  });
});

describe('a message of JSON', () => {
  it('is one line that says it all, and whether the line goes on', () => {
    const whole = {
      time,
      stream: 'stderr',
      log: 'a "b"',
      tag: 'web.1',
      container_id: origin.containerId,
      node: 'h1',
    };
    assert.deepEqual(JSON.parse(jsonMessage(record('a "b"\n', 'stderr'), origin)), whole);
    const piece = JSON.parse(jsonMessage(record('a "b"', 'stderr'), origin));
    assert.deepEqual(piece, { ...whole, partial: true });
    assert.ok(!jsonMessage(record('a\nb\n'), origin).includes('\n'));
  });
});
