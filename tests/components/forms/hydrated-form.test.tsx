// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, expect, it, vi } from "vitest";
import { z } from "zod";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { flatDraft, writeDraft } from "@/components/ui/drafts";
import { NumberField } from "@/components/ui/number-field";
import { TextField } from "@/components/ui/text-field";
import { pageOver, testClient } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const empty = { name: "", steps: 3 };
const send = vi.fn(async (request: typeof empty) => request.name);

afterEach(cleanup);

function Page() {
  const form = useDraftForm({
    ...{ name: "hydrated/1", schema: flatDraft(empty), beginning: empty, contract: z.unknown() },
    requestOf: (values) => values,
    mutation: { mutationFn: send },
  });
  const { name, steps } = form.value;
  return (
    <Form form={form}>
      <TextField label="Name" field="name" value={name} onValueChange={(name) => form.set((before) => ({ ...before, name }))} />
      <NumberField label="Steps" field="steps" value={steps} onValueChange={(steps) => form.set((before) => ({ ...before, steps }))} />
      <button type="submit">Send</button>
    </Form>
  );
}

it("a form that the server sent empty shows its draft once its scripts run, and sends that", async () => {
  const complaints = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const container = document.body.appendChild(document.createElement("div"));
  container.innerHTML = renderToString(pageOver(testClient(), <Page />));
  expect(textIn("Name")).toBe("");
  writeDraft("hydrated/1", { name: "kept", steps: 7 });
  const root = await act(async () => hydrateRoot(container, pageOver(testClient(), <Page />)));
  expect([textIn("Name"), textIn("Steps")]).toEqual(["kept", "7"]);
  typeInto("Steps", "8");
  fireEvent.click(screen.getByText("Send"));
  await waitFor(() => expect(send.mock.calls[0]?.[0]).toEqual({ name: "kept", steps: 8 }));
  await waitFor(() => expect(textIn("Name")).toBe(""));
  expect(complaints).not.toHaveBeenCalled();
  act(() => root.unmount());
});
