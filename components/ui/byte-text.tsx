const byteName = /(<0x[0-9A-F]{2}>)/;

/** A text in which bytes that form no character and control characters, named as in `<0xF0>`, are set apart: each is muted and says what it is. */
export function ByteText({ text }: { readonly text: string }) {
  if (!text.includes("<0x")) return text;
  // Every second part is what the expression takes.
  return text.split(byteName).map((part, at) =>
    at % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts stand where they stand
      <span key={at} className="byte" title={wordsOf(part.slice(3, 5))}>
        {part}
      </span>
    ) : (
      part
    ),
  );
}

/** What two hexadecimal digits stand for: below 80 a control character, which has no shape, else a byte of a longer character. */
function wordsOf(digits: string): string {
  return Number.parseInt(digits, 16) < 0x80 ? `Control character U+00${digits}` : `UTF-8 byte ${digits}: part of a character`;
}
