// @vitest-environment happy-dom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { ContextWarning } from "@/components/new-run/context-warning";
import { modelContextQuery } from "@/lib/client/models";
import { renderPage, testClient } from "@/tests/support/page";

afterEach(cleanup);

function draw(tokens: number, original: { tokens: number; scaling: string } | null) {
  const client = testClient();
  client.setQueryData(modelContextQuery("m").queryKey, original);
  renderPage(<ContextWarning modelId="m" tokens={tokens} />, client);
  return screen.queryByRole("status")?.textContent;
}

it("rows beyond the original context of a model are warned of with the scaling in use", () => {
  const warned = draw(513, { tokens: 512, scaling: "yarn, factor 4" });
  expect(warned).toContain("Rows exceed the model’s original context of 512 tokens");
  expect(warned).toContain("Beyond it, positions are scaled: yarn, factor 4.");
});

it.each([
  ["rows fit", 512, { tokens: 512, scaling: "yarn, factor 4" }],
  ["positions are not scaled", 9999, null],
])("nothing is said where %s", (_, tokens, original) => {
  expect(draw(tokens, original)).toBeUndefined();
});
