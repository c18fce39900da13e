import { expect, it } from "vitest";
import { pagePaths, routesOfPages, unpreparedRoutes } from "@/tests/e2e/page-paths";

it("every page has a path in the tests of broken servers and of accessibility, or is named among those that they leave out", () => {
  const paths = pagePaths({ run: "r1", otherRun: "r2", module: "q_proj", index: 0 });
  expect([...Object.keys(paths), ...unpreparedRoutes].sort()).toEqual([...routesOfPages()].sort());
});
