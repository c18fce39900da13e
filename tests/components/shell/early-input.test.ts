// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";
import { earlyInputScript, readyEvent } from "@/components/shell/early-input";

const begin = () => new Function(earlyInputScript)();
const ready = () => window.dispatchEvent(new Event(readyEvent));

/** A form with a button, as the server sent it. */
function page() {
  document.body.innerHTML =
    "<form><input name=key value=secret><button type=submit><i>Save</i></button></form><button type=button>Run</button>";
  const [form, save, icon, run] = ["form", "[type=submit]", "i", "[type=button]"].map((selector) =>
    document.querySelector<HTMLElement>(selector),
  );
  if (!form || !save || !icon || !run) throw new Error("the page has them");
  return { form, save, icon, run };
}

afterEach(() => {
  ready();
  document.body.innerHTML = "";
});

it("the last press before the page listens is repeated once it does, and later ones are the page's own", () => {
  const { icon, save, run } = page();
  begin();
  run.click();
  icon.click();
  const [onSave, onRun] = [vi.fn((event: Event) => event.preventDefault()), vi.fn()];
  save.addEventListener("click", onSave);
  run.addEventListener("click", onRun);
  ready();
  ready();
  expect([onSave.mock.calls.length, onRun.mock.calls.length]).toEqual([1, 0]);
  run.click();
  expect(onRun).toHaveBeenCalledTimes(1);
});

it("a form is held back until then: what was typed does not reach the address", () => {
  const { form } = page();
  const submit = () => form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  begin();
  expect(submit()).toBe(false);
  ready();
  expect(submit()).toBe(true);
});

it("a shortcut is repeated where the focus was, and what is typed into a field is not", () => {
  const { form } = page();
  const field = form.querySelector("input");
  const press = (target: HTMLElement | null, key: string, ctrlKey = false) =>
    target?.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true }));
  const repeated = (press: () => void) => {
    const seen: [string, boolean, EventTarget | null][] = [];
    begin();
    press();
    const see = (event: KeyboardEvent) => seen.push([event.key, event.ctrlKey, event.target]);
    window.addEventListener("keydown", see);
    ready();
    window.removeEventListener("keydown", see);
    return seen;
  };
  expect(repeated(() => press(field, "Enter", true))).toEqual([["Enter", true, field]]);
  expect(repeated(() => press(document.body, "d"))).toEqual([["d", false, document.body]]);
  expect(repeated(() => press(document.body, "a", true))).toEqual([]);
  expect(repeated(() => press(field, "d"))).toEqual([]);
});

it("the skip link leaves what is after # as it is, and is followed once the page listens", () => {
  document.body.innerHTML = '<a class="skip" href="#content">Skip to content</a>';
  const link = document.querySelector("a");
  begin();
  const click = new MouseEvent("click", { bubbles: true, cancelable: true });
  expect(link?.dispatchEvent(click)).toBe(false);
  const followed = vi.fn((event: Event) => event.preventDefault());
  link?.addEventListener("click", followed);
  ready();
  expect(followed).toHaveBeenCalledTimes(1);
});
