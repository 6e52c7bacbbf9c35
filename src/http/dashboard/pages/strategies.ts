import { html } from 'hono/html';
import { DEFAULT_GENES } from '../../../genes/genes.ts';
import { numeric } from '../../../render/document.ts';
import { percent } from '../../../render/quantity.ts';
import { RUNS_LEARNED } from '../../../render/report-words.ts';
import {
  type Descent,
  GENE_NAMES,
  type StrategiesView,
  type StrategyLine,
  WINDOW,
} from '../views/strategies.ts';
import { type ChartRow, chart } from './chart.ts';
import { badge, EMPTY, type Markup, name, nothingYet, table, tiles, when } from './markup.ts';

/** What each gene bends, in a few words. */
const GENE_WORDS: Readonly<Record<(typeof GENE_NAMES)[number], string>> = {
  success_weight: 'how fast a good forecaster gains weight',
  failure_penalty: 'what a failed run costs in a plan',
  recency_bias: 'how fast old runs are forgotten',
  exploration_rate: 'how far from the best a time may be tried',
};

const TONES = [1, 2, 3, 4] as const;

/** Changes of genes that are drawn, the newest; all of them stand in the learning log. */
const CHANGES_DRAWN = 120;

/** The population: who forecasts best, where each comes from, and how it got to where it is. */
export function strategiesPage(view: StrategiesView, repositoryId: number): Markup {
  const path = `/repositories/${repositoryId}/strategies`;
  return html`<div id="population" data-live>${tiles([
    { label: 'Strategies', value: String(view.strategies.length), note: 'each forecasts every run' },
    { label: 'Runs learned', value: view.runsLearned.toLocaleString('en'), note: RUNS_LEARNED },
    {
      label: 'Runs since the last evolution',
      value: (view.runsLearned - view.runsAtLastEvolution).toLocaleString('en'),
      note: `mutations step by ${view.mutationStep.toFixed(2)}`,
    },
  ])}
${table(
  'Strategies and their track records',
  [
    'Strategy',
    numeric('Generation'),
    numeric('Performance'),
    numeric('Accuracy'),
    numeric('In the 90 % interval'),
    numeric('Forecasts'),
    'Trend',
  ],
  view.strategies.map((line) => [
    html`${strategyChoice(path, line.name, view.selected.name)} ${line.active ? badge('good', 'in use') : EMPTY}`,
    String(line.generation),
    line.forecasts === 0 ? '–' : percent(line.performance),
    line.forecasts === 0 ? '–' : `${line.accuracy.toFixed(0)} of 100`,
    line.forecasts === 0 ? '–' : percent(line.coverage),
    line.forecasts.toLocaleString('en'),
    line.trend,
  ]),
)}</div>
${record(view)}
<section><h2>${name(view.selected.name)}</h2>${genes(view.selected)}</section>
${genePath(view)}
<section id="lineage" data-live><h2>Lineage</h2>
<p>A child stands under its first parent. It was kept because it forecast runs it had not been chosen on better
than its parents, proven one-sided at 95 %.</p>${tree(view.lineage, view, path)}</section>`;
}

/** A strategy's name that shows its details on this page. */
function strategyChoice(path: string, strategy: string, selected?: string): Markup {
  const current = strategy === selected ? html` aria-current="true"` : EMPTY;
  return html`<a href="${path}?strategy=${encodeURIComponent(strategy)}"${current}>${name(strategy)}</a>`;
}

function record({ strategies }: StrategiesView): Markup {
  const recorded = strategies.filter((line) => line.record.length > 0).slice(0, 6);
  const longest = Math.max(0, ...recorded.map((line) => line.record.length));
  if (longest < 2) {
    return nothingYet(
      'No track record yet',
      `A point of it is the mean of ${WINDOW} forecasts. With more finished runs there will be one.`,
    );
  }
  const rows: ChartRow[] = Array.from({ length: longest }, (_, place) => {
    const ago = longest - 1 - place;
    return {
      x: place + 1,
      label: ago === 0 ? 'newest' : `${ago} before`,
      cells: recorded.map((line) => line.record[line.record.length - 1 - ago] ?? null),
    };
  });
  return chart({
    id: 'record',
    title: 'Track record over the newest forecasts',
    note:
      `Mean worth of ${WINDOW} forecasts in a row: 1 for one that is off by 10 % at most, 0.7 up to 25 %, 0.4 ` +
      'up to 50 %, nothing beyond. The newest stand on the right.',
    x: { kind: 'place', name: 'Window' },
    unit: 'share',
    top: 1,
    series: recorded.map((line, place) => ({
      name: line.name,
      kind: 'line' as const,
      tone: ([1, 2, 3, 4, 5, 6] as const)[place] ?? 6,
    })),
    rows,
  });
}

function genes(line: StrategyLine): Markup {
  return table(
    `Genes of ${line.name}`,
    ['Gene', numeric('Value'), numeric('From the default'), 'Bends'],
    GENE_NAMES.map((gene) => {
      const value = line.genes[gene];
      const drift = value - DEFAULT_GENES[gene];
      const shown = value.toFixed(2);
      return [
        html`<code>${gene}</code>`,
        html`<meter min="0" max="1" value="${value.toFixed(3)}">${shown}</meter> ${shown}`,
        Math.abs(drift) < 0.005 ? '0' : `${drift > 0 ? '+' : '−'}${Math.abs(drift).toFixed(2)}`,
        GENE_WORDS[gene],
      ];
    }),
  );
}

function genePath({ path, selected }: StrategiesView): Markup {
  if (path.length < 2) {
    return html`<p class="quietly">The genes of ${name(selected.name)} have not moved yet.</p>`;
  }
  return chart({
    id: 'genes',
    title: `How the genes of ${selected.name} have moved`,
    note: html`Each change, with its reason, stands in the learning log. Newest: ${when(path.at(-1)?.at ?? 0)}.`,
    x: { kind: 'time', name: 'When' },
    unit: 'gene',
    top: 1,
    series: GENE_NAMES.map((gene, place) => ({ name: gene, kind: 'line' as const, tone: TONES[place] ?? 1 })),
    rows: path.slice(-CHANGES_DRAWN).map(({ at, genes: then }) => ({
      x: at,
      label: when(at),
      cells: GENE_NAMES.map((gene) => then[gene]),
    })),
  });
}

function tree(descents: readonly Descent[], view: StrategiesView, path: string): Markup {
  return html`<ul class="tree">${descents.map(({ name: own, known, children }) => {
    const line = view.strategies.find((one) => one.name === own);
    const others = (line?.parents ?? []).slice(1);
    const label = known ? strategyChoice(path, own) : html`${name(own)} (gone)`;
    const record = line === undefined ? EMPTY : html` <small>${recordWords(line)}</small>`;
    const parents = others.length === 0 ? EMPTY : html` <small>other parent: ${others.join(', ')}</small>`;
    return html`<li>${label}${record}${parents}${children.length === 0 ? EMPTY : tree(children, view, path)}</li>`;
  })}</ul>`;
}

function recordWords({ generation, forecasts, performance }: StrategyLine): string {
  return `generation ${generation}, performance ${forecasts === 0 ? '–' : percent(performance)}`;
}
