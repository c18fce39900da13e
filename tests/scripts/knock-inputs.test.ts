import { expect, it } from "vitest";
import { readerNames, runCampaign } from "@/scripts/knock/inputs/campaign";
import { freshDatabase } from "@/tests/support/database";

const database = await freshDatabase();

it("reads each of 240 mutated inputs, or refuses it with words that name the place", async () => {
  const counts = new Map(readerNames.map((name) => [name, name === "requests" ? 240 - 8 * (readerNames.length - 1) : 8]));
  const { results, findings } = await runCampaign(counts, { seed: 7, environment: { DATABASE_URL: database.url } });
  expect(findings).toEqual([]);
  expect(results.reduce((sum, { inputs }) => sum + inputs, 0)).toBe(240);
  // Inputs that are always refused, or never, would show nothing.
  expect(results.filter(({ read }) => read > 0).length).toBeGreaterThan(results.length / 2);
  expect(results.filter(({ refused }) => refused > 0).length).toBeGreaterThan(results.length / 2);
}, 300_000);
