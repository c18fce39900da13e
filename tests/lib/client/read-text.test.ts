import { expect, it } from "vitest";
import { streamedLines } from "@/lib/client/read-text";

it("Lines cut anywhere are joined; empty ones and a last one that was cut off are passed over", async () => {
  const stream = new ReadableStream<string>({
    start(controller) {
      for (const part of ["on", "", "e\n\ntw", "o\nthree\n", "cut"]) controller.enqueue(part);
      controller.close();
    },
  });
  const seen: string[] = [];
  for await (const line of streamedLines(stream.getReader())) seen.push(line);
  expect(seen).toEqual(["one", "two", "three"]);
});
