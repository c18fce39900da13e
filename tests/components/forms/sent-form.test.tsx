// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { flatDraft, writeDraft } from "@/components/ui/drafts";
import { NumberField } from "@/components/ui/number-field";
import { TextField } from "@/components/ui/text-field";
import { RequestFailure } from "@/lib/client/fetch-json";
import { pageOver, renderPage, testClient } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

type Request = { runs: { name: string; training: { steps: number } }[] };

const empty = { name: "", steps: 3 };
const contract = z.object({
  runs: z.array(z.object({ name: z.string().max(5, "a name has at most 5 letters"), training: z.object({ steps: z.number() }) })),
});
const send = vi.fn<(request: Request) => Promise<string>>();
const lead = vi.fn();

beforeEach(() => {
  sessionStorage.clear();
  for (const name of ["sent/1", "typed/sent/1"]) writeDraft(name, undefined);
  send.mockReset().mockResolvedValue("/runs/first");
  lead.mockReset();
});
afterEach(cleanup);

function Page({ isListed = true }: { readonly isListed?: boolean }) {
  const form = useDraftForm({
    ...{ name: "sent/1", schema: flatDraft(empty), beginning: empty, contract },
    requestOf: ({ name, steps }): Request | null => (name === "" ? null : { runs: [{ name, training: { steps } }] }),
    mutation: { mutationFn: send },
    onSent: lead,
  });
  const { name, steps } = form.value;
  return (
    <main key={form.round}>
      <Form form={form}>
        <TextField label="Name" field="name" value={name} onValueChange={(name) => form.set((before) => ({ ...before, name }))} />
        <details>
          <summary>More</summary>
          {isListed && (
            <NumberField
              label="Steps"
              field="training.steps"
              value={steps}
              onValueChange={(steps) => form.set((before) => ({ ...before, steps }))}
            />
          )}
          <NumberField label="Without a name" value={1} onValueChange={() => undefined} />
        </details>
        <button type="submit">Send</button>
        {form.hasWrongField && <p>Fix the field.</p>}
      </Form>
    </main>
  );
}

function submit(): void {
  fireEvent.click(screen.getByText("Send"));
}

function errorAt(label: string): string | null {
  const field = screen.getByLabelText(label);
  if (field.getAttribute("aria-invalid") !== "true") return null;
  return document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent ?? "";
}

describe("a form that is sent", () => {
  it("begins anew once it was sent, and has led to what it started before", async () => {
    renderPage(<Page />);
    typeInto("Name", "first");
    submit();
    await waitFor(() => expect(textIn("Name")).toBe(""));
    expect(send.mock.calls[0]?.[0]).toEqual({ runs: [{ name: "first", training: { steps: 3 } }] });
    await waitFor(() => expect(lead.mock.calls[0]?.[0]).toBe("/runs/first"));
    expect(sessionStorage).toHaveLength(0);
  });

  it("sends what stood in it at that moment", async () => {
    renderPage(<Page />);
    typeInto("Name", "first");
    submit();
    typeInto("Name", "other");
    await waitFor(() => expect(send).toHaveBeenCalled());
    expect(send.mock.calls[0]?.[0].runs[0]?.name).toBe("first");
  });

  it.each(["Steps", "Without a name"])(
    "opens what is folded around %s, which cannot be read, focuses it and sends nothing",
    async (label) => {
      renderPage(<Page />);
      typeInto("Name", "first");
      typeInto(label, "many");
      submit();
      await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText(label)));
      expect(screen.getByLabelText(label).closest("details")?.open).toBe(true);
      expect(screen.getByText("Fix the field.")).toBeTruthy();
      typeInto(label, "4");
      submit();
      await waitFor(() => expect(send).toHaveBeenCalledTimes(1));
    },
  );

  it("does not wait for a field that has left", async () => {
    const client = testClient();
    const { rerender } = renderPage(<Page />, client);
    typeInto("Name", "first");
    typeInto("Steps", "many");
    submit();
    await waitFor(() => expect(screen.getByText("Fix the field.")).toBeTruthy());
    rerender(pageOver(client, <Page isListed={false} />));
    submit();
    await waitFor(() => expect(send).toHaveBeenCalledTimes(1));
  });

  it("says at the field what the contract refuses, and sends it once that is fixed", async () => {
    renderPage(<Page />);
    typeInto("Name", "longer");
    submit();
    await waitFor(() => expect(errorAt("Name")).toBe("A name has at most 5 letters"));
    expect(document.activeElement).toBe(screen.getByLabelText("Name"));
    expect(send).not.toHaveBeenCalled();
    typeInto("Name", "short");
    expect(errorAt("Name")).toBeNull();
    submit();
    await waitFor(() => expect(send).toHaveBeenCalledTimes(1));
  });

  it("says at the field what the server refuses until the form changes, and may be sent again as it is", async () => {
    send.mockRejectedValue(new RequestFailure("invalid", "Too many.", "runs.0.training.steps"));
    renderPage(<Page />);
    typeInto("Name", "first");
    submit();
    await waitFor(() => expect(errorAt("Steps")).toBe("Too many."));
    expect(document.activeElement).toBe(screen.getByLabelText("Steps"));
    submit();
    await waitFor(() => expect(send).toHaveBeenCalledTimes(2));
    await waitFor(() => expect(errorAt("Steps")).toBe("Too many."));
    typeInto("Name", "other");
    expect(errorAt("Steps")).toBeNull();
  });

  it("sends nothing while something is missing", async () => {
    renderPage(<Page />);
    submit();
    typeInto("Name", "first");
    submit();
    await waitFor(() => expect(send).toHaveBeenCalled());
    expect(send).toHaveBeenCalledTimes(1);
  });
});
