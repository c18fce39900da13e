import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Training the demonstration takes longest: one file that needs it goes first and waits for it, while another process does the files that need none.
 * Files that share it follow, the longest first.
 */
class DemonstrationFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const longestFirst = ["latents", "work", "accessibility", "steering", "studies", "first-visit"];
    const orderOf = (file: TestSpecification) =>
      longestFirst.findIndex((name) => file.moduleId.endsWith(`/e2e/demonstration/${name}.test.ts`));
    const needing = files.filter((file) => file.moduleId.includes("/e2e/demonstration/")).sort((a, b) => orderOf(a) - orderOf(b));
    const others = await super.sort(files.filter((file) => !needing.includes(file)));
    return [...needing.slice(0, 1), ...others, ...needing.slice(1)];
  }
}

/** Tests of the built application in a real browser, two files at a time; each can run alone. */
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "") } },
  test: {
    include: ["tests/e2e/**/*.test.ts"],
    globalSetup: ["tests/support/database-server.ts", "tests/e2e/demonstration-server.ts"],
    sequence: { sequencer: DemonstrationFirst },
    pool: "forks",
    maxWorkers: 2,
    // Of the tests of broken servers, which mostly wait; more pages at once are too much for two cores that train the demonstration as well.
    maxConcurrency: 5,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
