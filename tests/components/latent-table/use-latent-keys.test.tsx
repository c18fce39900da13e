// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useRef } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { useLatentKeys } from "@/components/latent-table/use-latent-keys";
import { leaveRow } from "@/components/latents/left-row";

const nothing = () => undefined;

/** Rows 0 to 2 are drawn of `count`. */
function Table({ count, onFocus }: { readonly count: number; readonly onFocus: (index: number) => void }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const focused = useLatentKeys({ body, count, rowAt: nothing, onFocus, onOpen: nothing, onSelect: nothing, onSteer: nothing });
  return (
    <table data-focused={focused}>
      <tbody ref={body}>
        {[0, 1, 2].slice(0, count).map((row) => (
          <tr key={row} aria-rowindex={row + 2}>
            <td>
              <a href={`/${row}`}>row {row}</a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
const focusedName = () => document.activeElement?.textContent;

afterEach(() => {
  cleanup();
  leaveRow(null);
});

it("moves the focus itself with j and k, so that a screen reader says the row", () => {
  render(<Table count={3} onFocus={nothing} />);
  press("j");
  expect(focusedName()).toBe("row 0");
  press("j");
  press("j");
  press("j");
  expect(focusedName()).toBe("row 2");
  press("k");
  expect(focusedName()).toBe("row 1");
});

it("begins at the row whose latent was left, once the rows are there, and only once", () => {
  const onFocus = vi.fn();
  leaveRow(1);
  const { rerender, unmount } = render(<Table count={0} onFocus={onFocus} />);
  expect(onFocus).not.toHaveBeenCalled();
  rerender(<Table count={3} onFocus={onFocus} />);
  expect(onFocus.mock.calls).toEqual([[1]]);
  expect(focusedName()).toBe("row 1");
  expect(screen.getByRole("table").dataset["focused"]).toBe("1");
  unmount();
  render(<Table count={3} onFocus={onFocus} />);
  expect(onFocus).toHaveBeenCalledTimes(1);
  expect(document.activeElement).toBe(document.body);
});
