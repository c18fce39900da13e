import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests of the built application in a real browser, one after another: each has the whole machine. */
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "") } },
  test: {
    include: ["tests/e2e/**/*.test.ts"],
    globalSetup: ["tests/support/database-server.ts"],
    pool: "forks",
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
