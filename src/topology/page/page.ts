import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Drawing, bySystem } from '../drawn';

/** A part of the page as it lies in the package: a browser reads it, no compiler. */
const part = (name: string): string => readFileSync(join(dirname(require.resolve('meshmart/package.json')), 'src/topology/page', name), 'utf8');

/**
 * A topology as one file that a browser opens without a network: search, filter by system, and for each call what it lets be asked and which objects it makes.
 * @param picture the same as SVG, with the ids of its nodes and edges
 */
export function pageOf(drawing: Drawing, picture: string): string {
  const systems = [...bySystem(drawing).keys()].filter((system) => system !== undefined);
  const title = `${escaped(drawing.environment)}: who calls whom`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
${part('style.css')}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<label>Search <input id="search" type="search" placeholder="/ name or operation"></label>
<label>System <select id="system"><option value="">all</option>${systems.map((name) => `<option>${escaped(name)}</option>`).join('')}</select></label>
<output id="count"></output>
</header>
<main>
${picture.slice(picture.indexOf('<svg'))}</main>
<aside id="details" aria-live="polite" hidden></aside>
<script type="application/json" id="topology">${JSON.stringify(drawing).replaceAll('<', '\\u003c')}</script>
<script type="module">
${part('client.mjs')}</script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
