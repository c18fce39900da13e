/** Said to the document once React listens. */
export const readyEvent = "stanscope-ready";

/**
 * Keeps what a person does before React listens: a page that arrives with its data can be used before its scripts have arrived. Until the event `ready`,
 * forms are not submitted, since the browser would put what was typed into the address; the skip link does not change what is after `#`; and the last click
 * on a button, a tab or the skip link, or press of a key that may be a shortcut, is remembered and then repeated. The page holds this function as source,
 * so it refers to nothing outside itself.
 */
export function holdEarlyInput(ready: string): void {
  let again = () => {};
  const listeners: [name: string, listen: (event: Event) => void][] = [
    ["submit", (event) => event.preventDefault()],
    [
      "click",
      (event) => {
        const { target } = event;
        const button = target instanceof Element ? target.closest<HTMLElement>("button, [role=tab], a.skip") : null;
        if (button?.tagName === "A") event.preventDefault();
        if (button !== null) again = () => button.click();
      },
    ],
    [
      "keydown",
      (event) => {
        if (!(event instanceof KeyboardEvent)) return;
        const { key, code, ctrlKey, metaKey, target } = event;
        const isRun = key === "Enter" && (ctrlKey || metaKey);
        const isTyped = target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
        if (!isRun && (isTyped || ctrlKey || metaKey || event.altKey)) return;
        again = () => target?.dispatchEvent(new KeyboardEvent("keydown", { key, code, ctrlKey, metaKey, bubbles: true, cancelable: true }));
      },
    ],
  ];
  for (const [name, listen] of listeners) addEventListener(name, listen, true);
  const end = () => {
    for (const [name, listen] of listeners) removeEventListener(name, listen, true);
    again();
  };
  addEventListener(ready, end, { once: true });
}

/** Runs before the first paint. */
export const earlyInputScript = `(${holdEarlyInput})(${JSON.stringify(readyEvent)})`;
