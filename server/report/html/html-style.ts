import { methodNames, methodOf } from "@/lib/contract/methods/methods";

/** The sheet of a report: the application's colours, the system's letters, light and dark, screen and A4. */
export const htmlStyle = `:root {
  color-scheme: light dark;
  --bg: #fbfbf9; --surface: #ffffff; --sunken: #f4f4f0; --line: #e5e5df; --line-strong: #cdcdc5;
  --ink: #1b1c19; --ink-2: #4b4d47; --ink-3: #666860; --accent: #1e59cd;
  ${colours("light")} --base: #666860;
  --plot-grid: #ecece7; --plot-axis: #8b8d84;
  --kl1: #e6f3f5; --kl2: #c6e4e7; --kl3: #a9d3d8; --kl4: #8ec3c9; --kl5: #73b2ba;
  --worse1: #fceeee; --worse2: #ffd7d9; --worse3: #fec2c5; --worse4: #f8aeb3; --worse5: #f19ba1;
}
@media (prefers-color-scheme: dark) {
  @media not print {
    :root {
      --bg: #111210; --surface: #171816; --sunken: #0d0e0c; --line: #2a2b27; --line-strong: #40423c;
      --ink: #ecede7; --ink-2: #b9bbb2; --ink-3: #94968d; --accent: #86aefa;
      ${colours("dark")} --base: #9c9e95;
      --plot-grid: #2a2b27; --plot-axis: #71736b;
      --kl1: #182729; --kl2: #19393d; --kl3: #1d4c50; --kl4: #235f64; --kl5: #2a7378;
      --worse1: #311e20; --worse2: #462227; --worse3: #58272e; --worse4: #6a2d37; --worse5: #7c333f;
    }
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--bg); color: var(--ink);
  font: 15px/1.55 ui-sans-serif, system-ui, "Segoe UI", "Noto Sans", sans-serif;
  overflow-wrap: break-word;
}
main { max-width: 980px; margin: 0 auto; padding: 40px 24px 96px; }
h1 { font-size: 28px; line-height: 1.2; font-weight: 600; margin: 0 0 6px; text-wrap: balance; }
h2 { font-size: 19px; line-height: 1.3; font-weight: 600; margin: 48px 0 12px; padding-top: 14px; border-top: 1px solid var(--line-strong); }
h3 { font-size: 15px; font-weight: 600; margin: 26px 0 8px; }
p { margin: 0 0 12px; max-width: 74ch; }
ul { margin: 0 0 12px; padding-left: 20px; max-width: 74ch; }
li { margin-bottom: 5px; }
a { color: var(--accent); }
.about { color: var(--ink-3); margin: 0; }
.lead { font-size: 17px; line-height: 1.55; }
.note, .alternative { color: var(--ink-3); font-size: 13px; line-height: 1.5; margin: 8px 0 12px; }
.before { margin: 16px 0 6px; color: var(--ink-2); }
nav { margin-top: 22px; }
nav ol { columns: 2; column-gap: 32px; margin: 0; padding-left: 22px; font-size: 14px; max-width: 560px; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.tabled { margin: 18px 0 22px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); }
table { border-collapse: collapse; width: 100%; font-size: 13px; line-height: 1.4; font-variant-numeric: tabular-nums; }
.caption { max-width: none; margin: 0 0 7px; color: var(--ink-2); font-size: 13px; line-height: 1.45; }
.caption b { color: var(--ink); font-weight: 600; }
th, td { padding: 6px 12px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--ink-3); font-weight: 500; vertical-align: bottom; max-width: 17em; border-bottom-color: var(--line-strong); }
tbody th { font-weight: 500; min-width: 9em; }
td { min-width: 6.5em; }
.n { text-align: right; white-space: nowrap; min-width: 0; }
thead th { min-width: 4.5em; }
thead th.n { white-space: normal; }
thead th small { white-space: nowrap; }
.sentences { min-width: 20em; }
.hashes { min-width: 13em; font: 11.5px/1.45 ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; word-break: break-all; }
tbody th.n { text-align: left; }
small { display: block; font-size: 11.5px; font-weight: 400; color: var(--ink-3); }
td small { max-width: 34em; }
.kl1 { background: var(--kl1); } .kl2 { background: var(--kl2); } .kl3 { background: var(--kl3); } .kl4 { background: var(--kl4); } .kl5 { background: var(--kl5); }
.worse1 { background: var(--worse1); } .worse2 { background: var(--worse2); } .worse3 { background: var(--worse3); } .worse4 { background: var(--worse4); } .worse5 { background: var(--worse5); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 16px; margin: 18px 0 22px; align-items: start; }
figure { margin: 0; padding: 12px 14px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); min-width: 0; }
figcaption { font-size: 13px; line-height: 1.45; color: var(--ink-2); margin-bottom: 12px; }
figcaption b { color: var(--ink); font-weight: 600; }
figure:only-child { max-width: 560px; }
svg { display: block; width: 100%; height: auto; max-width: 520px; }
svg text { font: 12px ui-sans-serif, system-ui, "Segoe UI", "Noto Sans", sans-serif; fill: var(--ink-2); font-variant-numeric: tabular-nums; }
svg .dim { fill: var(--ink-3); }
svg .strong { fill: var(--ink); font-weight: 600; }
svg .halo { paint-order: stroke; stroke: var(--surface); stroke-width: 4px; stroke-linejoin: round; }
svg .rule { stroke: var(--plot-grid); }
svg .axis { stroke: var(--plot-axis); }
svg .tick { stroke: var(--ink-3); stroke-width: 1.5; }
svg .reference { stroke: var(--base); stroke-dasharray: 4 4; }
svg .front { fill: none; stroke: var(--ink-3); stroke-dasharray: 3 3; }
details { margin: 6px 0; }
summary { cursor: pointer; color: var(--ink-3); font-size: 13px; padding: 3px 0; overflow-wrap: anywhere; }
details > .scroll { margin-top: 6px; }
pre {
  margin: 6px 0 14px; padding: 12px 14px; overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--sunken);
  font: 12.5px/1.55 ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; tab-size: 2;
}
@media (max-width: 560px) {
  main { padding: 24px 16px 64px; }
  h1 { font-size: 23px; }
  h2 { margin-top: 36px; }
  .lead { font-size: 16px; }
  nav ol { columns: 1; }
  figure { padding: 10px 10px 8px; }
  th, td { padding: 6px 9px; }
}
@media print {
  @page { size: A4; margin: 16mm 15mm 18mm; }
  :root { color-scheme: light; --bg: #ffffff; }
  body { font-size: 10pt; line-height: 1.45; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 18pt; }
  h2 { font-size: 13pt; margin-top: 20pt; break-after: avoid; }
  h3, figcaption, .caption, .before, summary { break-after: avoid; }
  p, ul { max-width: none; }
  .lead { font-size: 11pt; }
  nav { display: none; }
  table { font-size: 7.5pt; }
  th, td { padding: 2.5pt 4pt; }
  thead { display: table-header-group; }
  th, td, tbody th, thead th, .sentences, .hashes { min-width: 0; }
  .hashes { font-size: 6pt; }
  tr, figure { break-inside: avoid; }
  small { font-size: 6.5pt; }
  .scroll { overflow: visible; border-radius: 0; }
  .short { break-inside: avoid; }
  .figures { grid-template-columns: 1fr 1fr; gap: 8pt; }
  .figures:has(> figure:only-child) { grid-template-columns: 115mm; }
  figure > details, figure > .alternative { display: none; }
  pre { font-size: 6.5pt; line-height: 1.35; white-space: pre-wrap; overflow-wrap: anywhere; overflow: visible; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .shaded, .kl1, .kl2, .kl3, .kl4, .kl5, .worse1, .worse2, .worse3, .worse4, .worse5, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

/** Each method's colour as the variable of its name. */
function colours(theme: "light" | "dark"): string {
  return methodNames.map((method) => `--${method}: ${methodOf({ method }).colour[theme]};`).join(" ");
}
