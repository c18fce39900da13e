"use client";
import { memo, type ReactNode, useId } from "react";
import { classNames } from "./class-names";
import { Field } from "./field";
import { useFieldError } from "./form-context";
import { isSame } from "./is-same";

export type SelectOption<T extends string> = { value: T; label: string; isDisabled?: boolean };
type SelectProps<T extends string> = {
  /** Names the control; shown above it when `hasLabel`. */
  label: string;
  hasLabel?: boolean;
  /** Its name in the form (`components/forms`). */
  field?: string | undefined;
  value: T;
  options: readonly SelectOption<T>[];
  onValueChange: (value: T) => void;
  isDense?: boolean;
  isDisabled?: boolean;
  hint?: ReactNode;
  error?: ReactNode;
};

/** The platform's own list of choices: fast, with type-ahead, and right on a phone. */
export function Select<T extends string>({
  label,
  hasLabel = false,
  field,
  value,
  options,
  onValueChange,
  isDense,
  isDisabled,
  hint,
  error,
}: SelectProps<T>) {
  const id = useId();
  const { error: shown, refused, attributes } = useFieldError(field, error);
  const control = (
    <select
      id={id}
      className={classNames("select", isDense && "dense", hasLabel && "full")}
      aria-label={hasLabel ? undefined : label}
      aria-invalid={shown ? true : undefined}
      aria-describedby={refused || (hasLabel && (hint || shown)) ? `${id}-note` : undefined}
      {...attributes}
      disabled={isDisabled}
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value);
        if (chosen) onValueChange(chosen.value);
      }}
    >
      <Options options={options} />
    </select>
  );
  if (!hasLabel) {
    return (
      <>
        {control}
        {refused === undefined ? null : (
          <span className="field">
            <span className="error" id={`${id}-note`} role="alert">
              {refused}
            </span>
          </span>
        )}
      </>
    );
  }
  return (
    <Field label={label} htmlFor={id} hint={hint} error={shown}>
      {control}
    </Field>
  );
}

/** A list can hold hundreds, while what is around it is rendered at every key. */
const Options = memo(
  function Options({ options }: { readonly options: readonly SelectOption<string>[] }) {
    return options.map((option) => (
      <option key={option.value} value={option.value} disabled={option.isDisabled}>
        {option.label}
      </option>
    ));
  },
  (before, after) => isSame(before.options, after.options),
);
