import type { ReactNode } from "react";
import type { ModelSummary } from "@/lib/contract/model";
import type { FullFields } from "./full/form";
import type { LoraFields } from "./lora/form";
import type { StanFields } from "./stan/form";
import type { VeraFields } from "./vera/form";

/** What the forms of runs and experiments hold of methods: the fields of each, and the modules that they share. */
export type MethodsForm = StanFields &
  LoraFields &
  VeraFields &
  FullFields & { readonly modules: string[]; readonly layers: number[] | null };

/** Sizes in the address of a new run; null where it has none. */
export type LinkSizes = { readonly rank: number | null; readonly k: number | null; readonly numLatents: number | null };

/** @param isPaired whether another method is trained beside it, so that sizes may be matched */
export type MethodFieldsProps = {
  readonly form: MethodsForm;
  readonly change: (changes: Partial<MethodsForm>) => void;
  readonly isPaired: boolean;
};
type MethodPart = (props: MethodFieldsProps) => ReactNode;

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

/** One method in the form of a new run, whose settings are `Config`. */
export type FormMethod<Config> = {
  /** Beneath its name, where it is chosen. */
  readonly says: string;
  /** Our learning rates to begin with. */
  readonly rates: { readonly text: number; readonly answers: number };
  isOffered(model: Pick<ModelSummary, "architecture"> | undefined): boolean;
  targets(form: MethodsForm): "chosen" | "all" | "none";
  adapterOf(form: MethodsForm, isPaired: boolean): Config;
  /** The fields that give these settings; modules and layers left out. */
  fieldsOf(adapter: Config): Partial<MethodsForm>;
  /** What a run is called where nobody names it. */
  runNameOf(form: MethodsForm, isPaired: boolean): string;
  problemOf(form: MethodsForm, model: Pick<ModelSummary, "architecture" | "name">): string | null;
  /** Null where it trains nothing that is counted here. */
  sizeOf(form: MethodsForm, isPaired: boolean): FormSize | null;
  /** The fields that a link's sizes set. */
  readonly fieldsOfSizes?: (form: MethodsForm, sizes: LinkSizes) => Partial<MethodsForm>;
  /** What its training holds in memory beyond the base model, where it says something. */
  memoryOf(trainableParameters: number): { readonly bytes: number; readonly note: string } | null;
  /** Right beneath the choice of the method. */
  readonly Choice: MethodPart;
  /** How large it is, and a sentence under that; null where it has no size. */
  readonly Size: MethodPart | null;
  note(form: MethodsForm, isPaired: boolean): string;
  /** Rarely changed settings among those of the training. */
  readonly Advanced: MethodPart;
  /** Variants, and sizes of single modules. */
  readonly Variants: MethodPart;
};

export function NoFields(): ReactNode {
  return null;
}
