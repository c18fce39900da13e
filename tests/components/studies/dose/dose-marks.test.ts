import { describe, expect, it } from "vitest";
import { doseMarks } from "@/components/studies/dose/dose-marks";
import type { Edit } from "@/lib/contract/edit";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";

const latent = { module: "m", index: 3 };
const detail = latentDetailWith({
  row: latentRowWith({ maxActivation: 13, minActivation: 0.5 }),
  quantiles: { p50: 2, p95: 7, p99: 11 },
});
const on = { latent, isOn: true, scope: "all" } as const;
const clamp: Edit = { operation: "clamp", value: 5, ...on };

describe("marks on the axis of values", () => {
  it("name p99, its multiples and the largest activation within the values", () => {
    const { named, seen } = doseMarks({ latent, operation: "clamp", values: [0, 22] }, detail, []);
    expect(named).toEqual([
      { value: 0, label: "0" },
      { value: 11, label: "p99" },
      { value: 22, label: "2 × p99" },
      { value: 13, label: "max" },
    ]);
    expect(seen).toEqual([0, 13]);
  });

  it("say of factors where the median firing would pass the largest, and of what is added, where a firing would", () => {
    expect(doseMarks({ latent, operation: "scale", values: [0, 7] }, detail, [])).toMatchObject({ named: [], seen: [0, 6.5] });
    expect(doseMarks({ latent, operation: "add", values: [0, 7], onlyIfFiring: true }, detail, []).seen).toEqual([-2, 11]);
  });

  it("show what the page's edits set now: the last of the latent that is on, ablating as a clamp at 0", () => {
    const dosed = { latent, operation: "clamp" as const, values: [0, 22] };
    expect(doseMarks(dosed, detail, [clamp, { ...clamp, value: 7 }, { ...clamp, value: 9, isOn: false }]).setNow).toBe(7);
    expect(doseMarks(dosed, detail, [clamp, { operation: "ablatePost", ...on }]).setNow).toBe(0);
    expect(doseMarks({ ...dosed, operation: "add" }, detail, [clamp]).setNow).toBeNull();
    expect(doseMarks(dosed, detail, [{ ...clamp, latent: { module: "m", index: 5 } }]).setNow).toBeNull();
  });

  it("are few where nothing is known of the latent", () => {
    expect(doseMarks({ latent, operation: "clamp", values: [0, 22] }, undefined, [])).toMatchObject({
      named: [],
      seen: null,
      setNow: null,
    });
  });
});
