/** Pixels of the file for one of the drawing, so that print is sharp. */
const scale = 3;

/**
 * Offers a drawing as pixels.
 *
 * @param drawing an SVG file's text, with its width and height
 * @throws Error when the browser cannot draw it
 */
export async function savePng(name: string, drawing: string): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = scale * image.width;
  canvas.height = scale * image.height;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("The browser gives no canvas to draw on: download the SVG instead.");
  // A drawing has no ground of its own, and its text is for the page's.
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--surface");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  context.drawImage(image, 0, 0);
  const link = document.createElement("a");
  link.href = canvas.toDataURL("image/png");
  link.download = name;
  link.click();
}
