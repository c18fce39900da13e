/** Activation functions that the engine has, as `hidden_act` names them. */
export const NONLINEARITIES = ["gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "tanh"] as const;
export type NonlinearityName = (typeof NONLINEARITIES)[number];
