// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { z } from "zod";
import { FormFields } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { flatDraft } from "@/components/ui/drafts";
import { NumberField } from "@/components/ui/number-field";
import { renderPage } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const beginning = { steps: 3 };

afterEach(cleanup);

function Page() {
  const form = useDraftForm({
    ...{ name: "discarded/1", schema: flatDraft(beginning), beginning, contract: z.unknown() },
    requestOf: (values) => values,
    mutation: { mutationFn: async () => undefined },
  });
  return (
    <FormFields form={form}>
      <NumberField label="Steps" field="steps" value={form.value.steps} onValueChange={(steps) => form.set({ steps })} />
      <DiscardDraft draft={form} />
    </FormFields>
  );
}

it.each(["7", "12e"])("a form whose draft is discarded shows its beginning in a field where %s was typed", (text) => {
  renderPage(<Page />);
  typeInto("Steps", text);
  fireEvent.click(screen.getByText("Discard draft"));
  fireEvent.click(screen.getByText("Discard"));
  expect(textIn("Steps")).toBe("3");
});
