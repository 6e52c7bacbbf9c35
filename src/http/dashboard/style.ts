/** The style of all pages: colours for light and dark, and six tones of Okabe and Ito for colour-blind people. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --bg: #f7f8fa; --panel: #ffffff; --ink: #1a2027; --muted: #545d68; --line: #d5dbe2; --soft: #eef1f5;
  --accent: #0a5a9c; --good: #006548; --good-bg: #e2f3ec; --bad: #a02a12; --bad-bg: #fbe9e4; --wait: #7a4b00;
  --wait-bg: #fcf0da;
  --c0: #8b949e; --c1: #0072b2; --c2: #d55e00; --c3: #008a66; --c4: #b0559a; --c5: #b37a00; --c6: #56b4e9;
  --h0: #f3f6f9; --h1: #dfeaf4; --h2: #c5dcee; --h3: #a3c9e4; --h4: #7ab2d8; --h5: #2f74ab; --h6: #205f98;
  --h7: #12528c; --h8: #08376a;
  --h-low: #1a2027; --h-high: #ffffff; --edge: rgb(26 32 39 / .25);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0d1117; --panel: #151b23; --ink: #e6ebf1; --muted: #9ba6b2; --line: #2e3742; --soft: #1d2530;
    --accent: #74b9f2; --good: #62d3a6; --good-bg: #10302a; --bad: #ff9d80; --bad-bg: #3c1d15; --wait: #f0bd5c;
    --wait-bg: #352811;
    --c0: #7d8590; --c1: #4aa5e0; --c2: #f08a45; --c3: #3cc79a; --c4: #dc93c8; --c5: #e8b44a; --c6: #8fd0f6;
    --h0: #171e27; --h1: #17293a; --h2: #17364f; --h3: #184667; --h4: #1d5a86; --h5: #54a0d4; --h6: #7bbbe5;
    --h7: #a5d4f2; --h8: #d0ebfc;
    --h-low: #e6ebf1; --h-high: #0d1117; --edge: rgb(155 166 178 / .45);
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--bg); color: var(--ink); }
a { color: var(--accent); text-underline-offset: .15em; }
a:hover { text-decoration-thickness: .12em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.12rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .35rem; }
p { margin: .5rem 0; max-width: 72ch; }
small { font-size: .84em; color: var(--muted); }
code, pre { font: .9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { overflow-wrap: anywhere; }
td code, th code, summary code { overflow-wrap: normal; white-space: nowrap; }
pre { margin: 0; padding: 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.skip { position: absolute; left: -999rem; padding: .5rem 1rem; background: var(--panel); z-index: 2; }
.skip:focus { left: .5rem; top: .5rem; }

header {
  display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem;
  padding: .7rem max(1rem, calc((100vw - 78rem) / 2)); background: var(--panel); border-bottom: 1px solid var(--line);
}
header p { margin: 0; }
.brand a {
  display: flex; align-items: center; gap: .45rem; font-weight: 700; color: var(--ink); text-decoration: none;
  letter-spacing: -.01em;
}
.mark { width: 1.25rem; height: 1.25rem; fill: none; stroke: var(--c0); stroke-width: 2.6; stroke-linecap: round; }
.mark .off { stroke: var(--c1); }
.place { font-weight: 500; overflow-wrap: anywhere; }
.account { margin-left: auto; display: flex; align-items: center; gap: .6rem; color: var(--muted); font-size: .92rem; }
.menu { background: var(--panel); border-bottom: 1px solid var(--line); }
.menu ul {
  display: flex; flex-wrap: wrap; gap: 0 .15rem; list-style: none; margin: 0;
  padding: 0 max(.6rem, calc((100vw - 78rem) / 2 - .7rem));
}
.menu a {
  display: block; padding: .6rem .7rem; color: var(--muted); text-decoration: none; white-space: nowrap;
  border-bottom: 3px solid transparent; font-size: .95rem;
}
.menu summary { padding: .6rem .7rem; color: var(--muted); font-size: .95rem; }
.menu details[open] { display: flex; flex-wrap: wrap; }
.menu details ul { padding: 0; }
.menu a:hover { color: var(--ink); }
.menu a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--c1); }
.menu a:focus-visible { outline-offset: -3px; }
main { display: block; max-width: 80rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; margin-bottom: 1rem; }
.live { margin: 0; font-size: .85rem; color: var(--muted); }
footer { max-width: 80rem; margin: 0 auto; padding: 0 1rem 2rem; color: var(--muted); font-size: .88rem; }
.lead { font-size: 1.15rem; margin: 1rem 0 1.5rem; }
.quietly { color: var(--muted); }

button, input, select { font: inherit; color: inherit; }
button, .action {
  display: inline-block; padding: .38rem .85rem; border: 1px solid var(--line); border-radius: 7px;
  background: var(--panel); cursor: pointer; text-decoration: none;
}
button:hover { border-color: var(--muted); }
.action {
  background: var(--accent); border-color: var(--accent); color: var(--panel); font-weight: 600; padding: .6rem 1.1rem;
}
button.quietly { padding: .15rem .6rem; font-size: .9rem; }
input:not([type=checkbox]), select {
  padding: .35rem .5rem; border: 1px solid var(--muted); border-radius: 7px; background: var(--panel); max-width: 100%;
}
.chooser, .bar, .steering, .pager {
  display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; margin: .75rem 0;
}
.chooser { margin: 0; }
.chooser label { display: inline-flex; flex-wrap: wrap; align-items: center; gap: .25rem .5rem; }
.bar { justify-content: space-between; gap: .75rem 2rem; margin-bottom: 1rem; }
.steering { margin: 1.25rem 0; }
.switch { display: inline-flex; align-items: center; } .switch span { margin-right: .6rem; color: var(--muted); }
.switch button { border-radius: 0; margin-left: -1px; }
.switch form:first-of-type button { border-radius: 7px 0 0 7px; }
.switch form:last-of-type button { border-radius: 0 7px 7px 0; }
.switch button[aria-pressed=true] {
  background: var(--accent); border-color: var(--accent); color: var(--panel); font-weight: 600;
}
.command { padding-bottom: .4rem; }
.command p { display: grid; gap: .15rem; max-width: 34rem; }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.tiles div { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .75rem .9rem; }
.tiles dt { color: var(--muted); font-size: .88rem; }
.tiles dd {
  margin: .1rem 0 0; font-size: 1.45rem; font-weight: 650; letter-spacing: -.01em; font-variant-numeric: tabular-nums;
  line-height: 1.3;
}
.tiles small {
  display: block; font-weight: 400; letter-spacing: 0; line-height: 1.4; font-size: .82rem; margin-top: .15rem;
}
.tiles small small, .tiles .here { display: inline; }
.tiles time small { display: block; }
.tiles .here { white-space: normal; overflow-wrap: anywhere; }
.tiles time { white-space: normal; }
.card, .empty {
  background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1.1rem; margin: .75rem 0;
}
.cards {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 34rem), 1fr)); gap: .6rem;
  align-items: start;
}
.cards .card { margin: 0; }
.card > h2, .empty > h2 { margin-top: .1rem; }
.empty { border-style: dashed; }
.alarm { border-left: 4px solid var(--bad); background: var(--bad-bg); padding: .6rem .9rem; border-radius: 4px; }
details > summary { cursor: pointer; padding: .2rem 0; }
details.card > summary { padding: 0; line-height: 1.9; }
.badge {
  display: inline-block; padding: .05rem .5rem; border-radius: 99px; font-size: .82rem; font-weight: 500;
  background: var(--soft); color: var(--muted); white-space: nowrap;
}
.badge.good { background: var(--good-bg); color: var(--good); }
.badge.bad { background: var(--bad-bg); color: var(--bad); }
.badge.wait { background: var(--wait-bg); color: var(--wait); }
.badge.good::before { content: "✓ "; }
.badge.bad::before { content: "✕ "; }
.badge.wait::before { content: "◷ "; }

/* A shadow at each side behind which more can be scrolled to: two that stay, and two covers that move with the
   content. */
.scroll {
  overflow-x: auto; max-width: 100%;
  background:
    linear-gradient(to right, var(--panel) 35%, transparent) 0 0 / 3rem 100% no-repeat local,
    linear-gradient(to left, var(--panel) 35%, transparent) 100% 0 / 3rem 100% no-repeat local,
    linear-gradient(to right, var(--edge), transparent) 0 0 / .8rem 100% no-repeat scroll,
    linear-gradient(to left, var(--edge), transparent) 100% 0 / .8rem 100% no-repeat scroll, var(--panel);
}
.legend .mark-run::before { height: .8em; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .94rem; }
caption.quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { text-align: left; padding: .5rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody th { font-weight: 500; }
thead th { color: var(--muted); font-weight: 600; font-size: .85rem; vertical-align: bottom; }
.n { text-align: right; white-space: nowrap; }
.scroll > table { border: 1px solid var(--line); }
time, .strategy, .change { white-space: nowrap; }
td time small, th time small { display: block; }
meter { width: 6rem; vertical-align: middle; }

.chart {
  background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1.1rem; margin: 1rem 0;
}
.chart figcaption h2, .chart > h2 { margin: 0; }
.chart figcaption p { color: var(--muted); margin: .15rem 0 .5rem; font-size: .94rem; }
.chart svg { display: block; width: 100%; min-width: 38rem; height: auto; }
.chart svg.timeline { min-width: 54rem; }
.chart svg.square { min-width: 0; max-width: 31rem; }
.chart svg text { fill: var(--muted); font-size: 12px; }
.chart svg text.row { fill: var(--ink); font-size: 12.5px; }
.grid path, .rule { stroke: var(--line); stroke-width: 1; fill: none; }
.rule { stroke-opacity: .55; }
path.need { stroke: var(--muted); stroke-width: 1; stroke-opacity: .6; fill: none; }
.plotted .drawing, .plotted > .legend { display: none; }
.plot { min-height: 0; }
.t0 { --tone: var(--c0); } .t1 { --tone: var(--c1); } .t2 { --tone: var(--c2); } .t3 { --tone: var(--c3); }
.t4 { --tone: var(--c4); } .t5 { --tone: var(--c5); } .t6 { --tone: var(--c6); }
polyline.line { fill: none; stroke: var(--tone); stroke-width: 2; stroke-linejoin: round; }
polygon.band { fill: var(--tone); fill-opacity: .25; stroke: none; }
circle, rect { fill: var(--tone); }
polyline.t2 { stroke-dasharray: 7 3; }
polyline.t3 { stroke-dasharray: 2 3; }
polyline.t4 { stroke-dasharray: 9 3 2 3; }
polyline.t5 { stroke-dasharray: 5 5; }
rect.hatched { fill: url(#hatch); stroke: var(--c2); }
.hatch-ground { fill: var(--c2); fill-opacity: .35; } .hatch-line { stroke: var(--c2); stroke-width: 4; }
.late { stroke: var(--muted); stroke-width: 1.4; stroke-dasharray: 3 3; fill: none; }
.tick { fill: var(--panel); stroke: var(--ink); stroke-width: 1.5; }
.tick.ahead, .tick.waiting { stroke: var(--muted); stroke-dasharray: 2 1.5; }
path.missed { stroke: var(--bad); stroke-width: 2; fill: none; }
.now { stroke: var(--c2); stroke-width: 1.5; stroke-dasharray: 2 3; }
.legend {
  display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; margin: .25rem 0 .5rem; padding: 0;
  font-size: .88rem; color: var(--muted);
}
.legend li::before {
  content: ""; display: inline-block; width: 1.1em; height: .7em; margin-right: .4em; vertical-align: baseline;
  background: var(--tone, var(--c0)); border-radius: 2px;
}
.legend .line::before { height: 3px; vertical-align: middle; }
.legend .dots::before { width: .6em; height: .6em; border-radius: 50%; }
.legend .band::before { opacity: .45; }
.legend .hatched::before {
  background: repeating-linear-gradient(45deg, var(--c2) 0 3px, transparent 3px 6px); border: 1px solid var(--c2);
}
.legend .tick::before { content: "◇"; background: none; width: auto; height: auto; color: var(--ink); }
.legend .waiting::before { color: var(--muted); }
.legend .missed::before {
  content: "✕"; background: none; width: auto; height: auto; color: var(--bad); font-weight: 700;
}
.u-legend { font-size: .85rem; text-align: left; color: var(--muted); min-height: 2.2em; }
.u-legend .low { display: none !important; }
.u-legend th { font-weight: 400; }
.u-legend .u-value { color: var(--ink); }
.u-legend th { padding: .1rem .3rem; border: 0; } .u-legend td { padding: .1rem .3rem; border: 0; }
.u-legend.u-inline .u-series { border: 0; }
.chart table.figures { font-size: .88rem; }
.chart details { margin-top: .5rem; }
.chart details .scroll { max-height: 28rem; overflow: auto; }

.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }
.heat {
  background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .75rem; overflow-x: auto;
}
.heat table { table-layout: fixed; font-size: .8rem; }
.heat caption { font-weight: 600; font-size: 1rem; text-align: left; padding-bottom: .4rem; }
.heat th, .heat td { padding: .1rem .2rem; border: 1px solid var(--panel); text-align: center; line-height: 1.5; }
.heat abbr { text-decoration: none; }
.heat thead th:first-child, .heat tbody th { width: 3.2rem; text-align: left; color: var(--muted); font-weight: 400; }
.heat .here { display: none; }
.shades { display: flex; flex-wrap: wrap; align-items: center; gap: 2px; font-size: .88rem; color: var(--muted); }
.shades i { width: 1.4rem; height: .9rem; border: 1px solid var(--line); }
.shades span { padding: 0 .4rem; }
.h0 { background: var(--h0); color: var(--muted); }
.h1 { background: var(--h1); color: var(--h-low); }
.h2 { background: var(--h2); color: var(--h-low); }
.h3 { background: var(--h3); color: var(--h-low); }
.h4 { background: var(--h4); color: var(--h-low); }
.h5 { background: var(--h5); color: var(--h-high); }
.h6 { background: var(--h6); color: var(--h-high); }
.h7 { background: var(--h7); color: var(--h-high); }
.h8 { background: var(--h8); color: var(--h-high); }
.tree { list-style: none; padding-left: 0; }
.tree .tree { padding-left: 1.1rem; border-left: 2px solid var(--line); margin: .2rem 0 .2rem .35rem; }
.tree li { padding: .15rem 0; }

@media (min-width: 64rem) {
  .heat .here { display: inline; font-size: .78em; }
  .heat thead th:first-child, .heat tbody th { width: 6.2rem; }
}
@media (max-width: 40rem) {
  .chart table.figures, .scroll > table { font-size: .86rem; }
  main { padding: 1.1rem .8rem 2.5rem; }
  .tiles { grid-template-columns: 1fr 1fr; gap: .5rem; }
  .tiles div { padding: .6rem .7rem; }
  .tiles div:last-child:nth-child(odd) { grid-column: 1 / -1; }
  .tiles dd { font-size: 1.2rem; }
  .tiles time { white-space: normal; }
  th, td { padding: .4rem .5rem; }
  .chart { padding: .7rem .7rem; }
  table.stacked, .stacked tbody, .stacked tr, .stacked tbody th { display: block; }
  .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stacked tr { padding: .5rem .6rem .6rem; border-bottom: 1px solid var(--line); }
  .stacked tr:last-child { border: 0; }
  .stacked th, .stacked td { padding: .1rem 0; border: 0; }
  .stacked tbody th { font-weight: 600; font-size: .95rem; }
  .stacked td { display: grid; grid-template-columns: 7rem 1fr; gap: .6rem; text-align: left; white-space: normal; }
  .stacked td::before { content: attr(data-head); color: var(--muted); }
  h1 { font-size: 1.35rem; }
  .menu a, .menu summary { padding: .35rem .5rem; }
  .card { padding: .75rem .8rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;
