"use client";
import type { FormHTMLAttributes, ReactNode, RefObject } from "react";
import { type FormAround, FormContext } from "@/components/ui/form-context";

type FormParts = { readonly around: FormAround; readonly root: RefObject<HTMLDivElement | null>; readonly submit: () => void };

/** The fields of a form (`use-draft-form.ts`) that is sent by a button of its own. */
export function FormFields({ form, children }: { readonly form: Omit<FormParts, "submit">; readonly children: ReactNode }) {
  return (
    <FormContext value={form.around}>
      <div ref={form.root} style={{ display: "contents" }}>
        {children}
      </div>
    </FormContext>
  );
}

type FormProps = { readonly form: FormParts } & Omit<FormHTMLAttributes<HTMLFormElement>, "onSubmit">;

/** A form that Enter and its submit button send. */
export function Form({ form, ...rest }: FormProps) {
  return (
    <FormFields form={form}>
      <SentByEnter form={form} {...rest} />
    </FormFields>
  );
}

/** The part of `FormFields` in which Enter sends the form. */
export function SentByEnter({ form, ...rest }: { readonly form: Pick<FormParts, "submit"> } & Omit<FormProps, "form">) {
  return (
    <form
      {...rest}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    />
  );
}
