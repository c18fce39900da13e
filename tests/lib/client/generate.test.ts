import { describe, expect, it } from "vitest";
import { serverSentData } from "@/lib/client/generate";

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
