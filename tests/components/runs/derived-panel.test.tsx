import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { DerivedPanel } from "@/components/runs/derived-panel";
import { editList } from "@/lib/contract/edit";
import { runDetailFixture } from "./run-detail-fixture";

const bakedEdits = editList.parse([
  { operation: "scale", value: 2, latent: { module: "h.0", index: 5 } },
  { operation: "scale", value: 3, latent: { module: "h.0", index: 5 } },
]);

function drawn(derivedFrom: { id: string; name: string } | null): string {
  const detail = runDetailFixture({ steps: 3, step: 3 });
  return renderToStaticMarkup(<DerivedPanel detail={{ ...detail, run: { ...detail.run, derivedFrom }, bakedEdits }} />);
}

test("a derived run links to its parent and lists what was baked in, in its order", () => {
  const html = drawn({ id: "p1", name: "the parent" });
  expect(html).toContain('href="/runs/p1">the parent</a>');
  expect(html).toContain("<dt>1. h.0 #5</dt><dd>× 2</dd><dt>2. h.0 #5</dt><dd>× 3</dd>");
});

test("a derived run whose parent is gone says so, and a trained one shows nothing", () => {
  expect(drawn(null)).toContain("a deleted run");
  expect(renderToStaticMarkup(<DerivedPanel detail={runDetailFixture({ steps: 3, step: 3 })} />)).toBe("");
});
