const isTerminal = process.stdout.isTTY === true;
const columns = () => Math.max(40, process.stdout.columns ?? 100);
const colour = (code, text) => (isTerminal && !process.env.NO_COLOR ? `\u001b[${code}m${text}\u001b[0m` : text);
const nameWidth = 12;
/** Where lines cannot be written over, progress is told this often. */
const plainEveryMs = 10_000;

/**
 * Does one stage of the start and says in a line what came of it and how long it took. While it lasts, a terminal shows its latest progress.
 *
 * @template Result
 * @param {string} name one word
 * @param {(progress: (text: string) => void) => Promise<{ text: string, value: Result, mark?: "done" | "warning" }>} work
 * @returns {Promise<Result>}
 */
export async function stage(name, work) {
  const started = performance.now();
  let shown = "";
  let plainAt = started;
  const draw = () => {
    if (isTerminal)
      writeOver(
        `  ${colour(2, "·")} ${name.padEnd(nameWidth)} ${colour(2, `${shown} ${seconds(started)}`)}`,
        shown.length + nameWidth + 12,
      );
  };
  const timer = isTerminal ? setInterval(draw, 200) : undefined;
  try {
    const { text, value, mark } = await work((progress) => {
      shown = progress.replaceAll("\n", " ").slice(0, columns() - nameWidth - 14);
      draw();
      if (isTerminal || performance.now() - plainAt < plainEveryMs) return;
      plainAt = performance.now();
      console.log(`    ${name.padEnd(nameWidth)} ${shown}`);
    });
    clearInterval(timer);
    clearLine();
    const sign = mark === "warning" ? colour(33, "!") : colour(32, "✓");
    console.log(`  ${sign} ${name.padEnd(nameWidth)} ${text} ${colour(2, seconds(started))}`);
    return value;
  } catch (error) {
    clearInterval(timer);
    clearLine();
    console.log(`  ${colour(31, "✗")} ${name.padEnd(nameWidth)} ${colour(2, seconds(started))}`);
    throw error;
  }
}

/** A line between the stages. */
export function say(text) {
  clearLine();
  console.log(text);
}

export function bold(text) {
  return colour(1, text);
}

function seconds(started) {
  const passed = (performance.now() - started) / 1000;
  return passed < 10
    ? `${passed.toFixed(1)} s`
    : passed < 90
      ? `${Math.round(passed)} s`
      : `${Math.floor(passed / 60)} min ${Math.round(passed % 60)} s`;
}

function writeOver(text, visible) {
  if (visible < columns()) process.stdout.write(`\r\u001b[2K${text}`);
}

function clearLine() {
  if (isTerminal) process.stdout.write("\r\u001b[2K");
}
