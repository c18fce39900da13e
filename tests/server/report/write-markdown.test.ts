import { describe, expect, it } from "vitest";
import { escapeMarkdown, fenceFor } from "@/server/report/markdown/escape-markdown";
import { writeReport } from "@/server/report/write-report";
import { hostile, withTyped } from "@/tests/support/report/hostile";
import { reportMaterial } from "@/tests/support/report/material";

/** Lines outside of fences, and how many fences there are. */
function readMarkdown(markdown: string): { lines: string[]; fences: number } {
  const lines: string[] = [];
  let [fence, fences] = ["", 0];
  for (const line of markdown.split("\n")) {
    const mark = /^(`{3,})(\w*)$/.exec(line);
    if (fence === "" && mark !== null) {
      fence = mark[1] ?? "";
      fences++;
    } else if (fence !== "" && line === fence) fence = "";
    else if (fence === "") lines.push(line);
  }
  expect(fence).toBe("");
  return { lines, fences };
}

/** Borders of cells in a line. */
function borders(line: string): number {
  return line.replace(/\\\\/g, "").replace(/\\\|/g, "").split("|").length;
}

/** What kind of thing a line is. */
function kindOf(line: string): string {
  return /^(#+ |- |\| |\*\*)/.exec(line)?.[1] ?? (line === "" ? "" : "text");
}

describe("a report as Markdown", () => {
  const plain = writeReport(reportMaterial(), "markdown");

  it("has the sections of the page in their order, and the numbers of every figure in a table", () => {
    const titles = readMarkdown(plain).lines.filter((line) => line.startsWith("## "));
    const html = writeReport(reportMaterial(), "html");
    expect(titles.map((line) => line.slice(3))).toEqual([...html.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, title]) => title));
    expect([...plain.matchAll(/^\*\*Figure (\d+), its numbers\.\*\*/gm)].map(([, number]) => Number(number))).toEqual(
      [...html.matchAll(/<b>Figure (\d+)\./g)].map(([, number]) => Number(number)),
    );
    expect(plain).not.toContain("<svg");
  });

  it("has as many cells in every row of a table as in its head", () => {
    for (const written of [plain, writeReport(withTyped(reportMaterial(), hostile), "markdown")]) {
      const { lines } = readMarkdown(written);
      let tables = 0;
      for (const [place, line] of lines.entries()) {
        if (!line.startsWith("| ") || lines[place - 1]?.startsWith("| ")) continue;
        tables++;
        expect(lines[place + 1]).toMatch(/^\|( -{3}:? \|)+$/);
        for (let row = place + 1; lines[row]?.startsWith("| "); row++) expect(borders(lines[row] ?? ""), lines[row]).toBe(borders(line));
      }
      expect(tables).toBeGreaterThan(15);
    }
  });

  it("is made of the same lines whatever people have typed", () => {
    const shapeOf = (addition: string) => {
      const { lines, fences } = readMarkdown(writeReport(withTyped(reportMaterial(), addition), "markdown"));
      return { kinds: lines.map(kindOf), fences };
    };
    expect(shapeOf(hostile)).toEqual(shapeOf("harmless"));
    const { lines } = readMarkdown(writeReport(withTyped(reportMaterial(), hostile), "markdown"));
    for (const line of lines) {
      expect(line).not.toMatch(/<|(?<!\\)\]\(|(?<!\\)@someone|https:\/\/|www\.|(?<!\\)`/);
    }
  });
});

describe("escaping for Markdown", () => {
  it("keeps words as they are read and takes their meaning", () => {
    expect(escapeMarkdown("a|b *c* `d` [e](f) <g> & h\ni")).toBe("a\\|b \\*c\\* \\`d\\` \\[e\\](f) &lt;g&gt; &amp; h i");
    expect(escapeMarkdown("# no heading")).toBe("\\# no heading");
    expect(escapeMarkdown("12. no list")).toBe("12\\. no list");
    expect(escapeMarkdown("- no item")).toBe("\\- no item");
    expect(escapeMarkdown("=== no title")).toBe("\\=== no title");
    for (const number of ["0.5 to +0.5, 12.5 %", "-0.55", "+3.8 (+1.1 to +6.5)"]) expect(escapeMarkdown(number)).toBe(number);
  });

  it("fences code by more backticks than stand in it", () => {
    expect(fenceFor("plain")).toBe("```");
    expect(fenceFor("a ```` b `")).toBe("`````");
  });
});
