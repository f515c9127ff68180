/** The look of the console: light and dark, phone and desk, contrast of WCAG AA. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1d2922;--soft:#56655c;--line:#dbe3de;--page:#eef2ed;--card:#fff;--accent:#1d6b45;--on-accent:#fff;--bad:#9c2f20;--bad-page:#fdeeeb;--chart-1:#1d6b45;--chart-2:#b86e00;--chart-3:#33628f;--chart-4:#8a3b8f;--chart-5:#a8324a;--chart-6:#6b5a3a}
@media (prefers-color-scheme:dark){:root{--ink:#e6ece8;--soft:#a3b1a8;--line:#34423a;--page:#121a16;--card:#1b2620;--accent:#5cc48d;--on-accent:#0b1a12;--bad:#ff9b8a;--bad-page:#3a1d18;--chart-1:#5cc48d;--chart-2:#f0b35c;--chart-3:#8db8e0;--chart-4:#d49bd8;--chart-5:#f08fa3;--chart-6:#cbb091}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
header{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;padding:12px 20px;background:var(--card);border-bottom:1px solid var(--line)}
header form{margin-left:auto}
main{max-width:1000px;margin:0 auto;padding:20px;overflow-wrap:break-word}
h1{font-size:26px;line-height:1.25;margin:8px 0 16px}
h2{font-size:19px;margin:28px 0 10px}
h3{font-size:16px;margin:0 0 8px}
a{color:var(--accent)}
.skip{position:absolute;left:-999px}
.skip:focus{left:8px;top:8px;background:var(--card);padding:8px}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px;margin:0 0 14px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:14px}
.cards .card{margin:0}
.soft{color:var(--soft)}
.paper{display:none}
.small{font-size:14px}
blockquote{margin:4px 0;padding:4px 12px;border-left:3px solid var(--line);white-space:pre-line;overflow-wrap:anywhere}
.badge{display:inline-block;border:1px solid var(--soft);border-radius:13px;padding:0 10px;font-size:14px;white-space:nowrap}
.badge.long{white-space:normal}
.badge.late{border-color:var(--bad);color:var(--bad);font-weight:600}
.problem{background:var(--bad-page);color:var(--bad);border-radius:8px;padding:10px 14px}
.done{border-left:4px solid var(--accent);background:var(--card);padding:10px 14px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.wide{overflow-x:auto;position:relative;background:linear-gradient(to right,var(--card) 30%,transparent) left/40px 100%,linear-gradient(to left,var(--card) 30%,transparent) right/40px 100%,linear-gradient(to right,var(--line),transparent) left/16px 100%,linear-gradient(to left,var(--line),transparent) right/16px 100%;background-repeat:no-repeat;background-attachment:local,local,scroll,scroll;background-color:var(--card)}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:8px 10px;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tbody th{color:var(--ink);font-weight:400}
tbody.total th,tbody.total td{border-top:2px solid var(--soft);border-bottom:0;font-weight:600;color:var(--ink)}
.fields{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:0 16px}
main.broad,main:has(form.ask),main:has(#team),main:has(#leads){max-width:1320px}
ul.quick{list-style:none;padding:0;margin:0 0 8px;display:flex;flex-wrap:wrap;gap:4px 18px}
ul.quick a{display:inline-block;padding:8px 0;min-height:40px}
ul.quick a[aria-current]{font-weight:700;color:var(--ink);text-decoration:none}
.card.wide{background:linear-gradient(to right,var(--card) 40%,transparent) 0 0/48px 100% no-repeat local,linear-gradient(to left,var(--card) 40%,transparent) 100% 0/48px 100% no-repeat local,linear-gradient(to right,var(--line),transparent) 0 0/18px 100% no-repeat scroll,linear-gradient(to left,var(--line),transparent) 100% 0/18px 100% no-repeat scroll,var(--card)}
thead .number{white-space:normal}
.wide tbody th{overflow-wrap:break-word}
tbody th{min-width:150px}
@media screen and (min-width:700px){.wide tbody th:first-child,.wide table:has(tbody th:first-child) thead th:first-child{position:sticky;left:0;max-width:320px;background:var(--card)}}
dl.totals{display:flex;flex-wrap:wrap;gap:8px 28px}
dl.totals dd{font-size:22px;font-weight:600}
fieldset{border:1px solid var(--line);border-radius:8px;margin:14px 0}
input[type=range]{padding:0}
.slider{display:flex;gap:10px;align-items:center}
.slider input[type=number]{max-width:110px}
svg.chart{display:block;min-width:640px;width:100%;height:auto}
svg.map{min-width:1100px}
svg.narrow{display:none;min-width:0}
@media screen and (max-width:699px){svg.broad{display:none}svg.narrow{display:block}}
@page{size:landscape;margin:12mm}
iframe.mail{width:100%;height:40rem;border:1px solid var(--line);background:#fff}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;--page:#fff;--card:#fff;--accent:#1d6b45;--bad:#9c2f20;--chart-1:#1d6b45;--chart-2:#b86e00;--chart-3:#33628f;--chart-4:#8a3b8f;--chart-5:#a8324a;--chart-6:#6b5a3a}header,form,details,nav,.skip,.screen{display:none}details.means{display:block;margin:6px 0}details.means::details-content{display:block;content-visibility:visible;block-size:auto;opacity:1}details.means>summary{display:block;min-height:0;padding:0;break-after:avoid}details.means dl{font-size:11px;gap:2px 14px}details.means dt,details.means dd{break-inside:avoid}.paper{display:block}body{background:#fff;font-size:12px}main,main.broad,main:has(form.ask){max-width:none;padding:0}.card{border:0;padding:0}.wide,.tall{overflow:visible;max-height:none}svg.chart,svg.map{min-width:0;max-height:176mm;break-inside:avoid}tr{break-inside:avoid}h2,h3{break-after:avoid}h2+*{break-before:avoid}.card.wide{background:none}thead{display:table-header-group}tbody th{min-width:0}th,td{padding:3px 6px;font-size:11px}table:has(th:nth-child(11)) :is(th,td){padding:2px 3px;font-size:8.5px;overflow-wrap:break-word}table:has(th:nth-child(11)) .number{white-space:normal}thead th{hyphens:auto}a{color:inherit;text-decoration:none}}
summary{cursor:pointer;min-height:44px;padding:10px 0;font-weight:600}
label.check{display:inline-flex;gap:8px;align-items:center;min-height:44px;min-width:44px;margin:0;font-weight:400}
label.check input{width:22px;height:22px}
nav a{display:inline-block;padding:8px 4px}
nav a[aria-current]{font-weight:700;color:var(--ink);text-decoration:none;border-bottom:2px solid var(--accent)}
ul.counts{list-style:none;padding:0;margin:0 0 14px;display:flex;flex-wrap:wrap;gap:8px}
ul.counts a{display:block;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 14px;min-height:44px;text-decoration:none}
ul.counts a[aria-current]{border-color:var(--accent);border-width:2px}
ul.counts strong{font-size:20px}
.tall{max-height:max(460px,75vh);overflow-y:auto}
.tall thead th{position:sticky;top:0;background:var(--card)}
.tall tbody.total{position:sticky;bottom:0;background:var(--card)}
.bar{display:grid;grid-template-columns:2fr 2fr auto;gap:0 16px;align-items:end;background:var(--card);padding-bottom:10px;border-bottom:1px solid var(--line)}
@media (min-width:700px) and (min-height:500px){.bar{position:sticky;top:0;z-index:1}}
@media (max-width:699px){.bar{display:block}}
@media screen and (max-width:699px){
table.rows,.rows tbody,.rows tr,.rows td,.rows tbody th{display:block}
.rows thead,.rows thead tr{display:flex;flex-wrap:wrap;gap:0 16px}
.rows thead th{display:none}
.rows thead th[aria-sort]{display:block;border:0;padding:8px 0;text-align:left}
.rows tbody tr{border-bottom:1px solid var(--line);padding:10px 0;overflow:hidden}
.rows td,.rows tbody th{border:0;padding:2px 0;min-width:0;text-align:left;white-space:normal;overflow-wrap:anywhere}
.rows tbody th{font-weight:600}
.rows td.number{display:inline-block;margin-right:14px}
.rows td.none{display:none}
.rows td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}
.rows td:has(>label.check){float:right}
.tall{max-height:none;overflow:visible}
.tall thead th,.tall tbody.total{position:static}
.rows tbody.total th,.rows tbody.total td{border:0}
}
th a{color:inherit}
.entries td form{display:inline}
.entries td button{margin:4px 6px 4px 0;padding:8px 12px}
ul.plain{list-style:none;padding:0;margin:0}
dl{display:grid;grid-template-columns:fit-content(42%) minmax(0,1fr);gap:8px 18px;margin:0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:break-word}
label{display:block;font-weight:600;margin:10px 0 4px}
input,select,textarea{width:100%;font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:8px;padding:9px 11px}
button,a.button{font:inherit;font-weight:600;border-radius:8px;border:1px solid var(--soft);background:transparent;color:var(--ink);padding:10px 18px;margin-top:10px;min-height:44px;cursor:pointer}
header button{margin:0}
a.button{display:inline-block;text-decoration:none}
button.main{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
@media (max-width:520px){main{padding:14px}header{padding:6px 14px;gap:0 14px}header form{margin-left:auto}nav{order:3;width:100%}nav a{margin-right:8px}h1{margin:4px 0 10px}.badge{white-space:normal}}
`.trim();
