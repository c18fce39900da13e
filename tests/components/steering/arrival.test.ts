import { describe, expect, it } from "vitest";
import { arrivalOf } from "@/components/steering/arrival";

const first = "scale*m*3*2*all";
const second = "ablatePost*m*5*all";
const third = "ablatePost*m*7*all";
const address = (prompt: string | null, edits: readonly string[], others: Readonly<Record<string, string>> = {}) => {
  const state = new URLSearchParams(others);
  if (prompt !== null) state.set("prompt", prompt);
  for (const edit of edits) state.append("edit", edit);
  return state;
};
const adding = (...edits: readonly string[]) => new URLSearchParams(edits.map((edit) => ["add", edit]));
const draft = { text: address("once", [first, second], { temperature: "0.7" }).toString(), linked: "" };
const sorted = (state: URLSearchParams) => [...state].sort().map((entry) => entry.join("="));

describe("a page that steers, as it is opened", () => {
  it("continues from the draft where its address says nothing, and from its address where there is no draft", () => {
    expect(arrivalOf(new URLSearchParams(), draft)).toMatchObject({ isOfLink: false, isReplacing: false, problem: null });
    expect(sorted(arrivalOf(new URLSearchParams(), draft).state)).toEqual(sorted(new URLSearchParams(draft.text)));
    expect(arrivalOf(new URLSearchParams(), undefined).state.size).toBe(0);
  });

  it("keeps the draft where an address is about other things", () => {
    const { state, isReplacing } = arrivalOf(new URLSearchParams("study=s1&collection=c2"), draft);
    expect(sorted(state)).toEqual(sorted(new URLSearchParams(`${draft.text}&study=s1&collection=c2`)));
    expect(isReplacing).toBe(false);
  });

  it("adds to the edits of the draft, each of them once, with the value that it has", () => {
    const { state, isReplacing } = arrivalOf(adding(third, "scale*m*3*1*all"), draft);
    expect(state.getAll("edit")).toEqual([first, second, third]);
    expect([state.get("prompt"), state.has("add"), isReplacing]).toEqual(["once", false, false]);
  });

  it("replaces the isolation of a module that is isolated already", () => {
    const isolated = { text: address(null, ["isolate*m*1*all", first]).toString(), linked: "" };
    expect(arrivalOf(adding("isolate*m*2-3*all"), isolated).state.getAll("edit")).toEqual(["isolate*m*2-3*all", first]);
  });

  it("shows a link's edits and prompt in place of the draft, and says so where the draft has something that the link does not", () => {
    const link = address("twice", [third]);
    expect(arrivalOf(link, draft)).toMatchObject({ isOfLink: true, isReplacing: true });
    expect(sorted(arrivalOf(link, draft).state)).toEqual(sorted(link));
    expect(arrivalOf(address("once", [first, second, third]), draft).isReplacing).toBe(false);
    expect(arrivalOf(address("twice", [first, second]), draft).isReplacing).toBe(true);
    expect(arrivalOf(link, undefined).isReplacing).toBe(false);
  });

  it("says how many edits of an address are beyond the limit, and how many cannot be read", () => {
    const many = Array.from({ length: 300 }, (_, index) => `ablatePost*m*${index}*all`);
    expect(arrivalOf(address(null, many), undefined).problem).toBe(
      "A list holds at most 256 edits: the last 44 of this address were left out.",
    );
    const full = { text: address(null, many.slice(0, 256)).toString(), linked: "" };
    expect(arrivalOf(adding("scale*m*3*1*all"), full).problem).toBe(
      "A list holds at most 256 edits: the last one of this address was left out.",
    );
    expect(arrivalOf(address(null, [first, "boost*m*3"]), undefined).problem).toBe(
      "1 edit of this address could not be read and was left out.",
    );
  });
});
