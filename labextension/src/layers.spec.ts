// Imports point down the line: plugins → view → model → client/types. And a few more promises about the sources.

import { expect, test } from 'vitest';

const SOURCES = import.meta.glob<string>('./**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });
const STYLES = import.meta.glob<string>('../style/*.css', { query: '?raw', import: 'default', eager: true });
const OURS = Object.entries(SOURCES)
  .filter(([path]) => !path.endsWith('.spec.ts'))
  .map(([path, text]) => ({ path: path.slice(2), text }));
// What a layer may import of ours, and which packages; of client, a view may know the types alone.
const ALLOWED: Record<string, { ours: RegExp; packages: RegExp }> = {
  'index.ts': { ours: /^plugins\//, packages: /^$/ },
  'version.ts': { ours: /^$/, packages: /^$/ },
  'tokens.ts': { ours: /^(model\/|client\/types$)/, packages: /^@lumino\/(coreutils|signaling)$/ },
  plugins: { ours: /^(view|model|client)\/|^(tokens|version)$/, packages: /^@(jupyterlab|lumino)\// },
  view: { ours: /^(view|model)\/|^client\/types$|^tokens$/, packages: /^(@(codemirror|jupyter|jupyterlab|lumino)\/|react$)/ },
  model: { ours: /^model\/|^client\/types$/, packages: /^$/ },
  client: { ours: /^client\//, packages: /^@jupyterlab\/(coreutils|services)$/ }
};

/** What a file imports: paths below src/ for ours, names for packages. */
function imports(path: string, text: string): { ours: string[]; packages: string[] } {
  const named = [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(found => found[1]);
  const base = new URL(path, 'http://src/');
  const ours = named.filter(name => name.startsWith('.')).map(name => new URL(name, base).pathname.slice(1));
  return { ours, packages: named.filter(name => !name.startsWith('.')) };
}

test('each folder has its place', () => {
  const places = new Set(OURS.map(({ path }) => path.split('/')[0]));

  expect([...places].filter(place => !(place in ALLOWED))).toEqual([]);
  expect(OURS.length).toBeGreaterThan(5);
});

test.each(OURS)('$path imports what its place allows', ({ path, text }) => {
  const allowed = ALLOWED[path.split('/')[0]];
  const found = imports(path, text);

  expect(found.ours.filter(name => !allowed.ours.test(name))).toEqual([]);
  expect(found.packages.filter(name => !allowed.packages.test(name))).toEqual([]);
});

test('a wrong import would be seen', () => {
  const found = imports('model/a.ts', "import { a } from '../view/b';\nimport React from 'react';\nimport('./c')");

  expect(found).toEqual({ ours: ['view/b', 'model/c'], packages: ['react'] });
});

test.each(OURS)('$path makes no markup of texts, and asks the server in one place', ({ path, text }) => {
  expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write/);
  if (path !== 'client/request.ts') {
    expect(text).not.toMatch(/\bfetch\(|makeRequest|XMLHttpRequest|WebSocket/);
  }
});

test.each(OURS)('$path adds commands where somebody is asked about those that a document names', ({ path, text }) => {
  if (path !== 'view/own_commands.ts') {
    expect(text).not.toMatch(/\.addCommand\(/);
  }
});

test.each(OURS)('$path begins with what it is about', ({ text }) => {
  expect(text).toMatch(/^\/[/*]/);
});

test("styles are of our own classes, and their colours are the theme's", () => {
  expect(Object.keys(STYLES)).toContain('../style/base.css');
  for (const text of Object.values(STYLES)) {
    const plain = text.replace(/\/\*[^]*?\*\//g, '');
    const selectors = [...plain.matchAll(/([^{};]+)\{/g)].map(found => found[1].trim());
    const rules = selectors.filter(one => !one.startsWith('@'));
    expect(rules.flatMap(one => one.split(',')).filter(one => !/\.jp-nb2pkg-\w+/.test(one))).toEqual([]);
    expect(plain).not.toMatch(/#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(|!important/i);
  }
});
