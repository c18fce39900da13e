import { vi } from "vitest";

/*
 * Files of tests that share a process although they compute with tensors or replace modules: each loads our modules anew, so it chooses its engine itself,
 * counts no tensors but its own, and finds nothing replaced. TensorFlow and packages stay; loading them is what takes long.
 */
vi.unstubAllGlobals();
vi.unstubAllEnvs();
vi.resetModules();
