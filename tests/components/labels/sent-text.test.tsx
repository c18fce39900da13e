import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { SentText } from "@/components/labels/sent-text";

const messages = [
  { role: "system", content: "Say what it stands for." },
  { role: "user", content: "the <b>cups</b>" },
];

it("shows both messages that leave, word for word", () => {
  const drawn = renderToStaticMarkup(
    <SentText messages={messages} scoring={[{ role: "user", content: "At which does “{label}” fire?" }]} />,
  );
  expect(drawn.match(/<pre>.*?<\/pre>/g)).toEqual([
    "<pre>Say what it stands for.</pre>",
    "<pre>the &lt;b&gt;cups&lt;/b&gt;</pre>",
    "<pre>At which does “{label}” fire?</pre>",
  ]);
});

it("says that nothing follows where too few examples are held out", () => {
  const drawn = renderToStaticMarkup(<SentText messages={messages} scoring={null} />);
  expect(drawn.match(/<pre>/g)).toHaveLength(2);
  expect(drawn).toContain("too few held-out examples");
});
