const byteName = /(<0x[0-9A-F]{2}>)/;

/** A text in which bytes that form no character, which the engine names as in `<0xF0>`, are set apart: each is muted and says what it is. */
export function ByteText({ text }: { readonly text: string }) {
  if (!text.includes("<0x")) return text;
  // Every second part is what the expression takes.
  return text.split(byteName).map((part, at) =>
    at % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts stand where they stand
      <span key={at} className="byte" title={`Byte ${part.slice(3, 5)} of UTF-8: a part of a character, and no character by itself`}>
        {part}
      </span>
    ) : (
      part
    ),
  );
}
