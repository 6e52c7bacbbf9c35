import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../src/telemetry/metrics.ts';

const read = (file: string) => readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');

/** Every figure that the process exposes, without the endings of histograms. */
async function exposed(): Promise<ReadonlySet<string>> {
  const metrics = createMetrics();
  metrics.watchConditions(async () => []);
  metrics.watchEmergencyStop(async () => false);
  metrics.watchQueue(() => ({ waiting: 0, running: 0, deadLetters: 0, oldestAgeSeconds: 0 }));
  const { text } = await metrics.expose();
  return new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
}

describe.each(['grafana-dashboard.json', 'alerts.yml'])('%s', (file) => {
  it('names only figures that there are', async () => {
    const known = await exposed();
    const named = [...new Set(read(file).match(/offbeat_\w+/g) ?? [])].map((name) =>
      known.has(name) ? name : name.replace(/_(?:bucket|count|sum)$/, ''),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

it.each(['operations.md', 'sizing.md', 'github.md'])(
  'docs/%s names only figures that there are',
  async (file) => {
    const known = await exposed();
    const named = read(`../docs/${file}`).match(/(?<=`)(?:offbeat|process|nodejs)_\w+/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  },
);

it('the dashboard shows everything that the work is measured by', async () => {
  const text = read('grafana-dashboard.json');
  const own = [...(await exposed())].filter((name) => !/nodejs|process/.test(name));
  expect(own.filter((name) => !text.includes(name))).toEqual([]);
});

it('each alert says what to look at', () => {
  const { groups } = parse(read('alerts.yml')) as {
    groups: { rules: { alert: string; annotations: { summary: string; description: string } }[] }[];
  };
  for (const { annotations } of groups.flatMap(({ rules }) => rules)) {
    expect(annotations.summary).toMatch(/\S/);
    expect(annotations.description).toMatch(/\.$/);
  }
});
