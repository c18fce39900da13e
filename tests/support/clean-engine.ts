import { vi } from "vitest";

/*
 * Files of tests that share a process with the engine: each loads our modules anew, so it chooses its engine itself and counts no tensors but its own.
 * TensorFlow and packages stay; loading them is what takes long.
 */
vi.resetModules();
