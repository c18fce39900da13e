import { describe, expect, it } from "vitest";
import { experimentRequest } from "@/lib/contract/experiment";
import { runConfig } from "@/lib/contract/run-config";
import { buildReport } from "@/server/report/build-report";
import { type Block, cellText, type Table } from "@/server/report/document";
import type { ReportMaterial } from "@/server/report/material";
import { reportMaterial } from "@/tests/support/report/material";

const material = reportMaterial();

function blocksOf(title: string, of: ReportMaterial = material): readonly Block[] {
  const section = buildReport(of).sections.find((one) => one.title === title);
  if (section === undefined) throw new Error(`there is no section ${title}`);
  return section.blocks;
}

/** All words of a section outside of tables and figures. */
function wordsOf(title: string, of?: ReportMaterial): string {
  return blocksOf(title, of)
    .map((block) => (block.kind === "paragraph" ? block.text : block.kind === "list" ? block.items.join("\n") : ""))
    .join("\n");
}

function tableOf(title: string, caption: RegExp, of?: ReportMaterial): Table {
  const found = blocksOf(title, of).find((block) => block.kind === "table" && caption.test(block.caption));
  if (found?.kind !== "table") throw new Error(`there is no table ${caption}`);
  return found;
}

function rowOf({ rows }: Table, name: RegExp): string[] {
  const cells = rows.find(([first]) => first !== undefined && name.test(cellText(first))) ?? [];
  return cells.map((cell) => (typeof cell === "string" || cell.below === undefined ? cellText(cell) : `${cell.text} (${cell.below})`));
}

/** The material with other lines on the scorecard of its pair. */
function withLines(
  change: (lines: ReportMaterial["pairs"][number]["scorecard"]["lines"]) => ReportMaterial["pairs"][number]["scorecard"]["lines"],
): ReportMaterial {
  return {
    ...material,
    pairs: material.pairs.map((pair) => ({ ...pair, scorecard: { ...pair.scorecard, lines: change(pair.scorecard.lines) } })),
  };
}

describe("the answer of a report", () => {
  it("has the headline's verdict word for word, and counts how the lines fall", () => {
    const [lead, more] = blocksOf("Answer");
    const [line] = material.pairs[0]?.scorecard.lines ?? [];
    expect(lead).toMatchObject({ isLead: true, text: `${line?.verdict.text} (By accuracy, report rows.)` });
    expect(more).toMatchObject({
      text: expect.stringContaining("Of the 2 metrics in their scorecard, 1 finds STAN final better and 1 does not distinguish them."),
    });
    expect(wordsOf("Answer")).toContain("Forgetting: STAN final and LoRA final are not distinguishable");
  });

  it("claims nothing where no line has an interval", () => {
    const apart = withLines((lines) =>
      lines
        .slice(0, 1)
        .map((line) => ({ ...line, difference: null, verdict: { kind: "notComparable", text: "They cannot be compared: other rows." } })),
    );
    expect(wordsOf("Answer", apart)).toMatch(/^They cannot be compared: other rows\./);
    expect(wordsOf("Answer", apart)).not.toMatch(/better|worse/);
    expect(wordsOf("Limitations", apart)).toContain("accuracy, report rows: They cannot be compared: other rows.");
    expect(
      wordsOf(
        "Answer",
        withLines(() => []),
      ),
    ).toContain("STAN final and LoRA final have no metric in common");
  });

  it("says on which budgets the sides are equal, and how far apart on the others", () => {
    const words = wordsOf("Answer");
    expect(words).toContain("had equal trainable parameters, size on disk, FLOPs per token, training tokens and peak memory (within 2 %)");
    expect(words).toContain("STAN final took 0.11 × the active parameters, 1.2 × the step time and 1.5 × the training time of LoRA final.");
  });
});

describe("the scorecard of a report", () => {
  it("has means, deviations, the interval, its basis, both p and the verdict", () => {
    const table = tableOf("Scorecard", /STAN final vs. LoRA final, 3 pairs of runs/);
    expect(rowOf(table, /^accuracy/)).toEqual([
      "accuracy, report rows (per cent, higher is better)",
      "78.1\u202f% (SD 1.1)",
      "74.3\u202f% (SD 1.3)",
      "+3.8 (+1.1 to +6.5)",
      "211 rows and 3 seeds",
      "0.007 (corrected 0.014)",
      "STAN final is better",
    ]);
    expect(rowOf(table, /^forgetting/)[0]).toBe("forgetting, encyclopedia (nats per token above the base model, lower is better)");
  });

  it("draws the first side's advantage to the left, and marks only what the verdict tells apart", () => {
    const figures = blocksOf("Scorecard").flatMap((block) => (block.kind === "figures" ? block.figures : []));
    expect(figures.map(({ alternative }) => alternative)).toEqual([
      "accuracy, report rows: +3.8 (+1.1 to +6.5) percentage points, STAN final is better. forgetting, encyclopedia: −0.004 (−0.015 to +0.007) nats per token above the base model, not distinguishable.",
    ]);
  });
});

describe("what a report says of losses", () => {
  it("is of rows and a constant prediction for a classification, of squared errors for a regression, of tokens for a language model", () => {
    const of = (task: "classification" | "regression" | "languageModel") => {
      const sides = material.comparison.sides.map((side) => ({ ...side, task }));
      const other = { ...material, comparison: { ...material.comparison, sides } };
      const [figure] = blocksOf("Loss in training", other).flatMap((block) => (block.kind === "figures" ? block.figures : []));
      const table = tableOf("Every run", /Every compared run/, other);
      return [figure?.title.split(" against")[0], table.columns.map(({ name, unit }) => unit ?? name).slice(4, 6)];
    };
    expect(of("classification")).toEqual([
      "Loss on held-out rows (cross-entropy, nats per row)",
      ["cross-entropy, nats per row", "Loss of the constant prediction"],
    ]);
    expect(of("regression")).toEqual([
      "Loss on held-out rows (squared error per row)",
      ["squared error per row", "Loss of the constant prediction"],
    ]);
    expect(of("languageModel")).toEqual([
      "Loss on held-out rows (cross-entropy, nats per token)",
      ["cross-entropy, nats per token", "Loss of the base model"],
    ]);
  });
});

describe("what a report owns up to", () => {
  it("names unequal budgets, few seeds, an edge of the sweep, and what was not measured", () => {
    const words = wordsOf("Limitations");
    for (const sentence of [
      "LoRA final seed 3 was stopped at step 90 of 100.",
      "STAN final and LoRA final differ in active parameters",
      "Each side has only 3 seeds",
      "The best learning rate of LoRA is the highest tried",
      "The benchmark a third benchmark was not measured on 1 run",
    ])
      expect(words).toContain(sentence);
    expect(words).not.toContain("Forgetting cannot be measured for encoders");
  });

  it("says of every setting whose choice it is: only alpha = 1 of STAN is the paper's", () => {
    const table = tableOf("Settings and their source", /Settings by side/);
    const whose = table.rows.map((row) => [cellText(row[0] ?? ""), cellText(row.at(-1) ?? "")]);
    expect(whose.filter(([, choice]) => choice?.includes("paper"))).toEqual([["alpha", "STAN paper; set for this comparison (ours)"]]);
    expect(whose.filter(([, choice]) => !choice?.includes("ours"))).toEqual([]);
    expect(whose).toContainEqual(["Learning rate", "selected by the sweep (ours)"]);
    expect(whose).toContainEqual(["Weight decay", "Stanscope default (ours)"]);
    expect(whose).toContainEqual(["Latents M", "set for this comparison (ours)"]);
  });

  it("says that runs which a person picked tell nothing of how their settings were found", () => {
    expect(wordsOf("What was compared", { ...material, experiment: null })).toContain(
      "This report does not know how their settings were found",
    );
    expect(wordsOf("What was compared")).toContain("Selection rule, the same for every arm");
  });
});

describe("the commands of a report", () => {
  const codes = blocksOf("Reproduce").flatMap((block) => (block.kind === "code" ? [block] : []));

  it("train every run by a configuration that stands there whole, without a path or an id of this machine", () => {
    const [commands, ...configs] = codes;
    const lines = commands?.code.split("\n") ?? [];
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe("npm run -s stanscope -- train --config stan-final-seed-1.json --output stan-final-seed-1");
    for (const [place, line] of lines.entries()) {
      const config = configs[place];
      expect(line).toContain(config?.summary.split(",")[0]);
      const parsed = runConfig.parse(JSON.parse(config?.code ?? ""));
      expect(parsed).toMatchObject({
        model: "small-encoder",
        data: { path: "reviews.jsonl", heldOutPart: "report" },
        training: { seed: (place % 3) + 1 },
      });
      expect(parsed.data).not.toHaveProperty("dataSetId");
    }
    expect(codes.map(({ code }) => code).join("\n")).not.toMatch(/\/home\/|"m1"|"d1"|"b1"/);
  });

  it("start the whole experiment by its request, whose ids are to be filled in", () => {
    const request = codes.find(({ summary }) => summary.startsWith("experiment.json"));
    expect(experimentRequest.parse(JSON.parse(request?.code ?? ""))).toMatchObject({
      model: "MODEL_ID",
      data: { dataSetId: "DATA_SET_ID" },
      finalSeeds: [1, 2, 3],
    });
  });

  it("leave out a run that was trained elsewhere, and say so", () => {
    const runs = new Map(
      [...material.runs].map(([id, one]) => [id, id === "LoRA-2" ? { ...one, config: { ...one.config, training: null } } : one]),
    );
    const blocks = blocksOf("Reproduce", { ...material, runs });
    expect(blocks.filter((block) => block.kind === "code" && block.summary.startsWith("lora-final-seed"))).toHaveLength(2);
    expect(wordsOf("Reproduce", { ...material, runs })).toContain("trained elsewhere or derived from another adapter: LoRA final seed 2.");
  });
});

describe("a report of many sides", () => {
  it("has them in rows where columns would be too many", () => {
    const [one, other] = material.comparison.sides;
    if (one === undefined || other === undefined) throw new Error("the material has two sides");
    const sides = [one, other, ...[2, 3, 4, 5, 6].map((place) => ({ ...other, name: `side ${place}` }))];
    const many = { ...material, comparison: { ...material.comparison, sides } };
    const table = tableOf("Costs", /Cost of each side/, many);
    expect(table.rows.map(([name]) => cellText(name ?? ""))).toEqual(sides.map(({ name }) => name));
    expect(table.columns.slice(0, 3).map(({ name }) => name)).toEqual([
      "Cost",
      "Trainable parameters of the adapter",
      "Active parameters per token",
    ]);
    expect(rowOf(table, /^side 6/)[2]).toBe("562\u00a0176 (8.71 × the first)");
    expect(tableOf("Costs", /Cost of each side/).rows).toHaveLength(11);
  });
});
