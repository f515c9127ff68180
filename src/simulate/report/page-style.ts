export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #d0d7de; --soft: #57606a; --card: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --line: #30363d; --soft: #8b949e; --card: #161b22; } figure { background: #fff; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1000px; padding: 1rem; }
h1, h2, h3 { line-height: 1.2; }
small, .about, time { color: var(--soft); font-weight: normal; font-size: .875em; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .5rem; text-align: left; }
article { border-top: 2px solid var(--line); margin-top: 2rem; }
figure { margin: 0; overflow-x: auto; border-radius: 6px; }
.end { font-weight: 600; }
.story { list-style: none; padding: 0; }
.story li { padding: .1rem 0; }
.story time { display: inline-block; min-width: 13em; }
.stage { background: var(--card); border: 1px solid var(--line); border-radius: 9px; padding: 0 .5em; font-size: .8em; }
.story .mail { color: #0969da; } .story .sales { color: #8250df; } .story .lead { color: #1a7f37; } .story .engine { color: var(--soft); }
details.mail { border: 1px solid var(--line); border-radius: 6px; margin: .75rem 0; padding: .5rem .75rem; background: var(--card); }
summary { cursor: pointer; }
.reaction { margin: .25rem 0; color: #1a7f37; }
iframe { width: 100%; height: 640px; border: 1px solid var(--line); background: #fff; resize: vertical; }
pre { white-space: pre-wrap; }
`;
