import { oneOf, positive, type RawModelConfig, whole, wholeFromZero } from "@/lib/contract/architectures/config-keys";
import { flag, withStandard } from "@/lib/contract/architectures/vision/vision-keys";

/** How images become noise, what a model predicts on the way, and how samplers come back; of diffusers' `scheduler_config.json`. */
export type NoiseSchedule = DiffusionSchedule | FlowSchedule;

/** Noise is added by betas (Ho et al. 2020), and taken away by DDIM (Song et al. 2021). */
export type DiffusionSchedule = {
  readonly kind: "diffusion";
  readonly numTimesteps: number;
  readonly betas: { readonly shape: (typeof BETA_SHAPES)[number]; readonly start: number; readonly end: number };
  readonly predicts: "epsilon" | "velocity";
  /** Which time steps a sampler visits. */
  readonly spacing: (typeof SPACINGS)[number];
  readonly stepsOffset: number;
  /** Whether the last step ends with no noise, or with that of time step 0. */
  readonly endsClean: boolean;
  /** Predicted images are kept within so much of 0; null where they are not. */
  readonly clipsTo: number | null;
};

/** Images and noise are mixed along a straight line (Lipman et al. 2023), which Euler steps go back. */
export type FlowSchedule = {
  readonly kind: "flow";
  readonly numTimesteps: number;
  /** More than 1 spends more of the steps on much noise (Esser et al. 2024). */
  readonly shift: number;
};

/** What a table of noise may hold; published models have 1,000. Our limit. */
const MOST_TIMESTEPS = 100_000;

const BETA_SHAPES = ["linear", "scaled_linear"] as const;
const SPACINGS = ["leading", "trailing", "linspace"] as const;
const PREDICTIONS = { epsilon: "epsilon", v_prediction: "velocity" } as const;

/** What the classes have where a file leaves a key out. */
const DDIM: RawModelConfig = {
  num_train_timesteps: 1000,
  beta_start: 1e-4,
  beta_end: 0.02,
  beta_schedule: "linear",
  clip_sample: true,
  clip_sample_range: 1,
  set_alpha_to_one: true,
  steps_offset: 0,
  prediction_type: "epsilon",
  timestep_spacing: "leading",
};
const FLOW: RawModelConfig = { num_train_timesteps: 1000, shift: 1 };

/** Keys that are to be off, or that only change something where such a key is on. */
const DDIM_OFF = ["trained_betas", "thresholding", "rescale_betas_zero_snr"];
const FLOW_OFF = [
  "use_dynamic_shifting",
  "invert_sigmas",
  "shift_terminal",
  "use_karras_sigmas",
  "use_exponential_sigmas",
  "use_beta_sigmas",
  "stochastic_sampling",
];
const IDLE = [
  "dynamic_thresholding_ratio",
  "sample_max_value",
  "base_shift",
  "max_shift",
  "base_image_seq_len",
  "max_image_seq_len",
  "time_shift_type",
];

/** @throws Error naming the key, when the class or a setting is not supported or a number is out of range */
export function parseNoiseSchedule(file: RawModelConfig): NoiseSchedule {
  switch (file["_class_name"]) {
    case "DDIMScheduler":
      return parseDdim(settings(file, DDIM, DDIM_OFF));
    case "FlowMatchEulerDiscreteScheduler": {
      const raw = settings(file, FLOW, FLOW_OFF);
      return { kind: "flow", numTimesteps: timesteps(raw), shift: positive(raw, "shift") };
    }
    default:
      throw new Error(
        `scheduler_config.json: _class_name ${JSON.stringify(file["_class_name"])} is not supported; supported are DDIMScheduler, FlowMatchEulerDiscreteScheduler`,
      );
  }
}

function parseDdim(raw: RawModelConfig): DiffusionSchedule {
  const predicted = oneOf(raw, "prediction_type", "epsilon", Object.keys(PREDICTIONS) as (keyof typeof PREDICTIONS)[]);
  const [start, end] = [positive(raw, "beta_start"), positive(raw, "beta_end")];
  if (start >= 1 || end >= 1)
    throw new Error(`scheduler_config.json: beta_start and beta_end must be below 1, and are ${start} and ${end}`);
  return {
    kind: "diffusion",
    numTimesteps: timesteps(raw),
    betas: { shape: oneOf(raw, "beta_schedule", "linear", BETA_SHAPES), start, end },
    predicts: PREDICTIONS[predicted],
    spacing: oneOf(raw, "timestep_spacing", "leading", SPACINGS),
    stepsOffset: wholeFromZero(raw, "steps_offset", 0),
    endsClean: flag(raw, "set_alpha_to_one"),
    clipsTo: flag(raw, "clip_sample") ? positive(raw, "clip_sample_range") : null,
  };
}

function timesteps(raw: RawModelConfig): number {
  const count = whole(raw, "num_train_timesteps");
  if (count <= MOST_TIMESTEPS) return count;
  throw new Error(`scheduler_config.json: num_train_timesteps is ${count}, and at most ${MOST_TIMESTEPS} are supported (our limit)`);
}

function settings(file: RawModelConfig, standard: RawModelConfig, off: readonly string[]): RawModelConfig {
  for (const [key, value] of Object.entries(file)) {
    if (key.startsWith("_") || key in standard || IDLE.includes(key)) continue;
    if (off.includes(key) && (value === null || value === false)) continue;
    throw new Error(`scheduler_config.json: ${key} ${JSON.stringify(value)} is not supported`);
  }
  return withStandard(file, standard);
}
