/** What a run's pages say of a method, whose settings are `Config`; each function takes the settings of its own method. */
export type PageMethod<Config> = {
  /** Settings of its own as a person asks about them, without name, patterns and targets. */
  facts(adapter: Config): readonly (readonly [name: string, value: string])[];
  /** Whether it can be merged into the base weights. */
  merging(adapter: Config): string;
  readonly downloadName: string;
  /** In place of the pages of latents that its runs do not have; null where they have them. */
  readonly withoutLatents: string | null;
};

export const isMerged = "Linear in its input, so it can be merged into the base weights.";
