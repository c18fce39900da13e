import { expect, it } from "vitest";
import { latentKeyHints } from "@/components/latent-table/latent-key-hints";
import { pagesWithKeys, tableKeys } from "@/components/shell/page-keys";

it("names each key and each deed of a page once", () => {
  for (const { hints, more } of pagesWithKeys) {
    const all = [...hints, ...more];
    expect(new Set(all.map(({ does }) => does)).size).toBe(all.length);
    expect(new Set(all.map(({ keys }) => keys.join())).size).toBe(all.length);
  }
});

it("shows at the foot of the table what the sheet says of it, and where nothing can be edited all but steering", () => {
  const deeds = (mayEdit: boolean) => latentKeyHints({ mayEdit }).map(({ does }) => does);
  const inRun = deeds(true);
  expect(inRun).toEqual([...tableKeys.hints.map(({ does }) => does), "all shortcuts"]);
  expect(inRun).toContain("select range");
  expect(deeds(false)).toEqual(inRun.filter((does) => does !== "steer"));
});
