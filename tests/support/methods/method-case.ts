/** Settings of a method in tests that go through all methods. */
export type MethodCase<Config> = {
  /** In a test's title. */
  readonly name: string;
  readonly config: Config;
  /** What `describe` and `settingOf` say of it. */
  readonly words: readonly [described: string, setting: string];
  /** Settings that a PEFT file does not hold, as they are read back. */
  readonly unsaved?: Partial<Config>;
};

/** What a method's file in this folder holds. */
export type MethodCases<Config> = {
  /** What the engine computes with, on small models; each without dropout and with one size for all modules. */
  readonly computed: readonly MethodCase<Config>[];
  /** Further settings, for what reads and writes them. */
  readonly further: readonly MethodCase<Config>[];
  /** The value around which random adapters have its trained vectors; 1 when absent. */
  readonly vectorsAround?: number;
};

export const targets = { modules: ["v_proj"], layers: [1] };
