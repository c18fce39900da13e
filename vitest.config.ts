import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "") } },
  test: {
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    globalSetup: ["tests/support/database-server.ts"],
    exclude: ["tests/e2e/**", "tests/knocks/**"],
    tags: [{ name: "references", description: "compares with values or models from outside the repository" }],
    // Each file has a process of its own: the TensorFlow binding is not made for worker threads.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
