// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { flatDraft } from "@/components/ui/drafts";
import { FormScope } from "@/components/ui/form-scope";
import { NumberField } from "@/components/ui/number-field";
import { useDraft } from "@/components/ui/use-draft";
import { renderPage } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const beginning = { steps: 3 };

afterEach(cleanup);

function Page() {
  const draft = useDraft("discarded/1", flatDraft(beginning), beginning);
  return (
    <FormScope draft={draft}>
      <NumberField label="Steps" field="steps" value={draft.value.steps} onValueChange={(steps) => draft.set({ steps })} />
      <DiscardDraft draft={draft} />
    </FormScope>
  );
}

it.each(["7", "12e"])("a form whose draft is discarded shows its beginning in a field where %s was typed", (text) => {
  renderPage(<Page />);
  typeInto("Steps", text);
  fireEvent.click(screen.getByText("Discard draft"));
  fireEvent.click(screen.getByText("Discard"));
  expect(textIn("Steps")).toBe("3");
});
