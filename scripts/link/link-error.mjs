/** Why TensorFlow could not be linked: one sentence for the user and a distinct exit code for scripts. */
export class LinkError extends Error {
  /** @param {keyof typeof EXIT_CODES} what @param {string} message @param {ErrorOptions} [options] */
  constructor(what, message, options) {
    super(message, options);
    this.name = "LinkError";
    this.exitCode = EXIT_CODES[what];
  }
}

const EXIT_CODES = {
  "no-python": 10,
  "no-pip": 11,
  "no-compiler": 12,
  "no-wheel-for-platform": 13,
  "download-failed": 14,
  "build-failed": 15,
  "check-failed": 16,
};
