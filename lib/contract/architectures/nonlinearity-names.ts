/** Activation functions that the engine has, as `hidden_act` names them. */
export const NONLINEARITIES = ["gelu", "gelu_new", "gelu_pytorch_tanh", "quick_gelu", "relu", "silu", "tanh"] as const;
export type NonlinearityName = (typeof NONLINEARITIES)[number];
