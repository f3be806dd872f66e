import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { filterRows, formatInspection, formatList } from '../../../cli/format/list.ts';
import { nodeColumns, nodeFilters } from '../../../cli/format/node-list.ts';
import { sameValue } from '../../../cli/format/same-value.ts';
import { serviceColumns } from '../../../cli/format/service-list.ts';
import { formatServicePretty } from '../../../cli/format/service-pretty.ts';
import { ellipsis, formatTable } from '../../../cli/format/table.ts';
import { arrangeTasks, taskColumns, taskFilters } from '../../../cli/format/task-list.ts';
import { renderTemplate } from '../../../cli/format/template.ts';
import { formatAge, formatAgo } from '../../../cli/format/time-ago.ts';
import { UsageError } from '../../../cli/usage.ts';
import { sampleNode, sampleService, sampleTask, THEN_MS } from '../sample-objects.ts';

describe('tables', () => {
  it('pads every column but the last, and never lets two cells touch', () => {
    const text = formatTable(
      ['ID', 'NAME'],
      [
        ['a-very-long-identifier', 'x'],
        ['b', ''],
      ],
    );
    assert.equal(text, 'ID                       NAME\na-very-long-identifier   x\nb\n');
  });

  it('keeps a row on one line whatever its cells hold', () => {
    assert.equal(formatTable(['A', 'B'], [['x\ny', 'z\n']]).split('\n').length, 3);
  });

  it('cuts texts to a length with an ellipsis', () => {
    assert.equal(ellipsis('abcdef', 6), 'abcdef');
    assert.equal(ellipsis('abcdefg', 6), 'abcde…');
  });
});

describe('ages', () => {
  const rows = [
    [0, 'Less than a second'],
    [1_000, '1 second'],
    [12_000, '12 seconds'],
    [60_000, 'About a minute'],
    [125_000, '2 minutes'],
    [3_600_000, 'About an hour'],
    [7_200_000, '2 hours'],
    [3 * 86_400_000, '3 days'],
    [21 * 86_400_000, '3 weeks'],
    [100 * 86_400_000, '3 months'],
    [800 * 86_400_000, '2 years'],
  ] as const;
  for (const [durationMs, words] of rows) {
    it(`calls ${durationMs} ms "${words}"`, () => assert.equal(formatAge(durationMs), words));
  }

  it('gives no negative age when clocks disagree', () => {
    assert.equal(formatAgo(2_000, 1_000), 'less than a second ago');
    assert.equal(formatAgo(0, 60_000), 'about a minute ago');
  });
});

describe('templates', () => {
  const data = { id: 'x1', spec: { name: 'web', labels: { a: 'b' } } };
  const rows = [
    ['{{.ID}}', 'x1'],
    ['{{ .Spec.Name }}:{{.ID}}', 'web:x1'],
    ['{{json .Spec.Labels}}', '{"a":"b"}'],
    ['{{.ID}}\\t!', 'x1\t!'],
    ['{{.Spec.Labels.missing}}', ''],
  ] as const;
  for (const [template, expected] of rows) {
    it(`renders ${template}`, () => assert.equal(renderTemplate(template, data), expected));
  }

  it('refuses what it does not know instead of ignoring it', () => {
    for (const template of ['{{range .Spec}}', '{{.Nope}}', '{{upper .ID}}', '{{}}']) {
      assert.throws(() => renderTemplate(template, data), UsageError);
    }
  });
});

describe('lists', () => {
  const columns = [
    { title: 'ID', field: 'ID', cell: (row: { id: string }) => row.id },
    { title: 'SIZE', field: 'Size', cell: (row: { id: string }) => String(row.id.length) },
  ];
  const rows = [{ id: 'a' }, { id: 'bcd' }];
  const shown = (choices: { quiet?: boolean; format?: string }) =>
    formatList(columns, rows, choices, (row) => row.id);

  it('come as a table, as ids, as JSON lines, through a template or a template under a heading', () => {
    assert.equal(shown({}), 'ID        SIZE\na         1\nbcd       3\n');
    assert.equal(shown({ quiet: true }), 'a\nbcd\n');
    assert.equal(shown({ format: 'json' }), '{"ID":"a","Size":"1"}\n{"ID":"bcd","Size":"3"}\n');
    assert.equal(shown({ format: '{{.Size}}' }), '1\n3\n');
    assert.equal(
      shown({ format: 'table {{.Size}}\\t{{.ID}}' }),
      'SIZE      ID\n1         a\n3         bcd\n',
    );
  });

  it('filter: values of one key are alternatives, keys must all match, unknown keys are refused', () => {
    const nodes = [sampleNode('n1', 'h1', true), sampleNode('n2', 'h2'), sampleNode('n3', 'h3')];
    const names = (filters: readonly string[]) =>
      filterRows(nodes, filters, nodeFilters).map((node) => node.id);
    assert.deepEqual(names(['name=h1', 'name=h2']), ['n1', 'n2']);
    assert.deepEqual(names(['role=worker', 'name=h1']), []);
    assert.throws(() => names(['colour=red']), UsageError);
    assert.throws(() => names(['role']), UsageError);
  });

  it('show JSON in full, or a field of each object', () => {
    assert.equal(formatInspection([{ id: 'a' }], undefined), '[\n    {\n        "id": "a"\n    }\n]\n');
    assert.equal(formatInspection([{ id: 'a' }, { id: 'b' }], '{{.ID}}'), 'a\nb\n');
  });
});

describe('lists of objects', () => {
  it('show nodes as Docker does, with an asterisk at the own one', () => {
    const nodes = [sampleNode('n1', 'h1', true), sampleNode('n2', 'h2')];
    const text = formatList(nodeColumns('n1'), nodes, {}, (node) => node.id);
    assert.deepEqual(
      text.split('\n').map((line) => line.split(/ {2,}/)),
      [
        ['ID', 'HOSTNAME', 'STATUS', 'AVAILABILITY', 'MANAGER STATUS', 'ENGINE VERSION'],
        ['n1 *', 'h1', 'Ready', 'Active', 'Leader', '0.1.0'],
        ['n2', 'h2', 'Ready', 'Active', '0.1.0'],
        [''],
      ],
    );
  });

  it('show services with running and wanted replicas, and ports on every node', () => {
    const service = sampleService({ replicas: '6', replicasMaxPerNode: '2', publish: ['8080:80'] });
    const status = { serviceId: service.id, running: 4, desired: 6 };
    const cells = serviceColumns.map(({ cell }) => cell({ service, status }));
    assert.deepEqual(cells, [
      'servicexxxxx',
      'web',
      'replicated',
      '4/6 (max 2 per node)',
      'web:1',
      '*:8080->80/tcp',
    ]);
  });

  it('show old tasks of a slot below the newest, with the reason of their end', () => {
    const service = sampleService();
    const failed = sampleTask(service, 1, {
      id: 'old',
      createdAtMs: THEN_MS - 10,
      desiredState: 'SHUTDOWN',
      status: { state: 'FAILED', error: 'exit status 1' },
    });
    const pending = sampleTask(service, 2, {
      nodeId: '',
      status: { state: 'PENDING', message: 'no suitable node (insufficient memory on 3 nodes)' },
    });
    const rows = arrangeTasks([failed, pending, sampleTask(service, 1)], () => 'h1');
    const columns = taskColumns(THEN_MS + 12_000, false);
    assert.deepEqual(
      rows.map((row) => columns.map(({ cell }) => cell(row))),
      [
        ['task1xxxxxxx', 'web.1', 'web:1', 'h1', 'Running', 'Running 12 seconds ago', '', ''],
        ['old', ' \\_ web.1', 'web:1', 'h1', 'Shutdown', 'Failed 12 seconds ago', '"exit status 1"', ''],
        [
          'task2xxxxxxx',
          'web.2',
          'web:1',
          'h1',
          'Running',
          'Pending 12 seconds ago',
          '"no suitable node (insufficient memory on 3 nodes)"',
          '',
        ],
      ],
    );
    const running = filterRows(rows, ['desired-state=running', 'name=web.1'], taskFilters);
    assert.deepEqual(
      running.map(({ task }) => task.id),
      ['task1xxxxxxxxxxxxxxxxxxxx'],
    );
  });

  it('show a service in words', () => {
    const text = formatServicePretty(sampleService({ limitMemory: '64m', publish: ['8080:80'] }));
    for (const expected of ['Service Mode:\tReplicated', ' Memory:\t64MiB', ' PublishedPort = 8080']) {
      assert.ok(text.includes(expected), `${expected} is missing in\n${text}`);
    }
  });
});

describe('comparison of plain values', () => {
  it('holds for every value and its copy, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.object(), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        assert.ok(sameValue(value, turned));
      }),
    );
  });

  it('tells values apart', () => {
    assert.ok(sameValue({ a: 1, b: undefined }, { a: 1 }));
    for (const [left, right] of [
      [{ a: 1 }, { a: 2 }],
      [[1], [1, 2]],
      [[], {}],
      [null, {}],
      ['1', 1],
    ] as const) {
      assert.ok(!sameValue(left, right));
    }
  });
});
