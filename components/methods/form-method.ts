import type { ReactNode } from "react";
import type { z } from "zod";
import type { ModelSummary } from "@/lib/contract/model";

/** What the fields of all methods share. */
export type TargetFields = { readonly modules: string[]; readonly layers: number[] | null };

/** Sizes in the address of a new run; null where it has none. */
export type LinkSizes = { readonly rank: number | null; readonly k: number | null; readonly numLatents: number | null };

/** @param isPaired whether another method is trained beside it, so that sizes may be matched */
export type MethodFieldsProps<Fields> = {
  readonly form: Fields;
  readonly change: (changes: Partial<Fields>) => void;
  readonly isPaired: boolean;
};
type MethodPart<Fields> = (props: MethodFieldsProps<Fields>) => ReactNode;

/** A kind of projection: its widths, and in how many layers it is trained. */
export type TrainedKind = { readonly dIn: number; readonly dOut: number; readonly hasBias: boolean; readonly times: number };

/** What is trained of each module of a kind, what of it takes part in one token's update, and in words how much that is. */
export type FormSize = { trained(kind: TrainedKind): number; active(kind: TrainedKind): number; readonly words: string };

/** Of a matrix that reads the input and one that writes the update. */
export function matricesSize(latents: number, active: number, words: string): FormSize {
  const of =
    (width: number) =>
    ({ dIn, dOut }: TrainedKind) =>
      width * (dIn + dOut);
  return { trained: of(latents), active: of(active), words };
}

/** One method in the form of a new run, whose settings are `Config` and whose fields are `Fields`, with those of methods that it may follow. */
export type FormMethod<Config, Fields> = FormParts<Config, Fields & TargetFields>;

type FormParts<Config, Form> = {
  /** Schemas of its fields, by name: no other method has one of the same name. */
  readonly fields: z.ZodRawShape;
  /** @param about.isLarge whether the base model has 10⁹ parameters or more */
  begin(about: { readonly isLarge: boolean }): Partial<Form>;
  /** Beneath its name, where it is chosen. */
  readonly says: string;
  /** Our learning rates to begin with. */
  readonly rates: { readonly text: number; readonly answers: number };
  isOffered(model: Pick<ModelSummary, "architecture"> | undefined): boolean;
  targets(form: Form): "chosen" | "all" | "none";
  adapterOf(form: Form, isPaired: boolean): Config;
  /** The fields that give these settings; modules and layers left out. */
  fieldsOf(adapter: Config): Partial<Form>;
  /** What a run is called where nobody names it. */
  runNameOf(form: Form, isPaired: boolean): string;
  problemOf(form: Form, model: Pick<ModelSummary, "architecture" | "name">): string | null;
  /** Null where it trains nothing that is counted here. */
  sizeOf(form: Form, isPaired: boolean): FormSize | null;
  /** The fields that a link's sizes set. */
  readonly fieldsOfSizes?: (form: Form, sizes: LinkSizes) => Partial<Form>;
  /** Right beneath the choice of the method. */
  readonly Choice: MethodPart<Form>;
  /** How large it is, and a sentence under that; null where it has no size. */
  readonly Size: MethodPart<Form> | null;
  note(form: Form, isPaired: boolean): string;
  /** What a micro-batch changes beyond memory; absent where it changes nothing. */
  readonly microBatchNote?: (form: Form) => string | null;
  /** Rarely changed settings among those of the training. */
  readonly Advanced: MethodPart<Form>;
  /** Variants, and sizes of single modules. */
  readonly Variants: MethodPart<Form>;
};

export function NoFields(): ReactNode {
  return null;
}
