#pragma once

namespace youden::report {

/// System fonts; every colour is a variable, once light and once dark, so that charts can read them too.
inline constexpr const char* kStyle = R"css(
:root{color-scheme:light;--paper:#fff;--card:#f6f7f9;--ink:#1b1f27;--soft:#59616e;--line:#d9dde4;--accent:#1f5fa8;
--fail:#a8201a;--warn:#8a5a00;--pass:#1c6b3c;--fail-bg:#fdecea;--warn-bg:#fff4dc;--pass-bg:#e6f4ea;--mark:#fff1b8;
--c1:#1f5fa8;--c2:#c4561a;--c3:#2a7f4f;--c4:#7b4aa8;--c5:#9c7a00;--c6:#b03060;--c7:#2b8a9c;--c8:#6b6f76;--grid:#e6e9ee}
:root[data-theme=dark]{color-scheme:dark;--paper:#14171c;--card:#1d2128;--ink:#e8eaee;--soft:#a3abb8;--line:#363c46;
--accent:#7db4f5;--fail:#ff9c94;--warn:#f5c669;--pass:#7fd6a1;--fail-bg:#3a1f1e;--warn-bg:#352b17;--pass-bg:#1b3023;
--mark:#4a4216;--c1:#7db4f5;--c2:#f2975e;--c3:#78cf9b;--c4:#c9a0f0;--c5:#e6c84f;--c6:#f28ab0;--c7:#74d0e0;--c8:#a3abb8;--grid:#2a2f38}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;--paper:#14171c;--card:#1d2128;--ink:#e8eaee;
--soft:#a3abb8;--line:#363c46;--accent:#7db4f5;--fail:#ff9c94;--warn:#f5c669;--pass:#7fd6a1;--fail-bg:#3a1f1e;--warn-bg:#352b17;
--pass-bg:#1b3023;--mark:#4a4216;--c1:#7db4f5;--c2:#f2975e;--c3:#78cf9b;--c4:#c9a0f0;--c5:#e6c84f;--c6:#f28ab0;--c7:#74d0e0;--c8:#a3abb8;--grid:#2a2f38}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:4rem}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans","DejaVu Sans",sans-serif}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.4rem .8rem;z-index:9}
main,.bar>div,footer{max-width:1120px;margin:0 auto;padding:0 1.25rem}
.bar{position:sticky;top:0;z-index:5;background:var(--paper);border-bottom:1px solid var(--line)}
.bar>div{display:flex;gap:1rem;align-items:center}
.bar nav{flex:1;overflow-x:auto;white-space:nowrap;scrollbar-width:thin}
.bar nav a{display:inline-block;padding:.65rem .5rem;text-decoration:none;font-size:.9rem}
.bar nav a:hover{text-decoration:underline}
button,select,input{font:inherit;color:inherit}
.bar button,.tools button,.pager button{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.3rem .7rem;cursor:pointer;white-space:nowrap}
button:disabled{opacity:.45;cursor:default}
h1{font-size:1.7rem;line-height:1.25;margin:1.6rem 0 .3rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.6rem 0 .8rem;padding-top:.6rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:1.6rem 0 .5rem}
p{margin:.5rem 0;max-width:78ch}
.soft,caption,figcaption,dt{color:var(--soft)}
.lead{font-size:1.1rem;max-width:80ch}
.small{font-size:.88rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(215px,1fr));gap:.8rem;margin:1rem 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.8rem 1rem}
.tile .name{color:var(--soft);font-size:.92rem}
.tile .value{font-size:2rem;font-weight:650;line-height:1.2;font-variant-numeric:tabular-nums}
.tile .value.undefined{font-size:1.35rem}
.tile .interval{font-variant-numeric:tabular-nums}
.bar-track{position:relative;height:6px;border-radius:3px;background:var(--line);margin:.5rem 0 .2rem}
.bar-track i{position:absolute;top:0;bottom:0;border-radius:3px;background:var(--accent);opacity:.55}
.bar-track b{position:absolute;top:-3px;width:3px;height:12px;margin-left:-1px;background:var(--ink);border-radius:2px}
.flag{display:inline-block;border-radius:5px;padding:.05rem .45rem;font-size:.85rem;font-weight:600;white-space:nowrap}
.fail{color:var(--fail);background:var(--fail-bg)}.warn{color:var(--warn);background:var(--warn-bg)}.pass{color:var(--pass);background:var(--pass-bg)}
.note{border-left:4px solid var(--warn);background:var(--warn-bg);padding:.5rem .9rem;border-radius:0 6px 6px 0;margin:.8rem 0;max-width:80ch}
.note.stop{border-color:var(--fail);background:var(--fail-bg)}
.scroll{overflow-x:auto;margin:.8rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.93rem;min-width:min(100%,24rem)}
caption{text-align:left;padding:0 0 .35rem;font-size:.93rem}
th,td{padding:.3rem .7rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
tbody th{font-weight:500}
th.n,td.n{text-align:right;white-space:nowrap}
td,tbody th{overflow-wrap:break-word}
td .small,td code{overflow-wrap:anywhere}
thead th{border-bottom:2px solid var(--line);white-space:nowrap;vertical-align:bottom}
thead th button{background:none;border:0;padding:0;font-weight:600;cursor:pointer;white-space:nowrap}
thead th button::after{content:"↕";opacity:.35;padding-left:.3em;font-weight:400}
thead th[aria-sort=ascending] button::after{content:"↑";opacity:1}
thead th[aria-sort=descending] button::after{content:"↓";opacity:1}
tr.wrong td:last-child,td.wrong{color:var(--fail);font-weight:600}
td.hit{background:var(--pass-bg)}td.miss{background:var(--fail-bg)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:1.2rem 1.6rem}
figure{margin:0;min-width:0;max-width:720px}
figcaption{font-size:.9rem;margin:.3rem 0;max-width:64ch}
figure h3{margin:.2rem 0 .4rem}
.canvas{position:relative;width:100%;height:340px}
canvas:focus-visible{outline-offset:-2px}
.chart-word{font-size:.88rem;font-weight:600}
.chart-word:empty{display:none}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.tools{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:center;margin:.6rem 0}
.tools label{display:inline-flex;gap:.4rem;align-items:center}
.tools input[type=search],.tools select{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:.3rem .5rem}
.pager{display:flex;gap:.6rem;align-items:center;margin:.4rem 0}
.operating{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.7rem 1rem;margin:1rem 0}
.operating input[type=range]{width:min(100%,420px);accent-color:var(--accent)}
.films{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:.9rem;margin:.6rem 0;padding:0;list-style:none}
.films li{font-size:.86rem;overflow-wrap:anywhere;min-width:0}
.film{display:block;width:100%;aspect-ratio:1;object-fit:contain;background:#000;border-radius:6px}
.film.absent{display:flex;align-items:center;justify-content:center;text-align:center;background:var(--card);border:1px dashed var(--line);color:var(--soft);padding:.6rem}
dl{margin:.6rem 0;display:grid;gap:.15rem}
dl div{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.8rem;padding:.15rem 0}
dd{margin:0;overflow-wrap:anywhere}
pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.7rem .9rem;overflow-x:auto;font:13px/1.45 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;margin:.5rem 0;white-space:pre}
code{font:.9em ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
details{margin:.6rem 0}
summary{cursor:pointer;color:var(--accent)}
.part>summary h3{display:inline;font-size:1.15rem;margin:0}
.part{border-top:1px solid var(--line);padding-top:.5rem}
#summary>h2{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.flow{display:flex;flex-direction:column;align-items:center;gap:0;margin:1rem 0}
.flow .box{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.5rem .9rem;text-align:center;max-width:32rem}
.flow .down{width:2px;height:22px;background:var(--line)}
.flow .row{display:flex;flex-wrap:wrap;gap:.8rem;justify-content:center}
.flow .side{border-style:dashed}
.film-pair{font-weight:500}
footer{margin-top:3rem;padding-top:1rem;padding-bottom:2rem;color:var(--soft);font-size:.88rem}
footer p{border-top:1px solid var(--line);padding-top:.8rem;max-width:none}
.matrix td,.matrix th{text-align:center;padding:.5rem 1rem;border:1px solid var(--line)}
.card-status{font-weight:600;white-space:nowrap}
@media (max-width:600px){.tiles{grid-template-columns:repeat(auto-fit,minmax(150px,1fr))}dl div{grid-template-columns:1fr;gap:0}.canvas{height:290px}h1{font-size:1.4rem}main,.bar>div,footer{padding:0 .9rem}.tile .value{font-size:1.7rem}}
@media print{
:root,:root[data-theme=dark],:root:not([data-theme=light]){color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--accent:#1f5fa8;--fail:#a8201a;--warn:#7a5000;--pass:#1c6b3c;
--fail-bg:#fff;--warn-bg:#fff;--pass-bg:#fff;--c1:#1f5fa8;--c2:#c4561a;--c3:#2a7f4f;--c4:#7b4aa8;--c5:#9c7a00;--c6:#b03060;--c7:#2b8a9c;--c8:#6b6f76;--grid:#e2e2e2}
body{font-size:10.5pt}
details.screen:not([open]),.bar,.tools,.pager,.operating,.skip,.chart-word{display:none}
main{max-width:none;padding:0}
h2{break-after:avoid;margin-top:1.4rem}figure,.tile,.films li,tr,.flow{break-inside:avoid}
.charts{grid-template-columns:1fr 1fr}.canvas{height:260px}
.scroll{overflow:visible}pre{white-space:pre-wrap}a{color:inherit}
}
)css";

}  // namespace youden::report
