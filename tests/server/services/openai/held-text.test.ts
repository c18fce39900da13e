import { describe, expect, it } from "vitest";
import { HeldText } from "@/server/services/openai/held-text";

describe("text that a stop string may take back", () => {
  it("waits as long as it may be a stop string's beginning", () => {
    const held = new HeldText(["</s>", "\n\n"]);
    expect([held.push("a<"), held.push("/"), held.push("b\n"), held.push("c")]).toEqual(["a", "", "</b", "\nc"]);
  });

  it("is never given out from the stop string on", () => {
    const held = new HeldText(["STOP"]);
    expect([held.push("goST"), held.push("OP on"), held.end("go")]).toEqual(["go", "", ""]);
  });

  it("is given out whole at the end, with what the last token left", () => {
    const held = new HeldText(["STOP"]);
    expect([held.push("x ST"), held.end("x ST\uFFFD")]).toEqual(["x ", "ST\uFFFD"]);
    expect(new HeldText([]).push("all")).toBe("all");
  });
});
