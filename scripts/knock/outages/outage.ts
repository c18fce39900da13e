export type OutageOptions = {
  readonly port: number;
  /** How long what is away stays away. */
  readonly seconds: number;
  say(line: string): void;
};

/** What broke, as sentences; or why this machine cannot try it. */
export type OutageOutcome = { readonly faults: readonly string[] } | { readonly skipped: string };

export type Outage = { readonly name: string; run(options: OutageOptions): Promise<OutageOutcome> };
