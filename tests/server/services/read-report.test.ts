import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readReport } from "@/server/services/documents/read-report";

it("a report is the file of that name in docs/reports", async () => {
  expect(await readReport("smollm2-corpus.md")).toBe(readFileSync("docs/reports/smollm2-corpus.md", "utf8"));
});

it.each(["nowhere.md", "../measurements.md", "..%2Fmeasurements.md", "/etc/passwd", "README.md", "smollm2-corpus.html", ""])(
  "no report is called %j",
  async (name) => {
    await expect(readReport(name)).rejects.toMatchObject({ code: "notFound" });
  },
);
