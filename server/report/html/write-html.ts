import { capitalised } from "@/lib/numbers/format";
import {
  type Block,
  type Cell,
  type Column,
  cellText,
  type Figure,
  type ReportDocument,
  type Section,
  type Table,
} from "@/server/report/document";
import { writeSvg } from "@/server/report/plots/svg";
import { escapeHtml } from "./escape-html";
import { htmlStyle } from "./html-style";

/** Nothing may be fetched, nothing run: a reader who opens the file tells nobody. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A table of no more rows is not cut by the end of a page. */
const mostShortRows = 14;

/** Numbers of the tables and figures that were written so far. */
type Counters = { tables: number; figures: number };

/** A report as one HTML page that needs nothing beside itself. */
export function writeHtml({ title, about, sections }: ReportDocument): string {
  const counters: Counters = { tables: 0, figures: 0 };
  const contents = sections.map((section) => `<li><a href="#${anchorOf(section)}">${escapeHtml(section.title)}</a></li>`).join("\n");
  const body = sections.map((section) => writeSection(section, counters)).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>
${htmlStyle}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="about">${escapeHtml(about)}</p>
</header>
<nav aria-label="Contents">
<ol>
${contents}
</ol>
</nav>
${body}
</main>
</body>
</html>
`;
}

function writeSection(section: Section, counters: Counters): string {
  const blocks = section.blocks.map((block) => writeBlock(block, counters)).join("\n");
  return `<section id="${anchorOf(section)}">\n<h2>${escapeHtml(section.title)}</h2>\n${blocks}\n</section>`;
}

function anchorOf({ title }: Section): string {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

function writeBlock(block: Block, counters: Counters): string {
  switch (block.kind) {
    case "paragraph":
      return `<p${block.isLead ? ' class="lead"' : ""}>${escapeHtml(block.text)}</p>`;
    case "heading":
      return `<h3>${escapeHtml(block.text)}</h3>`;
    case "list":
      return `<ul>\n${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join("\n")}\n</ul>`;
    case "table": {
      counters.tables++;
      const kind = block.rows.length <= mostShortRows ? "tabled short" : "tabled";
      return `<div class="${kind}">\n${writeTable(block, { number: `Table ${counters.tables}. `, id: `table-${counters.tables}` })}\n</div>`;
    }
    case "figures":
      return `<div class="figures">\n${block.figures.map((figure) => writeFigure(figure, ++counters.figures)).join("\n")}\n</div>`;
    case "code": {
      const code = `<pre><code>${escapeHtml(block.code)}</code></pre>`;
      const summary = escapeHtml(block.summary);
      return block.isFolded ? `<details><summary>${summary}</summary>\n${code}\n</details>` : `<p class="before">${summary}</p>\n${code}`;
    }
  }
}

function writeFigure({ title, alternative, drawing, table }: Figure, number: number): string {
  return `<figure>
<figcaption><b>Figure ${number}.</b> ${escapeHtml(capitalised(title))}</figcaption>
${writeSvg(drawing)}
<p class="alternative">${escapeHtml(alternative)}</p>
<details><summary>Numbers of figure ${number}</summary>
${writeTable(table, { number: "", id: `numbers-${number}` })}
</details>
</figure>`;
}

function writeTable({ caption, columns, rows, note }: Table, { number, id }: { readonly number: string; readonly id: string }): string {
  const label = number === "" ? "" : `<b>${number}</b>`;
  const heads = columns.map(({ name, unit, isNumeric }) => {
    const below = unit === undefined ? "" : `<small>${escapeHtml(unit)}</small>`;
    return `<th scope="col"${isNumeric ? ' class="n"' : ""}>${escapeHtml(name)}${below}</th>`;
  });
  const lines = rows.map((row) => `<tr>${row.map((cell, place) => writeCell(cell, place, columns[place])).join("")}</tr>`);
  const foot = note === undefined ? "" : `\n<p class="note">${escapeHtml(note)}</p>`;
  // The caption stands outside of the box that scrolls, so that a narrow page shows all of it.
  return `<p class="caption" id="${id}">${label}${escapeHtml(caption)}</p>
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}">
<table aria-labelledby="${id}">
<thead><tr>${heads.join("")}</tr></thead>
<tbody>
${lines.join("\n")}
</tbody>
</table>
</div>${foot}`;
}

function writeCell(cell: Cell, place: number, column: Column | undefined): string {
  const details = typeof cell === "string" ? undefined : cell;
  const kind = column?.isNumeric ? ["n"] : column?.holds === undefined ? [] : [column.holds];
  const classes = [...kind, ...(details?.shade === undefined ? [] : [shadeClass(details.shade)])].filter(Boolean).join(" ");
  const given = classes === "" ? "" : ` class="${classes}"`;
  const words = escapeHtml(cellText(cell));
  const inner = details?.isStrong ? `<b>${words}</b>` : words;
  const below = details?.below === undefined ? "" : `<small>${escapeHtml(details.below)}</small>`;
  return place === 0 ? `<th scope="row"${given}>${inner}${below}</th>` : `<td${given}>${inner}${below}</td>`;
}

/** One of five steps to either side; none about 0. */
function shadeClass(shade: number): string {
  const step = Math.min(5, Math.round(Math.abs(shade) * 5));
  return step === 0 ? "" : `${shade < 0 ? "kl" : "worse"}${step}`;
}
