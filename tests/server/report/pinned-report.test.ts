import { expect, it } from "vitest";
import { writeReport } from "@/server/report/write-report";
import { reportMaterial } from "@/tests/support/report/material";

const output = `${import.meta.dirname}/../../output/report`;

it.each([
  ["html", "experiment.html"],
  ["markdown", "experiment.md"],
] as const)("a report of stored results stays the same to the byte, as %s", async (format, file) => {
  // Its style has the colours of all methods, and so changes with each method that is added.
  const written = writeReport(reportMaterial(), format).replace(/<style>[\s\S]*?<\/style>/, "<style></style>");
  await expect(written).toMatchFileSnapshot(`${output}/${file}`);
});
