import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDataSet } from "@/server/files/data/data-set";
import { demandFewDomains, planRows, type RowChoice } from "@/server/files/data/row-plan";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const domains = ["films", "goods", "notes"];
const numRows = 61;
const mapping = { kind: "text" as const, text: "text", domain: "domain" };

function dataSet() {
  const path = join(temporaryFolder(), "rows.jsonl");
  const row = (at: number) => JSON.stringify({ text: `line ${at}`, domain: domainOf(at), split: at % 5 === 0 ? "validation" : "train" });
  writeFileSync(path, Array.from({ length: numRows }, (_, at) => row(at)).join("\n"));
  return openDataSet(path);
}

/** Blocks of seven, so that every n-th row falls in each domain. */
function domainOf(row: number): string {
  return domains[Math.floor(row / 7) % 3] ?? "";
}

const plan = async (choice: RowChoice, split?: string) => {
  const { train, validation } = await planRows(dataSet(), split === undefined ? mapping : { ...mapping, split }, choice);
  return { train: [...train], validation: [...validation] };
};

const held = { validationRows: 13 };

describe("rows of runs that are trained on different domains and measured on all", () => {
  it.each([undefined, "split"])("are held out alike, whatever is trained on (split column: %s)", async (split) => {
    const whole = await plan({ domains: null, ...held }, split);
    for (const domain of domains) {
      const own = await plan({ domains: [domain], heldOutOf: null, evaluatedDomains: null, ...held }, split);
      expect(own.validation).toEqual(whole.validation);
      expect(own.train).toEqual(whole.train.filter((row) => domainOf(row) === domain));
      expect(own.train.length).toBeGreaterThan(0);
    }
  });

  it("are evaluated on the domains that are named, of either half", async () => {
    const choice = { domains: ["goods"], heldOutOf: ["goods", "notes"], ...held };
    const all = await plan({ domains: ["goods", "notes"], ...held });
    const own = await plan({ ...choice, evaluatedDomains: ["goods"] });
    expect(own.validation).toEqual(all.validation.filter((row) => domainOf(row) === "goods"));
    const [selection, report] = [
      await plan({ ...choice, evaluatedDomains: ["goods"], heldOutPart: "selection" }),
      await plan({ ...choice, evaluatedDomains: null, heldOutPart: "report" }),
    ];
    expect(selection.validation.filter((row) => report.validation.includes(row))).toEqual([]);
    expect(new Set(report.validation.map(domainOf))).toEqual(new Set(["goods", "notes"]));
  });

  it("would be other rows were they held out of the domains that are trained on alone", async () => {
    const all = await plan({ domains: null, ...held });
    const alone = await plan({ domains: ["films"], ...held });
    expect(alone.train.filter((row) => all.validation.includes(row))).not.toEqual([]);
  });

  it("are refused where the split column holds all of them out, and the column is named", async () => {
    const path = join(temporaryFolder(), "rows.jsonl");
    writeFileSync(path, ["validation", "test"].map((part) => JSON.stringify({ text: "a", part })).join("\n"));
    const planned = planRows(openDataSet(path), { kind: "text", text: "text", split: "part" }, { domains: null, ...held });
    await expect(planned).rejects.toThrow('has no rows to train on: every row is held out by the split column "part"');
  });

  it("are refused before training where they name more domains than statistics are kept for", async () => {
    const path = join(temporaryFolder(), "rows.jsonl");
    writeFileSync(path, Array.from({ length: 300 }, (_, id) => JSON.stringify({ text: "a", id })).join("\n"));
    const [opened, byId] = [openDataSet(path), { kind: "text", text: "text", domain: "id" } as const];
    const all = await planRows(opened, byId, { domains: null, ...held });
    expect(() => demandFewDomains(opened, byId, all)).toThrow(/rows\.jsonl: column "id" names more than 200 domains/);
    demandFewDomains(opened, byId, await planRows(opened, byId, { domains: ["1", "2", "3"], ...held }));
  });

  it("are refused where none of a domain is left to train on", async () => {
    await expect(plan({ domains: ["verse"], heldOutOf: null, ...held })).rejects.toThrow("has no rows to train on in verse");
  });
});

describe("MNLI's splits", () => {
  it("of both parts are held out, and none of the test's is trained on", async () => {
    const splits = ["train", "validation_matched", "validation_mismatched", "test_matched", "train"];
    const path = join(temporaryFolder(), "mnli.jsonl");
    writeFileSync(path, splits.map((split, at) => JSON.stringify({ text: `line ${at}`, split })).join("\n"));
    const { train, validation } = await planRows(
      openDataSet(path),
      { kind: "text", text: "text", split: "split" },
      { domains: null, ...held },
    );
    expect([[...train], [...validation]]).toEqual([
      [0, 4],
      [1, 2],
    ]);
  });
});
