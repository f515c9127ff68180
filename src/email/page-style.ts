/** The look of the pages in pages.ts: light and dark, phone and desk, contrast of WCAG AA. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1d2922;--soft:#56655c;--line:#dbe3de;--page:#eef2ed;--card:#fff;--accent:#1d6b45;--on-accent:#fff;--bad:#9c2f20;--bad-page:#fdeeeb}
@media (prefers-color-scheme:dark){:root{--ink:#e6ece8;--soft:#a3b1a8;--line:#34423a;--page:#121a16;--card:#1b2620;--accent:#5cc48d;--on-accent:#0b1a12;--bad:#ff9b8a;--bad-page:#3a1d18}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;padding:24px 16px;background:var(--page);color:var(--ink);font:16px/1.55 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
header,main,footer{width:100%;max-width:620px}
header{font-weight:700;padding:8px 4px 16px}
main{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:36px 40px 32px}
footer{color:var(--soft);font-size:13px;padding:16px 4px}
h1{font-size:27px;line-height:1.25;margin:0 0 14px}
h1 .company{display:block;font-size:17px;font-weight:400;color:var(--soft);margin-top:2px}
h2{font-size:17px;margin:30px 0 8px}
p{margin:0 0 16px}
a{color:var(--accent)}
.small{font-size:14px;color:var(--soft);font-weight:400}
form+.small{margin:20px 0 0}
.eyebrow{font-size:13px;font-weight:600;letter-spacing:.06em;text-transform:uppercase;color:var(--accent);margin:0 0 6px}
.sign{width:48px;height:48px;line-height:48px;border-radius:50%;text-align:center;font-size:24px;font-weight:700;background:var(--page);color:var(--soft);margin-bottom:18px}
.sign.ok{background:var(--accent);color:var(--on-accent)}
.problem{background:var(--bad-page);color:var(--bad);border-radius:8px;padding:10px 14px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 20px;margin:0 0 22px}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse;font-size:15px}
td{padding:8px 10px 8px 0;border-bottom:1px solid var(--line);vertical-align:top;text-align:left}
.points{width:3.5em;font-weight:700;color:var(--accent)}
.points.minus{color:var(--bad)}
.when{padding-right:0;text-align:right;color:var(--soft);white-space:nowrap}
label{display:block;font-weight:600;margin:14px 0 6px}
fieldset{border:1px solid var(--line);border-radius:8px;margin:18px 0 0;padding:8px 16px 12px}
legend{font-weight:600;padding:0 6px}
label.choice{font-weight:400;margin:0;padding:8px 0;display:flex;gap:10px;align-items:center}
label.choice input{width:20px;height:20px;flex:none;accent-color:var(--accent)}
form>button.main{margin-top:22px}
.notice{border:1px solid var(--accent);border-radius:8px;padding:10px 14px}
select,textarea,input[type=date]{width:100%;font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:8px;padding:10px 12px}
button,a.main{display:inline-block;font:inherit;font-weight:600;text-decoration:none;border-radius:8px;border:1px solid var(--soft);background:transparent;color:var(--ink);padding:12px 22px;margin-top:16px;cursor:pointer}
button.main,a.main{background:var(--accent);border-color:var(--accent);color:var(--on-accent);margin-top:4px}
button.main+.small{margin:10px 0 0}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media (max-width:520px){main{padding:26px 20px}.when{white-space:normal}}
`.trim();
