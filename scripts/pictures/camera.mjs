import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";

/** Quality and effort of the encoder; our choice. */
const encoding = { quality: 72, effort: 4, loop: 0, mixed: true, minSize: true };

/** Frames of one page, each with how long it is shown, and over the page a caption and a pointer. */
export class Camera {
  #page;
  /** @type {{ picture: Buffer, shownMs: number }[]} */
  #frames = [];
  #caption = "";
  #pointer = { x: 600, y: 380 };

  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.#page = page;
  }

  get count() {
    return this.#frames.length;
  }

  /** @param {string} caption what is seen, from the next frame on */
  async say(caption) {
    this.#caption = caption;
  }

  /** A frame of the page as it is. @param {number} shownMs */
  async hold(shownMs) {
    await this.#page.evaluate(drawOverlay, { caption: this.#caption, ...this.#pointer });
    const picture = await this.#page.screenshot();
    const last = this.#frames.at(-1);
    if (last?.picture.equals(picture)) last.shownMs += shownMs;
    else this.#frames.push({ picture, shownMs });
  }

  /** A frame with the pointer on something, which is brought into sight. @param {import("playwright-core").Locator} locator */
  async pointAt(locator) {
    await locator.scrollIntoViewIfNeeded();
    const box = await locator.boundingBox();
    if (box !== null) this.#pointer = { x: box.x + Math.min(box.width / 2, 90), y: box.y + box.height / 2 };
    await locator.hover();
    await this.hold(900);
  }

  /** The same, and presses it. @param {import("playwright-core").Locator} locator */
  async press(locator) {
    await this.pointAt(locator);
    await locator.click();
  }

  /**
   * Frames of something that takes long, evenly over what is done.
   *
   * @template Found
   * @param {{ look: () => Promise<Found>, shareOf: (found: Found) => number, isOver: (found: Found) => boolean, frames: number, lengthMs: number }} work
   */
  async follow({ look, shareOf, isOver, frames, lengthMs }) {
    let next = 0;
    for (;;) {
      const found = await look();
      if (isOver(found) || shareOf(found) * frames >= next) {
        await this.hold(lengthMs / frames);
        next += 1;
      }
      if (isOver(found)) return;
      await sleep(500);
    }
  }

  /** The frames as one animated WebP of that length. @param {number} lengthMs */
  async develop(lengthMs) {
    const total = this.#frames.reduce((sum, { shownMs }) => sum + shownMs, 0);
    const delay = this.#frames.map(({ shownMs }) => Math.round((shownMs * lengthMs) / total));
    const pictures = this.#frames.map(({ picture }) => picture);
    return sharp(pictures, { join: { animated: true } })
      .webp({ ...encoding, delay })
      .toBuffer();
  }
}

/** Runs in the page. The caption lies at the bottom, where pages have the line of keys. */
function drawOverlay({ caption, x, y }) {
  const part = (id) => {
    const found = document.getElementById(id) ?? document.createElement("div");
    found.id = id;
    document.body.append(found);
    return found;
  };
  const line = part("picture-caption");
  line.textContent = caption;
  Object.assign(line.style, {
    ...{ position: "fixed", left: "0", right: "0", bottom: "0", padding: "12px 24px", zIndex: "2147483646" },
    ...{ background: "#1b1b1a", color: "#fff", font: "500 18px/1.3 var(--font-sans, sans-serif)" },
  });
  const pointer = part("picture-pointer");
  Object.assign(pointer.style, {
    ...{ position: "fixed", left: `${x - 9}px`, top: `${y - 9}px`, width: "18px", height: "18px", borderRadius: "50%" },
    ...{ background: "rgb(37 99 235 / 45%)", border: "2px solid #1d4ed8", zIndex: "2147483647", pointerEvents: "none" },
  });
}
