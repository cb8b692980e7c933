// Turns docs/**/*.md into plain HTML pages that the server shows under /docs/.
//
// It knows the Markdown that our own documents use (headings, paragraphs, lists, tables, fenced code, quotes, emphasis, code,
// links) and fails on a link to a page that does not exist. No script ends up in a page: the content policy forbids it.
//
// Usage: node scripts/docs-site.mjs SOURCE_FOLDER TARGET_FOLDER

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const [source, target] = process.argv.slice(2).map((it) => resolve(it));
const problems = [];

const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
const plain = (text) => text.replace(/[*_`]|\[([^\]]*)\]\([^)]*\)/g, '$1');

/** Where a link of `page` leads: pages get their new names, what lies outside the documents loses its link. */
function address(page, link) {
  if (/^(https?:|#)/.test(link)) return link;
  const [path, fragment] = link.split('#');
  const file = resolve(dirname(page), path);
  if (!existsSync(file)) problems.push(`${relative(source, page)}: ${link} leads nowhere`);
  if (relative(source, file).startsWith('..')) return null;
  const named = path.endsWith('.md') ? path.replace(/README\.md$/, 'index.md').replace(/\.md$/, '.html') : `${path.replace(/\/?$/, '/')}index.html`;
  return fragment ? `${named}#${fragment}` : named;
}

/** Text within a line. Code is set apart first, so that nothing inside it is read. */
function inline(text, page) {
  const codes = [];
  return escape(text.replace(/`([^`]+)`/g, (_, code) => `\u0000${codes.push(code) - 1}\u0000`))
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, label, link) => {
      const to = address(page, link);
      return to === null ? label : `<a href="${to}">${label}</a>`;
    })
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\*([^*]+)\*/g, '<em>$1</em>')
    .replace(/\u0000(\d+)\u0000/g, (_, index) => `<code>${escape(codes[index]).replace(/\\\|/g, '|')}</code>`);
}

function table(lines, page) {
  const cells = (line) => line.replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((it) => inline(it.trim(), page));
  const row = (tag, line) => `<tr>${cells(line).map((it) => `<${tag}>${it}</${tag}>`).join('')}</tr>`;
  const [head, , ...body] = lines;
  return `<div class="wide"><table><thead>${row('th', head)}</thead><tbody>${body.map((it) => row('td', it)).join('\n')}</tbody></table></div>`;
}

/** A list; lines that are indented continue their item. */
function list(lines, page) {
  const ordered = /^\d/.test(lines[0]);
  const items = [];
  for (const line of lines) {
    const begun = line.match(/^(?:-|\d+\.) (.*)/);
    if (begun) items.push(begun[1]);
    else items[items.length - 1] += ` ${line.trim()}`;
  }
  const tag = ordered ? 'ol' : 'ul';
  return `<${tag}>${items.map((it) => `<li>${inline(it, page)}</li>`).join('\n')}</${tag}>`;
}

function body(text, page) {
  const lines = text.split('\n');
  const html = [];
  const take = (belongs) => {
    const taken = [lines.shift()];
    while (lines.length && belongs(lines[0])) taken.push(lines.shift());
    return taken;
  };
  while (lines.length) {
    const line = lines[0];
    const heading = line.match(/^(#{1,4}) (.*)/);
    if (line.trim() === '') lines.shift();
    else if (heading) {
      const level = heading[1].length;
      html.push(`<h${level} id="${slug(plain(heading[2]))}">${inline(heading[2], page)}</h${level}>`);
      lines.shift();
    } else if (line.startsWith('```')) {
      const code = take((it) => !it.startsWith('```')).slice(1);
      lines.shift();
      html.push(`<pre><code>${escape(code.join('\n'))}</code></pre>`);
    } else if (line.startsWith('|')) html.push(table(take((it) => it.startsWith('|')), page));
    else if (/^(-|\d+\.) /.test(line)) html.push(list(take((it) => /^(-|\d+\.) |^ +\S/.test(it)), page));
    else html.push(`<p>${inline(take((it) => it.trim() !== '' && !/^(#|```|\||- |\d+\. )/.test(it)).join('\n'), page)}</p>`);
  }
  return html.join('\n');
}

const style = `:root{color-scheme:light dark;--ink:#1b242e;--soft:#5c6875;--paper:#fdfdfc;--line:#e1e5e9;--code:#f2f4f6;--link:#1f6f8b}
@media(prefers-color-scheme:dark){:root{--ink:#e4e9ee;--soft:#98a4b0;--paper:#12171d;--line:#2a323b;--code:#1b222a;--link:#6cc3dd}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:2rem 1.25rem 5rem}
nav{max-width:46rem;margin:0 auto;padding:1.25rem 1.25rem 0;color:var(--soft)}
a{color:var(--link)}h1{font-size:2rem;line-height:1.2}h2{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1.25rem}
code{background:var(--code);border-radius:4px;padding:.1em .3em;font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
pre{background:var(--code);border-radius:8px;padding:1rem;overflow-x:auto}td code{white-space:nowrap}pre code{padding:0;background:none;overflow-wrap:normal}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line)}
`;

/** The way back to the documents' root from a page. */
const up = (path) => '../'.repeat(path.split('/').length - 1);

function write(path, html) {
  const file = join(target, path);
  mkdirSync(dirname(file), { recursive: true });
  const title = plain((html.match(/<h1[^>]*>(.*?)<\/h1>/) ?? ['', 'Sortie'])[1].replace(/<[^>]+>/g, ''));
  writeFileSync(file, `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Sortie</title><link rel="stylesheet" href="${up(path)}style.css"></head>
<body><nav><a href="/">Sortie</a> / <a href="${up(path)}index.html">Documentation</a></nav><main>
${html}
</main></body></html>
`);
}

function pages(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

rmSync(target, { recursive: true, force: true });
const sections = { '': [], guide: [], admin: [], reference: [], contributing: [], adr: [] };
const names = { '': 'General', guide: 'For people', admin: 'For operators', reference: 'Reference', contributing: 'For contributors', adr: 'Decisions' };
for (const page of pages(source).sort()) {
  const text = readFileSync(page, 'utf8');
  const path = relative(source, page).replace(/README\.md$/, 'index.md').replace(/\.md$/, '.html');
  write(path, body(text, page));
  const section = path.includes('/') ? path.split('/')[0] : '';
  (sections[section] ??= []).push(`<li><a href="${path}">${escape(plain(text.match(/^# (.*)/m)?.[1] ?? path))}</a></li>`);
}
const order = ['guide', 'admin', 'reference', 'contributing', 'adr', ''];
write('index.html', `<h1>Documentation</h1>\n${order.map((it) => `<h2>${names[it]}</h2><ul>${sections[it].join('\n')}</ul>`).join('\n')}`);
writeFileSync(join(target, 'style.css'), style);

// Old addresses lead to pages that are there.
for (const line of readFileSync(join(source, 'moved.txt'), 'utf8').trim().split('\n')) {
  const [old, now] = line.split(' ');
  const page = now?.match(/^\/docs\/(.+\.html)$/)?.[1];
  if (!old.startsWith('/') || !page || !existsSync(join(target, page))) problems.push(`moved.txt: ${line} leads nowhere`);
}

if (problems.length) {
  console.error(problems.join('\n'));
  process.exit(1);
}
