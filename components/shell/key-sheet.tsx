"use client";
import { Popover } from "radix-ui";
import { Fragment, useState } from "react";
import { useShortcuts } from "@/components/ui/use-shortcuts";

const sheet: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["j", "k"], "Next and previous: run, latent"],
  [["↵"], "Open"],
  [["x"], "Select"],
  [["s"], "Steer with a latent"],
  [["/"], "Search in the list"],
  [["n"], "New run (on the list of runs)"],
  [["esc"], "Close, or take back a question"],
  [["?"], "These keys"],
];

/** All keys, behind `?`. Each page shows its own at its foot. */
export function KeySheet() {
  const [isOpen, setIsOpen] = useState(false);
  useShortcuts({ "?": () => setIsOpen((was) => !was) });
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger asChild>
        <button type="button" className="iconbtn only-wide" aria-label="Keyboard shortcuts">
          ?
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="keysheet" align="end" sideOffset={6}>
          <h2>Keyboard</h2>
          <dl>
            {sheet.map(([keys, does]) => (
              <Fragment key={does}>
                <dt>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </Fragment>
            ))}
          </dl>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
