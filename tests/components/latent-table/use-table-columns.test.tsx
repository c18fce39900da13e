// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { defaultColumns } from "@/components/latent-table/columns/columns";
import { useTableColumns } from "@/components/latent-table/columns/use-table-columns";
import { Router } from "@/tests/support/router";

beforeEach(() => localStorage.clear());

it("columns that are chosen in quick succession are all shown at once, before the address says so", () => {
  const { result, rerender } = renderHook(() => useTableColumns(false), { wrapper: Router });
  for (const key of ["skewness", "bornAtStep", "decoderNorm"] as const) {
    act(() => result.current.choose([...result.current.chosen, key]));
    rerender();
  }
  expect(result.current.chosen).toEqual(expect.arrayContaining([...defaultColumns(false), "skewness", "bornAtStep", "decoderNorm"]));
  act(() => result.current.reset());
  expect(result.current.chosen).toEqual(defaultColumns(false));
});
