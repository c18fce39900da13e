"use client";
import { type Nullable, type UseQueryStatesKeysMap, useQueryStates, type Values } from "nuqs";
import { useCallback, useMemo } from "react";
import { isSame } from "@/components/ui/is-same";

/**
 * A page's state that several parameters of its address make together, and how to change parts of it.
 *
 * @param parameters one object for as long as the page is shown
 * @param read the state that their values say
 * @param write the values that say a state; null leaves a parameter out
 */
export function useAddressState<Parameters extends UseQueryStatesKeysMap, State>(
  parameters: Parameters,
  read: (values: Values<Parameters>) => State,
  write: (state: State) => Nullable<Values<Parameters>>,
): readonly [State, (change: Partial<State>) => void] {
  const [values, setValues] = useQueryStates(parameters);
  const state = useMemo(() => read(values), [read, values]);
  const change = useCallback(
    (part: Partial<State>) => void setValues((before) => differing(write({ ...read(before), ...part }), before)),
    [setValues, read, write],
  );
  return [state, change];
}

/** What is not as before: the other parameters may have changed meanwhile. */
function differing<Next extends object>(next: Next, before: object): Partial<Next> {
  const old = new Map<string, unknown>(Object.entries(before));
  // The entries are those of `next`.
  return Object.fromEntries(Object.entries(next).filter(([name, value]) => !isSame(value, old.get(name)))) as Partial<Next>;
}
