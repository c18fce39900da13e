"use client";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { revealField } from "./show-wrong-field";
import type { Draft, TypedText } from "./use-draft";

type Refusal = { readonly field: string; readonly message: string; readonly form: string; readonly how: ShowHow };
/** Whether the page also leads to the field, or only marks it: nobody has pressed a button yet. */
type ShowHow = "reveal" | "mark";
type ShowRefusal = (error: unknown, how?: unknown) => void;
type FormDraft = Pick<Draft<unknown>, "value" | "typed" | "setTyped" | "round">;
type Scope = {
  readonly draft: FormDraft;
  readonly refusal: Refusal | null;
  readonly showRefusal: ShowRefusal;
};

const FormContext = createContext<Scope | null>(null);

/**
 * A form whose fields have names (`field`), the ends of their paths in the request. Text in them that cannot be parsed yet is kept with the draft; what
 * the server refuses is shown at its field until the form changes. When the draft is discarded, all of the form starts over.
 */
export function FormScope({ draft, children }: { readonly draft: FormDraft; readonly children: ReactNode }) {
  const root = useRef<HTMLDivElement>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const form = JSON.stringify(draft.value);
  useEffect(() => {
    const place = refusal?.how === "reveal" && [...namedIn(root.current)].find(({ dataset }) => dataset["field"] === refusal.field);
    if (place) revealField(place);
  }, [refusal]);
  const showRefusal: ShowRefusal = (error, how) => {
    if (!(error instanceof Error && "field" in error && typeof error.field === "string")) return setRefusal(null);
    const names = [...namedIn(root.current)].map(({ dataset }) => dataset["field"] ?? "");
    const field = nearestField(error.field, names);
    setRefusal(field === undefined ? null : { field, message: error.message, form, how: how === "mark" ? "mark" : "reveal" });
  };
  return (
    <FormContext value={{ draft, refusal: refusal?.form === form ? refusal : null, showRefusal }}>
      <div key={draft.round} ref={root} style={{ display: "contents" }}>
        {children}
      </div>
    </FormContext>
  );
}

/** Shows an error of the request at the field that it names; for `onError` of a mutation. */
export function useShowRefusal(): ShowRefusal {
  return useContext(FormContext)?.showRefusal ?? (() => undefined);
}

/**
 * What is wrong with a field: its own error, or else why the server refused it; and the attributes of its control.
 *
 * @param own what the page itself finds wrong
 */
export function useFieldError(field: string | undefined, own: ReactNode) {
  const refusal = useContext(FormContext)?.refusal;
  const refused = !own && field !== undefined && refusal?.field === field ? refusal.message : undefined;
  return { error: own || refused, refused, attributes: { "data-field": field, "data-refused": refused && true } };
}

/** The text typed in a field. While it cannot be parsed, it is kept with the draft, if the field has a name in a form. */
export function useTypedState(field: string | undefined) {
  const draft = useContext(FormContext)?.draft;
  const [shown, setShown] = useState<TypedText | null>(null);
  const kept = field === undefined ? undefined : draft?.typed[field];
  return {
    typed: shown ?? kept ?? null,
    setTyped: (next: TypedText | null, isReadable: boolean) => {
      setShown(next);
      if (field !== undefined) draft?.setTyped(field, next === null || isReadable ? undefined : next);
    },
  };
}

/**
 * The field that a path in a request leads to, or the nearest one around it: `runs.0.config.data.mapping.text` to `mapping.text`, otherwise to `mapping`.
 * The longest name that fits counts.
 */
export function nearestField(path: string, names: readonly string[]): string | undefined {
  for (let parts = path.split("."); parts.length > 0; parts = parts.slice(0, -1)) {
    const end = `.${parts.join(".")}`;
    const fitting = names.filter((name) => name !== "" && end.endsWith(`.${name}`));
    if (fitting.length > 0) return fitting.reduce((longest, name) => (name.length > longest.length ? name : longest));
  }
  return undefined;
}

function namedIn(root: HTMLElement | null): Iterable<HTMLElement> {
  return root?.querySelectorAll<HTMLElement>("[data-field]") ?? [];
}
