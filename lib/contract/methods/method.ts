import type { z } from "zod";
import type { Edit } from "@/lib/contract/edit";
import type { ModelSummary } from "@/lib/contract/model";
import type { ModulePattern } from "./module-pattern";
import type { Targets } from "./targets";
import type { Matrix } from "./tensors";

/** What a method trains, counted from its settings; `flops` are those that a token takes beyond the base model's. */
export type Counted = {
  readonly trainableParameters: number;
  readonly activeParameters: number;
  readonly flops: number;
  /** Numbers in its file that are not trained; none when absent. */
  readonly frozen?: number;
};

/** What is counted of an adapter before it runs, so that two can be matched on it. */
export type MatchedCount = "parameters" | "activeParameters" | "flops";

/** A setting whose value is printed in a paper or is our default; all else was set by a person. */
export type KnownChoice = { readonly key: string; readonly value: string | number; readonly by: "paper" | "default" };

/** What a setting must be, and where it stands in the adapter's settings. */
export type SettingProblem = { readonly field: string; readonly message: string };

/** Shapes that tell methods apart without colour. */
export type MarkShape = "circle" | "square" | "triangle" | "cross" | "wedge";

type Row = readonly [name: string, value: string];

/**
 * What both sides must know of a method, whose settings are `Config`. Functions are written as methods: one registry's entry then stands for the method of
 * any settings, which `methodOf` looks up by their own name.
 */
export type Method<Config> = {
  /** Schema of its part of a configuration. */
  readonly settings: z.ZodType<Config>;
  /** Beside its mark: `Full`. */
  readonly label: string;
  /** Shape of its mark in plots, and its colour, which `app/styles/tokens.css` has as the variable of its name. */
  readonly mark: MarkShape;
  readonly colour: { readonly light: string; readonly dark: string };
  /** In a sentence: `full fine-tuning`. */
  readonly longName: string;
  /** As `longName`, with the variant where there is one: `DoRA`. */
  nameOf(adapter: Config): string;
  /** Name and settings: `STAN M=64 k=8 relu`. */
  describe(adapter: Config): string;
  /** What tells the settings of one arm apart: `M=64 k=8`. */
  settingOf(adapter: Config): string;
  /** What a run is called where a person gives no name. */
  runNameOf(adapter: Config): string;
  targetsOf(adapter: Config): Targets | "all" | "none";
  /** Null where a target or a pattern's key is more than a last name part. */
  count(adapter: Config, model: ModelSummary): Counted | null;
  /** Numbers of a token that a module's update keeps for the backward pass, beside the module's input. */
  keptNumbers(adapter: Config, module: ModuleShape): number;
  /** Latents per module and how many of them are kept at a token; null where there is no selection. */
  sparsityOf(adapter: Config): Sparsity | null;
  /** Sizes that single modules have of their own, by the name of the setting. */
  patternsOf(adapter: Config): Readonly<Record<string, ModulePattern | undefined>>;
  /** What is wrong with the settings, beside what their schema says. */
  problemOf(adapter: Config, about: { readonly modelName: string; readonly isLanguageModel: boolean }): SettingProblem | null;
  /** What its settings are called, by key. */
  readonly settingNames: Readonly<Record<string, string>>;
  /** What they mean, for a reader of the API's description, by key. */
  readonly settingNotes: { readonly [Key in keyof Config]?: string };
  readonly choices: readonly KnownChoice[];
  /** Flops of a training step over those of a forward pass. */
  readonly stepOverForward: number;
  readonly card: {
    /** Rows of the model card that say what was trained; single modules' own sizes follow them. */
    rows(adapter: Config): readonly Row[];
    /** Whether and how it can be merged. */
    readonly merging: string;
    /** Lines of Python before all others, and what has to be installed for them. */
    readonly imports: readonly string[];
    readonly installation: string;
  };
};

/** `isMean`: k are kept at a token on average, else at each. */
export type Sparsity = { readonly numLatents: number; readonly k: number; readonly isMean: boolean };

/** Of one module: latents, those that take part in one token's update, and what the update is multiplied by. */
export type ModuleSizes = { readonly width: number; readonly activeWidth: number; readonly scaling: number };

/** The size that is changed to match a count. */
export type TurnedSize<Config> = {
  readonly setting: "rank" | "k" | "numLatents";
  readonly name: string;
  readonly value: number;
  /** Largest value that it can have. */
  readonly most: number;
  withValue(value: number): Config;
};

/** Why an edit cannot be written into matrices; undefined where it can. */
export type BakingRefusal = (edit: Edit) => string | undefined;

/** A projection by its name, and its widths. */
export type ModuleShape = { readonly module: string; readonly dIn: number; readonly dOut: number };

/**
 * A method whose update is written by latents, or by rank components read as such. `File` is its `adapter_config.json`, `Tensors` what a module of its
 * adapters has, `Form` what its matrices may be to baking: DoRA's are LoRA's under norms.
 */
export type LatentMethod<
  Config extends { readonly targets: Targets },
  File extends { readonly peft_type: string },
  Tensors,
  Form extends string,
> = Method<Config> & {
  readonly file: z.ZodType<File>;
  /** What one of its latents is called: `component`, in full `rank component`. */
  readonly noun: "latent" | "component";
  readonly longNoun: string;
  /** Whether a latent times −1 would be the same latent, so that its activations and vectors are compared by magnitude. */
  readonly isSignArbitrary: boolean;
  /** Whether every latent takes part at every position: how often it fires, and at what, then says nothing, and both signs of its activation are shown. */
  readonly isDense: boolean;
  moduleSizes(settings: SettingsOf<Config>, module: string): ModuleSizes;
  moduleCost(settings: SettingsOf<Config>, module: ModuleShape): Counted;
  /** What its latents write, each in its column, (dOut, latents); the scaling is left out. */
  decoder(tensors: Tensors): Matrix;
  turnedSize(adapter: Config, count: MatchedCount): TurnedSize<Config>;
  /** Whether some latents are selected at a token: edits can then mask one before the selection, or force it in. */
  readonly hasTopK: boolean;
  /** What its matrices can take of edits. */
  readonly baking: Readonly<Record<Form, BakingRefusal>>;
  bakedForm(adapter: Config): Form;
  readonly peft: PeftForm<Config, File>;
};

/** Settings without the modules that they are for. */
export type SettingsOf<Config> = Config extends unknown ? Omit<Config, "targets"> : never;

/** Latents of a module, one after another, that are selected apart from the others. */
export type LatentPart = { readonly numLatents: number; readonly k: number };

/** What a module of a merged adapter has. */
export type MergedSizes = { readonly numLatents: number; readonly k?: number; readonly parts?: readonly LatentPart[] };

/** How PEFT's files hold a method. */
export type PeftForm<Config extends { readonly targets: Targets }, File extends { readonly peft_type: string }> = {
  readonly type: File["peft_type"];
  /** Every tensor that a module may have, by its part; the first is as tall as there are latents. */
  readonly tensors: Readonly<Record<string, PeftTensor>>;
  /** The parts that an adapter with these settings has in its file. */
  partsOf(file: File): readonly string[];
  /** Shared parts that a file may leave out, because its settings determine them. */
  readonly generated?: GeneratedParts<File>;
  toFile(adapter: Config, shared: SharedKeys): File;
  settings(file: File): SettingsOf<Config>;
  /** The file of an adapter some of whose modules have other latents than before; `sizes` has every module's, `parts` those of modules that select by part. */
  withLatents(file: File, sizes: ReadonlyMap<string, number>, parts?: ReadonlyMap<string, readonly LatentPart[]>): File;
  /** The file of an adapter that others were merged into, of which this is one's: with scaling 1 in every module. Absent where none can be. */
  merged?(file: File, modules: ReadonlyMap<string, MergedSizes>): File;
};

/**
 * A tensor's name after its module's, `lora_A.weight`, its shape, and where its name does not say it, what it is. One that all modules share is in the
 * file once, without a module's name, and as wide as the widest of them, which take as much of it as they are wide.
 */
export type PeftTensor = {
  readonly key: string;
  readonly shape: readonly ("latents" | "dIn" | "dOut" | "one")[];
  readonly isShared?: true;
  readonly meaning?: string;
};

export type GeneratedParts<File> = {
  isLeftOut(file: File): boolean;
  /**
   * The parts, and the file that no longer leaves them out.
   *
   * @param widest of all adapted modules
   */
  fill(file: File, widest: Pick<ModuleShape, "dIn" | "dOut">): { readonly file: File; readonly parts: Readonly<Record<string, Matrix>> };
};

/** Keys of `adapter_config.json` that every method writes. */
export type SharedKeys = {
  /** Null of a model that reads images. */
  readonly task_type: string | null;
  readonly base_model_name_or_path: string | null;
  readonly revision: string | null;
  readonly inference_mode: boolean;
  readonly target_modules: string[];
  readonly layers_to_transform: number[] | null;
  readonly fan_in_fan_out: boolean;
  readonly modules_to_save: string[] | null;
};

/** A method without latents, which adapters are compared with. */
export type Baseline<Config> = Method<Config> & {
  /** At the beginning of a sentence: `Full fine-tuning`. */
  readonly subject: string;
  /** What its run did, after the run's name: `trained only its head`. */
  readonly did: string;
  /** Why there are no latents: `only its head was trained`. */
  readonly reason: string;
};
