// @vitest-environment happy-dom
import { useMutation } from "@tanstack/react-query";
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { flatDraft } from "@/components/ui/drafts";
import { TextField } from "@/components/ui/text-field";
import { discardOnceSent, useDraft } from "@/components/ui/use-draft";
import { renderPage } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const empty = { name: "" };
const lead = vi.fn();

afterEach(cleanup);

function Page() {
  const draft = useDraft("sent/1", flatDraft(empty), empty);
  return (
    <main key={draft.round}>
      <TextField label="Name" value={draft.value.name} onValueChange={(name) => draft.set({ name })} />
      {draft.value.name === "" ? null : <Send draft={draft} />}
    </main>
  );
}

function Send({ draft }: { readonly draft: ReturnType<typeof useDraft<typeof empty>> }) {
  const send = useMutation({ mutationFn: async (name: string) => `/runs/${name}`, ...discardOnceSent(draft) });
  return (
    <button type="button" onClick={() => send.mutate(draft.value.name, { onSuccess: lead })}>
      Send
    </button>
  );
}

it("a form that begins anew once it was sent has led to what it started before", async () => {
  renderPage(<Page />);
  typeInto("Name", "first");
  fireEvent.click(screen.getByText("Send"));
  await waitFor(() => expect(textIn("Name")).toBe(""));
  expect(lead.mock.calls[0]?.[0]).toBe("/runs/first");
});
