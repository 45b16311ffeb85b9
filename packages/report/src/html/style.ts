/** Colours, type and bare elements: shared by the report and the dashboard. Dark first; light where it is preferred. */
export const theme = `
:root{color-scheme:dark light;--bg:#0d0f13;--raise:#14171d;--line:#232830;--axis:#3a424e;--faint:#7d8794;--soft:#a9b2bf;--ink:#e8ebef;
--good:#3fbf94;--bad:#f0845a;--warn:#e9b44c;--good-bg:#11352b;--bad-bg:#3d2117;--mute-bg:#20252d;--warn-bg:#33270e;--edge:#0d0f13}
@media (prefers-color-scheme:light){:root{--bg:#fbfbfa;--raise:#f2f2f0;--line:#e2e2de;--axis:#c4c5c2;--faint:#6d7176;--soft:#4b5056;--ink:#17191c;
--good:#00704f;--bad:#b54409;--warn:#7d5a00;--good-bg:#d8efe6;--bad-bg:#fbe3d6;--mute-bg:#e8e8e5;--warn-bg:#fdf1d3;--edge:#3a3d42}}
*{box-sizing:border-box}
html{background:var(--bg);-webkit-text-size-adjust:100%}
body{margin:0;color:var(--ink);font:15px/1.55 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main,body>header,body>footer{max-width:68rem;margin:0 auto;padding:0 1.5rem}
h1{font-size:clamp(1.35rem,1rem + 1.7vw,2rem);line-height:1.25;letter-spacing:-.018em;font-weight:600;margin:.5rem 0 0;max-width:54rem;text-wrap:balance}
h2{font-size:1.02rem;letter-spacing:-.005em;font-weight:600;margin:0 0 .25rem}
h3{font-size:.92rem;font-weight:600;margin:1.5rem 0 .5rem}
p{margin:.35rem 0;max-width:54rem}
body>header{padding-top:3.25rem}
.id{display:inline-block;max-width:100%}
.basis{color:var(--soft);margin:.6rem 0 0}
section{margin:3.5rem 0 0}
.eyebrow{color:var(--faint);font-size:.82rem;margin:0}
.note{color:var(--faint);font-size:.85rem;margin:0 0 .9rem}
a{color:inherit;text-underline-offset:.2em;text-decoration-color:var(--faint)}
a:hover{text-decoration-color:currentColor}
:focus-visible{outline:2px solid var(--warn);outline-offset:2px;border-radius:3px}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--faint);font-size:.85rem;padding:0 0 .5rem}
th{font-weight:500;color:var(--faint);font-size:.78rem;text-align:left;padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:bottom;white-space:nowrap}
td,tbody th{padding:.6rem .9rem .6rem 0;border-bottom:1px solid var(--line);vertical-align:middle}
tbody th{color:var(--ink);font-size:inherit;font-weight:500;white-space:normal}
tr>:last-child{padding-right:0}
.num{text-align:right;white-space:nowrap}
.dim{color:var(--faint)}
.nowrap{white-space:nowrap}
.banner{border-radius:8px;padding:.7rem 1rem;margin:1.25rem 0 0;background:var(--warn-bg);color:var(--ink);font-size:.92rem;max-width:none;border-left:3px solid var(--warn)}
.banner.loud{background:var(--bad-bg);border-color:var(--bad)}
.banner strong{letter-spacing:.04em}
.scroll{overflow-x:auto}
.list thead th{white-space:normal;min-width:7rem}
footer{color:var(--faint);font-size:.82rem;padding-top:3rem!important;padding-bottom:3rem!important}
@media (max-width:980px){
.ranking thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.ranking,.ranking tbody{display:block}
.ranking tr{display:grid;grid-template-columns:repeat(6,1fr);gap:.15rem 1rem;padding:.8rem 0 .8rem 1.8rem;border-bottom:1px solid var(--line);position:relative}
.ranking td,.ranking tbody th{border:0;padding:0;text-align:left;min-width:0}
.ranking .wide{grid-column:1/-1}
.ranking .score{grid-column:span 2}
.ranking .line{grid-column:span 4}
.ranking .rank{position:absolute;left:0;top:.8rem}
.ranking td[data-label]::before{content:attr(data-label) " ";color:var(--faint);font-size:.78rem;margin-right:.25rem}
}
@media (max-width:640px){
main,body>header,body>footer{padding:0 1rem}
body>header{padding-top:1.75rem}
section{margin-top:2.5rem}
.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stack,.stack tbody{display:block}
.stack tr{display:grid;grid-template-columns:1fr 1fr;gap:.15rem 1rem;padding:.8rem 0;border-bottom:1px solid var(--line)}
.stack td,.stack tbody th{border:0;padding:0;text-align:left;white-space:normal;min-width:0}
.stack .wide{grid-column:1/-1}
.stack.list tr{display:block}
.stack.list tbody th{margin-bottom:.3rem;display:block}
.stack.list td{display:flex;justify-content:space-between;gap:1rem;padding:.15rem 0}
.stack.list td[data-label]::before{margin-right:auto}
.ranking tr{grid-template-columns:1fr 1fr}
.ranking .score,.ranking .line{grid-column:1/-1}
.stack td[data-label]::before{content:attr(data-label) " ";color:var(--faint);font-size:.78rem;margin-right:.25rem}
}
@media print{:root{color-scheme:light;--bg:#fff;--raise:#fff;--line:#ccc;--axis:#999;--faint:#555;--soft:#333;--ink:#000;--good:#00553c;--bad:#8a3000;
--warn:#5c4300;--good-bg:#e4f3ec;--bad-bg:#fbe9df;--mute-bg:#eee;--warn-bg:#fff6de;--edge:#333}
body{font-size:10.5pt}section{break-inside:auto;margin-top:1.6rem}tr,figure,.fail{break-inside:avoid}*{print-color-adjust:exact}}
`

/** What only the report has: charts, matrix, failures. */
export const reportStyle = `
figure{margin:0}
svg{display:block;max-width:100%;overflow:visible}
figure svg{height:auto}
svg text{fill:var(--faint);font:12px ui-sans-serif,system-ui,sans-serif}
svg .ink{fill:var(--ink)}
svg .axis{stroke:var(--axis);stroke-width:1}
svg .grid{stroke:var(--line)}
.mark{display:inline-block;vertical-align:-.1em;margin-right:.5em;flex:none}
.name{display:flex;align-items:baseline}
.rank{color:var(--faint);width:1.8rem}
.big{font-weight:600;font-size:1.02rem}
.ci{color:var(--faint);font-size:.85rem;margin-left:.45rem}
.whisker{width:100%;min-width:150px;height:20px}
.side{color:var(--faint);font-size:.82rem;display:block;font-weight:400;margin-left:calc(12px + .5em)}
.narrow{display:none}
.chips{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;font-size:.85rem;color:var(--soft);margin:0 0 .9rem;padding:0;list-style:none}
.matrix{width:auto;font-size:.82rem}
.matrix td,.matrix tbody th{padding:.16rem .9rem .16rem 0;border:0;font-weight:400;color:var(--soft)}
.matrix thead th{text-align:center;padding-bottom:.5rem}
.matrix thead th:first-child{text-align:left}
.matrix tbody tr:hover>*{background:var(--raise)}
.cells{white-space:nowrap;text-align:center}
.o{display:inline-block;min-width:1.45em;height:1.45em;line-height:1.45em;text-align:center;border-radius:3px;font-size:.74rem;font-weight:600;margin:0 1px;padding:0 .2em;background:var(--mute-bg);color:var(--faint);font-style:normal}
.o.pass{background:var(--good-bg);color:var(--good)}
.o.miss{background:var(--bad-bg);color:var(--bad)}
.o.out{border:1px dashed var(--faint);background:none;line-height:1.3em}
.fail{border-bottom:1px solid var(--line)}
.fail>summary{display:flex;gap:.75rem;align-items:baseline;padding:.5rem 0;cursor:pointer;list-style:none;font-size:.9rem}
.fail>summary::-webkit-details-marker{display:none}
.fail>summary::before{content:"";border:solid var(--faint);border-width:0 1.5px 1.5px 0;width:.4em;height:.4em;transform:rotate(-45deg);flex:none;position:relative;top:-.1em}
.fail[open]>summary::before{transform:rotate(45deg)}
.fail .task{flex:none;max-width:40%;font-weight:500}
.fail .why{color:var(--faint);flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.fail[open] .why{white-space:normal}
.fail .body{padding:.2rem 0 1.1rem 1.15rem}
pre{background:var(--raise);border:1px solid var(--line);border-radius:8px;padding:.75rem .9rem;margin:.3rem 0 .8rem;overflow:auto;max-height:26rem;white-space:pre-wrap;line-height:1.5}
.label{color:var(--faint);font-size:.78rem;margin:.5rem 0 0}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:0 1rem}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.4rem 1.5rem;margin:.6rem 0 1.5rem;font-size:.9rem}
dt{color:var(--faint)}
dd{margin:0;min-width:0}
details.data{margin:.8rem 0 0;font-size:.9rem}
details.data>summary{cursor:pointer;color:var(--faint);font-size:.85rem}
.talk ol{list-style:none;margin:.6rem 0 0;padding:0}
.talk li{border-left:2px solid var(--line);padding:.1rem 0 .1rem .9rem;margin:0 0 .7rem}
.talk .assistant{border-color:var(--axis)}
.talk .label{margin:0}
.talk b{color:var(--soft);font-weight:600}
.talk .bad{color:var(--bad)}
.talk .good{color:var(--faint)}
.talk .call{margin:.35rem 0 .1rem}
.talk pre{max-height:14rem;margin:.25rem 0 .45rem;padding:.5rem .7rem}
@media (max-width:640px){
.wide-chart{display:none}.narrow{display:block}.pair{grid-template-columns:1fr}
dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}
.fail>summary{flex-wrap:wrap;gap:.15rem .6rem}.fail .task{max-width:75%}.fail .why{flex-basis:100%;padding-left:1.1rem}
.matrix td,.matrix tbody th{padding-right:.5rem}
}
@media print{.fail:not([open])>.body{display:none}pre,.talk pre{max-height:none}.narrow{display:none!important}}
`
