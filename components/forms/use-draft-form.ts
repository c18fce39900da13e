"use client";
import { type AnyFormApi, FieldApi, useForm, useSelector } from "@tanstack/react-form";
import { type UseMutationOptions, useMutation } from "@tanstack/react-query";
import { useCallback, useLayoutEffect, useRef } from "react";
import type { ZodType } from "zod";
import type { DraftSchema } from "@/components/ui/drafts";
import type { FormAround } from "@/components/ui/form-context";
import { isSame } from "@/components/ui/is-same";
import { type Draft, isChange, useDraft } from "@/components/ui/use-draft";
import { RequestFailure } from "@/lib/client/fetch-json";
import { refusalsOf, refusedFields } from "./refusals";
import { controlsIn, revealField } from "./reveal-field";

type DraftFormOptions<Values, Request, Answer> = {
  /** Which form, of what, with the version of its schema; the draft is kept under this name. */
  readonly name: string;
  readonly schema: DraftSchema<Values>;
  /** The values before anything is typed. */
  readonly beginning: Values;
  /** Null while something is missing: nothing is sent then. */
  readonly requestOf: (values: Values) => Request | null;
  /** The contract's schema of the request. */
  readonly contract: ZodType;
  readonly mutation: UseMutationOptions<Answer, Error, Request>;
  /** Called while the form is in sight. */
  readonly onSent?: ((answer: Answer, sent: Request) => void) | undefined;
  /** Drops the draft once it was sent, even if its page was left, so that it is not sent twice; all of it, unless told otherwise. */
  readonly dropDraft?: (sent: Request) => void;
};

export type DraftForm<Values, Request, Answer> = ReturnType<typeof useDraftForm<Values & object, Request, Answer>>;

/**
 * A form (TanStack Form) whose values are a draft in session storage. To send it, its fields are asked first, then the contract; what the server refuses
 * is shown at the field that it names.
 */
export function useDraftForm<Values extends object, Request, Answer>(options: DraftFormOptions<Values, Request, Answer>) {
  const { name, schema, beginning, requestOf, contract, mutation, onSent, dropDraft } = options;
  const draft = useDraft(name, schema, beginning);
  const root = useRef<HTMLDivElement>(null);
  const sending = useMutation({
    ...mutation,
    onSettled: (...settled) => {
      const [, error, sent] = settled;
      if (error !== null) showRefusal(error);
      else if (dropDraft === undefined) discard();
      else dropDraft(sent);
      return mutation.onSettled?.(...settled);
    },
  });
  const form = useForm({
    defaultValues: draft.value,
    onSubmit: ({ meta: request }: { readonly meta: Request }) => {
      const refused = refusalsOf(contract, request, fieldsOf(api));
      refuse(refused);
      if (Object.keys(refused).length > 0) reveal((field) => field in refused);
      else sending.mutate(request, { onSuccess: (answer) => onSent?.(answer, request) });
    },
    onSubmitInvalid: () => reveal((field) => api.getFieldMeta(field)?.isValid === false),
  });
  const api: AnyFormApi = form;
  const value = useSelector(form.store, (state) => state.values);
  const refusals = useSelector(form.store, ({ fieldMeta }) => refusalsIn(fieldMeta), { compare: isSame });
  const hasWrongField = useSelector(form.store, (state) => state.submissionAttempts > 0 && !state.isFieldsValid);
  // The draft also changes elsewhere: when the stored one is read, when it was sent, when what it begins from arrives.
  useLayoutEffect(() => {
    putValues(api, draft.value);
  });
  const addField = useCallback<FormAround["addField"]>(
    (field, isWrong) => new FieldApi({ form: api, name: field, validators: { onSubmit: () => isWrong() || undefined } }).mount(),
    [api],
  );
  const refuse = (refused: Readonly<Record<string, string>>) => api.setErrorMap({ onSubmit: { fields: refused } });
  const reveal = (isMeant: (field: string) => boolean) => {
    const control = controlsIn(root.current).find(({ dataset }) => isMeant(dataset["field"] ?? ""));
    if (control !== undefined) revealField(control);
  };
  /** Shows a refusal at the field that it names. @param how `mark` leaves the focus where it is: nobody has pressed a button yet */
  const showRefusal = (error: unknown, how: "reveal" | "mark" = "reveal") => {
    const refused = error instanceof RequestFailure ? refusedFields(error, fieldsOf(api)) : {};
    refuse(refused);
    if (how === "reveal") reveal((field) => field in refused);
  };
  const set: Draft<Values>["set"] = (change) => {
    const next = isChange(change) ? change(api.state.values) : change;
    putValues(api, next);
    draft.set(next);
    if (!api.state.isFieldsValid) refuse({});
  };
  const discard = () => {
    draft.discard();
    refuse({});
  };
  const around: FormAround = {
    typed: draft.typed,
    setTyped: draft.setTyped,
    round: draft.round,
    refusals,
    addField,
  };
  return {
    ...draft,
    value,
    set,
    discard,
    /** Sends the form, or leads to the first field that is wrong. */
    submit: () => {
      const request = requestOf(api.state.values);
      if (request === null || sending.isPending) return;
      refuse({});
      void api.handleSubmit(request);
    },
    sending,
    showRefusal,
    /** Whether it was not sent because of a field that is highlighted now. */
    hasWrongField,
    /** For `Form` and `FormFields`. */
    around,
    root,
  };
}

/** The names of the fields that are in sight. */
function fieldsOf(form: AnyFormApi): string[] {
  return Object.entries(form.fieldInfo).flatMap(([name, info]) => (info?.instance ? [name] : []));
}

function refusalsIn(fieldMeta: AnyFormApi["state"]["fieldMeta"]): Record<string, string> {
  const refusals: Record<string, string> = {};
  for (const [name, meta] of Object.entries(fieldMeta)) {
    const refusal: unknown = meta?.errorMap.onSubmit;
    if (typeof refusal === "string") refusals[name] = refusal;
  }
  return refusals;
}

/** Has the form hold these values. */
function putValues(form: AnyFormApi, next: object): void {
  const before: object = form.state.values;
  for (const name of new Set([...Object.keys(before), ...Object.keys(next)])) {
    const value: unknown = Reflect.get(next, name);
    if (!isSame(Reflect.get(before, name), value)) form.setFieldValue(name, value, { dontUpdateMeta: true, dontValidate: true });
  }
}
