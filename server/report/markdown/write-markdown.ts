import { capitalised } from "@/lib/numbers/format";
import { type Block, type Cell, type Code, cellText, type ReportDocument, type Section, type Table } from "@/server/report/document";
import { wellFormed } from "@/server/report/words/well-formed";
import { escapeMarkdown, fenceFor } from "./escape-markdown";

/** A report as GitHub-flavoured Markdown: of a figure its title, what it shows, and its numbers. */
export function writeMarkdown({ title, about, sections }: ReportDocument): string {
  const counters = { tables: 0, figures: 0 };
  const parts = [`# ${escapeMarkdown(title)}`, escapeMarkdown(about), ...sections.map((section) => writeSection(section, counters))];
  return `${parts.join("\n\n")}\n`;
}

type Counters = { tables: number; figures: number };

function writeSection({ title, blocks }: Section, counters: Counters): string {
  return [`## ${escapeMarkdown(title)}`, ...blocks.map((block) => writeBlock(block, counters))].join("\n\n");
}

function writeBlock(block: Block, counters: Counters): string {
  switch (block.kind) {
    case "paragraph":
      return block.isLead ? `> ${escapeMarkdown(block.text)}` : escapeMarkdown(block.text);
    case "heading":
      return `### ${escapeMarkdown(block.text)}`;
    case "list":
      return block.items.map((item) => `- ${escapeMarkdown(item)}`).join("\n");
    case "table":
      return writeTable(block, `**Table ${++counters.tables}.** ${escapeMarkdown(block.caption)}`);
    case "figures":
      return block.figures
        .map(({ title, alternative, table }) =>
          writeTable(
            table,
            `**Figure ${++counters.figures}, its numbers.** ${escapeMarkdown(capitalised(title))}\n\n${escapeMarkdown(alternative)}`,
          ),
        )
        .join("\n\n");
    case "code":
      return writeCode(block);
  }
}

function writeTable({ columns, rows, note }: Table, caption: string): string {
  const names = columns.map(({ name, unit }) => escapeMarkdown(unit === undefined ? name : `${name}, ${unit}`));
  const rules = columns.map(({ isNumeric }, place) => (isNumeric && place > 0 ? "---:" : "---"));
  const lines = rows.map((row) => row.map(writeCell));
  const table = [names, rules, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  return [caption, table, ...(note === undefined ? [] : [escapeMarkdown(note)])].join("\n\n");
}

function writeCell(cell: Cell): string {
  const words = escapeMarkdown(cellText(cell));
  if (typeof cell === "string") return words;
  const text = cell.isStrong && words !== "" ? `**${words}**` : words;
  return cell.below === undefined ? text : `${text} (${escapeMarkdown(cell.below)})`;
}

/** A list's lines are kept in a fence of their own, whatever they hold. */
function writeCode({ summary, language, code }: Code): string {
  const fence = fenceFor(code);
  return `${escapeMarkdown(summary)}\n\n${fence}${language}\n${wellFormed(code)}\n${fence}`;
}
