import { describe, expect, it } from "vitest";
import { mergeSteps } from "@/lib/client/events";
import { serverSentData } from "@/lib/client/generate";

describe("mergeSteps", () => {
  it("puts fresh steps behind those before", () => {
    expect(mergeSteps([{ step: 1 }, { step: 2 }], [{ step: 3 }])).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }]);
  });

  it("lets a resumed run's steps take the place of those measured before", () => {
    const before = [1, 2, 3, 4].map((step) => ({ step, loss: 5 }));
    expect(mergeSteps(before, [{ step: 3, loss: 7 }])).toEqual([
      { step: 1, loss: 5 },
      { step: 2, loss: 5 },
      { step: 3, loss: 7 },
    ]);
  });
});

describe("serverSentData", () => {
  it("joins an event cut anywhere, and passes over comments", async () => {
    const stream = new ReadableStream<string>({
      start(controller) {
        for (const part of [": still here\n\nid: 1\nda", 'ta: {"kind":"end"}\n', "\nevent: x\ndata: 2\n\n", "data: cut off"])
          controller.enqueue(part);
        controller.close();
      },
    });
    const seen: string[] = [];
    for await (const data of serverSentData(stream.getReader())) seen.push(data);
    expect(seen).toEqual(['{"kind":"end"}', "2"]);
  });
});
