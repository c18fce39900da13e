import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ApiReference } from "@/components/api-reference/api-reference";
import { clientExamples } from "@/components/api-reference/client-examples";
import { Fields } from "@/components/api-reference/fields";
import { reference } from "@/components/api-reference/reference";
import { Words } from "@/components/api-reference/words";

const origin = "http://127.0.0.1:3000";

describe("the page of the interface", () => {
  it("has a line for each endpoint and shape before any script runs", () => {
    const shown = reference(origin, {});
    const examples = clientExamples(origin, { run: "r1", module: "m", index: "0", tokenizer: "t" });
    const page = renderToStaticMarkup(<ApiReference ids={{}} origin={origin} examples={examples} runName="my run" />);
    const lines = shown.areas.flatMap((area) => area.endpoints).length + shown.shapes.length;
    expect(page.match(/<details/g)).toHaveLength(lines);
    expect(page).toContain('id="post-v1-chat-completions"');
    expect(page).toContain("(here my run)");
    expect(page).toContain('href="/api/openapi.json"');
  });

  it("writes names between backticks as code", () => {
    expect(renderToStaticMarkup(<Words>say `RUN:base` or not</Words>)).toMatch(/^say <code[^>]*>RUN:base<\/code> or not$/);
  });

  it("shows a field's type, default and meaning, and links to the schemas that it uses", () => {
    const row = {
      path: "edits",
      type: [{ text: "list of " }, { text: "Edit", shape: "Edit" }],
      isRequired: true,
      defaultValue: "[]",
      about: "What changes.",
    };
    const fields = renderToStaticMarkup(<Fields forms={[{ name: "scale", about: "times", rows: [row] }]} />);
    for (const part of ["<code>scale</code>", "<code>edits</code>", "required", "list of ", 'href="#shape-Edit"', " = []", "What changes."])
      expect(fields).toContain(part);
  });
});
