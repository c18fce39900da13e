import { describe, expect, it } from "vitest";
import { moveSelection, spanOf } from "@/components/text/move-span";

const press = (key: string, shiftKey = false, isCommand = false) => ({ key, shiftKey, isCommand });

describe("moveSelection", () => {
  it("moves one token and stays inside the text", () => {
    expect(moveSelection({ anchor: 2, head: 2 }, 5, press("ArrowRight"))).toEqual({ anchor: 3, head: 3 });
    expect(moveSelection({ anchor: 4, head: 4 }, 5, press("ArrowRight"))).toEqual({ anchor: 4, head: 4 });
    expect(moveSelection({ anchor: 0, head: 0 }, 5, press("ArrowLeft"))).toEqual({ anchor: 0, head: 0 });
  });

  it("extends from where it began while shift is held, in both directions", () => {
    const longer = moveSelection({ anchor: 2, head: 2 }, 5, press("ArrowLeft", true));
    expect(longer).toEqual({ anchor: 2, head: 1 });
    expect(spanOf({ anchor: 2, head: 1 })).toEqual({ from: 1, to: 2 });
    expect(moveSelection({ anchor: 2, head: 1 }, 5, press("End", true))).toEqual({ anchor: 2, head: 4 });
  });

  it("takes all, lets go, and leaves other keys alone", () => {
    expect(moveSelection(null, 5, press("a", false, true))).toEqual({ anchor: 0, head: 4 });
    expect(moveSelection({ anchor: 1, head: 3 }, 5, press("Escape"))).toBeNull();
    expect(moveSelection(null, 5, press("Escape"))).toBeUndefined();
    expect(moveSelection(null, 5, press("j"))).toBeUndefined();
    expect(moveSelection(null, 0, press("ArrowRight"))).toBeUndefined();
  });
});
