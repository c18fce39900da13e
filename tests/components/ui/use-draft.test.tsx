// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DraftSchema } from "@/components/ui/drafts";
import { textIn, typeInto } from "@/tests/support/typed-field";

const empty = { path: "", name: "" };

/** The modules as a page that was loaded anew has them: what is stored is all they know. */
async function loadPage(schema?: DraftSchema<typeof empty>, name = "folder/1") {
  cleanup();
  vi.resetModules();
  const [{ useDraft }, { flatDraft }, { TextField }, { DiscardDraft }] = await Promise.all([
    import("@/components/ui/use-draft"),
    import("@/components/ui/drafts"),
    import("@/components/ui/text-field"),
    import("@/components/ui/discard-draft"),
  ]);
  // biome-ignore lint/correctness/noComponentHookFactories: it is made of the modules that were just loaded
  const Form = () => {
    const draft = useDraft(name, schema ?? flatDraft(empty), empty);
    return (
      <form>
        <TextField label="Path" value={draft.value.path} onValueChange={(path) => draft.set((before) => ({ ...before, path }))} />
        <DiscardDraft draft={draft} />
      </form>
    );
  };
  render(<Form />);
}

function isAskedOnLeaving(): boolean {
  const event = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

beforeEach(() => sessionStorage.clear());
afterEach(cleanup);

describe("a draft", () => {
  it("is there again after the page is loaded anew", async () => {
    await loadPage();
    typeInto("Path", "/data/notes");
    await loadPage();
    expect(textIn("Path")).toBe("/data/notes");
  });

  it("is thrown away on request, once that is confirmed", async () => {
    await loadPage();
    typeInto("Path", "/data/notes");
    fireEvent.click(screen.getByText("Discard draft"));
    fireEvent.click(screen.getByText("Discard"));
    expect(textIn("Path")).toBe("");
    await loadPage();
    expect(textIn("Path")).toBe("");
    expect(screen.queryByText("Discard draft")).toBeNull();
  });

  it("has the browser ask before the tab goes, for as long as something is unsent", async () => {
    await loadPage();
    expect(isAskedOnLeaving()).toBe(false);
    typeInto("Path", "/data");
    expect(isAskedOnLeaving()).toBe(true);
    typeInto("Path", "");
    expect(isAskedOnLeaving()).toBe(false);
  });

  it.each(["{", "null", '{"path":3,"name":""}', '{"path":"/other"}'])("that no longer fits is dropped: %s", async (stored) => {
    sessionStorage.setItem("draft/folder/1", stored);
    await loadPage();
    expect(textIn("Path")).toBe("");
  });

  it("lives on in a page whose browser stores nothing", async () => {
    const setItem = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    await loadPage();
    typeInto("Path", "/data");
    expect(textIn("Path")).toBe("/data");
    setItem.mockRestore();
  });
});
