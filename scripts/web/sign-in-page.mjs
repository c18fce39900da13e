/**
 * What a browser without the token sees.
 *
 * @param {string} url the address it wanted
 */
export function signInPage(url) {
  const again = url.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · Stanscope</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 34rem; margin: 15vh auto; padding: 0 1rem }
code { font-size: 0.9em }
</style>
</head>
<body>
<h1>This Stanscope needs a token</h1>
<p>Open the link that <code>npm start</code> printed. It ends in <code>?token=…</code>, and this browser then keeps the token.</p>
<p>The token is also in the file <code>token</code> of the data folder, unless it was chosen with <code>STANSCOPE_TOKEN</code>.</p>
<p>Already signed in and came here from another site? <a href="${again}">Open the page again</a>.</p>
</body>
</html>
`;
}
