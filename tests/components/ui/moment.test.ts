import { expect, it } from "vitest";
import { startedAt } from "@/components/ui/moment";

const local = (year: number, month: number, day: number, hour: number, minute: number) =>
  new Date(year, month - 1, day, hour, minute).toISOString();
const now = new Date(2026, 2, 12, 18, 0);

it("a moment shows only as much as the distance from now demands: time, weekday, day, year", () => {
  expect(startedAt(local(2026, 3, 12, 9, 5), now)).toBe("09:05");
  expect(startedAt(local(2026, 3, 9, 9, 12), now)).toBe("Mon 09:12");
  expect(startedAt(local(2026, 3, 3, 9, 12), now)).toBe("3 Mar 09:12");
  expect(startedAt(local(2025, 12, 31, 23, 59), now)).toBe("31 Dec 2025 23:59");
});
