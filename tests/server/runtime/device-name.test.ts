import { describe, expect, it } from "vitest";
import { deviceName, processorName } from "@/server/runtime/device-name";

describe("a processor's name", () => {
  it.each([
    ["Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", 2, "Intel Xeon Platinum 8481C, 2 threads"],
    ["AMD EPYC 7B13", 1, "AMD EPYC 7B13, 1 thread"],
    ["AMD Ryzen 9 5950X 16-Core Processor", 32, "AMD Ryzen 9 5950X 16-Core, 32 threads"],
    ["", 4, "processor, 4 threads"],
  ])("is its maker's, without marks and clock: %s", (model, threads, name) => {
    expect(processorName(model, threads)).toBe(name);
  });

  it("is found for this machine", () => {
    expect(deviceName("cpu")).toMatch(/, \d+ threads?$/);
  });
});
