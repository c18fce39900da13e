"use client";
import { useQueryStates } from "nuqs";
import { useCallback, useMemo } from "react";
import type { LatentSortKey } from "@/lib/contract/latent-columns/column-sorts";
import { type LatentParams, latentParamsOf, tableParameters, tableValuesOf } from "./latent-params";

/**
 * The table's parameters as the address has them, and how to change them without leaving the page or touching what else the address says.
 *
 * @param sort the order where the address names none
 */
export function useLatentParams(sort: LatentSortKey): readonly [LatentParams, (next: LatentParams) => void] {
  const [values, setValues] = useQueryStates(tableParameters);
  const params = useMemo(() => latentParamsOf(values, sort), [values, sort]);
  const setParams = useCallback((next: LatentParams) => void setValues(tableValuesOf(next, sort)), [setValues, sort]);
  return [params, setParams];
}
