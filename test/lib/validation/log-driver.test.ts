import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blankTaskSpec } from '../../../lib/blank-service.ts';
import { describeError, SkepError } from '../../../lib/errors.ts';
import { validateContainerSpec } from '../../../lib/validation/container-spec.ts';
import { expandLogTag, parseLogDriver } from '../../../lib/validation/log-driver.ts';

const parse = (name: string, options: Record<string, string> = {}) =>
  parseLogDriver('service "web"', { name, options });
const syslog = (options: Record<string, string>) =>
  parse('syslog', { 'syslog-address': 'udp://10.0.0.9', ...options });

const REFUSED: readonly (readonly [
  title: string,
  name: string,
  options: Record<string, string>,
  reason: RegExp,
])[] = [
  ['an unknown driver', 'journald', {}, /"journald" is unknown \(use json-file, none, syslog or tcp\)/],
  ['no driver', '', {}, /"" is unknown/],
  ['a name of every object', 'constructor', {}, /"constructor" is unknown/],
  [
    'an option of another driver',
    'json-file',
    { tag: 'x' },
    /no option "tag" \(it takes max-size or max-file\)/,
  ],
  ['an option for none', 'none', { 'max-size': '1m' }, /none has no option "max-size" \(it takes none\)/],
  ['a size that is none', 'json-file', { 'max-size': 'much' }, /max-size="much" is no size/],
  ['a size below the least', 'json-file', { 'max-size': '1023' }, /bytes such as 10m, at least 1024/],
  ['no files', 'json-file', { 'max-file': '0' }, /max-file="0".*1 to 1000/],
  ['too many files', 'json-file', { 'max-file': '1001' }, /max-file="1001"/],
  ['half a file', 'json-file', { 'max-file': '1.5' }, /max-file="1\.5"/],
  ['syslog without an address', 'syslog', {}, /needs the option syslog-address \(use udp:/],
  ['an encrypted address', 'syslog', { 'syslog-address': 'tcp+tls://h:1' }, /is not an address \(use udp:/],
  ['an address without a host', 'syslog', { 'syslog-address': 'udp://:514' }, /is not an address/],
  ['a port that is none', 'syslog', { 'syslog-address': 'udp://h:65536' }, /is not an address/],
  ['a socket without a path', 'syslog', { 'syslog-address': 'unix://log' }, /is not an address/],
  [
    'an unknown facility',
    'syslog',
    { 'syslog-address': 'udp://h', 'syslog-facility': 'bees' },
    /syslog-facility="bees".*local7, or 0 to 23/,
  ],
  ['a facility above the last', 'syslog', { 'syslog-address': 'udp://h', 'syslog-facility': '24' }, /"24"/],
  [
    'an unknown tag',
    'tcp',
    { 'tcp-address': 'h:1', tag: '{{.Nope}}' },
    /"\{\{\.Nope\}\}" is unknown \(known are \.ID/,
  ],
  ['tcp without an address', 'tcp', {}, /needs the option tcp-address/],
  [
    'tcp without a port',
    'tcp',
    { 'tcp-address': 'h' },
    /tcp-address="h" is not an address \(use HOST:PORT\)/,
  ],
  ['a value of two lines', 'tcp', { 'tcp-address': 'h:1', tag: 'a\nb' }, /tag is not one line/],
];

describe('a log driver', () => {
  it('has files with a bound unless it is asked otherwise', () => {
    const bounded = { maxBytes: 100 * 1024 * 1024, maxFiles: 5 };
    assert.deepEqual(parse('json-file').files, bounded);
    assert.deepEqual(syslog({}).files, bounded);
    assert.deepEqual(parse('json-file', { 'max-size': '10m', 'max-file': '3' }).files, {
      maxBytes: 10 * 1024 * 1024,
      maxFiles: 3,
    });
    assert.equal(parse('json-file', { 'max-size': '-1' }).files?.maxBytes, null);
    assert.equal(parse('none').files, null);
  });

  it('sends to a receiver by its address', () => {
    assert.deepEqual(syslog({ 'syslog-facility': 'local3' }).receiver, {
      kind: 'syslog',
      transport: { kind: 'udp', host: '10.0.0.9', port: 514 },
      facility: 19,
    });
    assert.deepEqual(syslog({ 'syslog-address': 'tcp://[fd00::1]:601', 'syslog-facility': '0' }).receiver, {
      kind: 'syslog',
      transport: { kind: 'tcp', host: 'fd00::1', port: 601 },
      facility: 0,
    });
    assert.deepEqual(syslog({ 'syslog-address': 'unix:///run/log.sock' }).receiver, {
      kind: 'syslog',
      transport: { kind: 'unix', path: '/run/log.sock' },
      facility: 3,
    });
    assert.deepEqual(parse('tcp', { 'tcp-address': 'logs.example:5170' }).receiver, {
      kind: 'tcp',
      host: 'logs.example',
      port: 5170,
    });
    assert.equal(parse('json-file').receiver, null);
  });

  it('tags with what it knows of the container', () => {
    const values = { id: 'abcdefghijklmnop', name: 'web.1', imageName: 'web:1' };
    assert.equal(expandLogTag(syslog({}).tag, values), 'web.1');
    const { tag } = syslog({ tag: '{{ .ID }}/{{.FullID}}/{{.ImageName}}/{{.DaemonName}}' });
    assert.equal(expandLogTag(tag, values), 'abcdefghijkl/abcdefghijklmnop/web:1/skep');
  });

  for (const [title, name, options, reason] of REFUSED) {
    it(`is refused with ${title}`, () => {
      const { container } = blankTaskSpec('web:1');
      const validate = () =>
        validateContainerSpec('service "web"', { ...container, logDriver: { name, options } });
      assert.throws(validate, (thrown: unknown) => {
        assert.ok(thrown instanceof SkepError && thrown.code === 'INVALID_ARGUMENT');
        assert.match(thrown.message, /^service "web": [^\n]*$/);
        assert.match(describeError(thrown), reason);
        return true;
      });
    });
  }
});
