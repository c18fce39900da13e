/**
 * What several sources give, in the order of its arrival; at most `atOnce` are open at a time, in their order. When one fails, or whoever iterates
 * stops, the open ones are ended.
 *
 * @param end called before they are: a source that waits for something must not be waited for
 */
export async function* mergeStreams<Value>(
  sources: readonly (() => AsyncGenerator<Value, void>)[],
  { atOnce, end }: { atOnce: number; end: () => void },
): AsyncGenerator<Value, void> {
  const open = new Map<
    AsyncGenerator<Value, void>,
    Promise<{ source: AsyncGenerator<Value, void>; result: IteratorResult<Value, void> }>
  >();
  const pull = (source: AsyncGenerator<Value, void>) => {
    open.set(
      source,
      source.next().then((result) => ({ source, result })),
    );
  };
  let next = 0;
  const fill = () => {
    while (open.size < atOnce && next < sources.length) {
      const source = sources[next++]?.();
      if (source !== undefined) pull(source);
    }
  };
  fill();
  try {
    while (open.size > 0) {
      const { source, result } = await Promise.race(open.values());
      if (result.done) {
        open.delete(source);
        fill();
        continue;
      }
      // Asked again before its value is given out, and behind the others: none waits for a slow reader longer than another.
      open.delete(source);
      pull(source);
      yield result.value;
    }
  } finally {
    end();
    await Promise.allSettled([...open.keys()].map((source) => source.return()));
  }
}
