"""The style of the page. Each state has a word beside its colour, and each line a form beside it."""

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--dim:#59636e;--edge:#c9d0d8;--box:#f5f7f9;
--ok:#14703a;--warning:#8a5a00;--critical:#b3141d;--unknown:#5b3f99;--on:#fff;
--ok-box:#e8f5ec;--warning-box:#fdf3dc;--critical-box:#fde9e8;--unknown-box:#f0ebfa}
@media(prefers-color-scheme:dark){:root{--paper:#101418;--ink:#e6eaee;--dim:#9aa5b1;--edge:#38424d;--box:#1a2027;
--ok:#57c77f;--warning:#e5ae3d;--critical:#ff7b72;--unknown:#b79cf5;--on:#101418;
--ok-box:#12281b;--warning-box:#2e2510;--critical-box:#3a1817;--unknown-box:#251d3a}}
*{box-sizing:border-box}
body{margin:0 auto;padding:0 1rem 2rem;max-width:64rem;background:var(--paper);color:var(--ink);
font:1rem/1.45 system-ui,sans-serif;overflow-wrap:anywhere}
header{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;padding:1rem 0 .9rem}
main>section:first-child>h2{margin-top:.2rem}
h1{font-size:1.35rem;margin:0}
h2{font-size:1.05rem;margin:1.75rem 0 .6rem}
h3{font-size:1rem;margin:0;display:flex;flex-wrap:wrap;gap:.2rem .5rem;align-items:baseline}
.state{padding:.15rem .7rem;border-radius:.4rem;color:var(--on);font-weight:700;letter-spacing:.03em}
.state.OK{background:var(--ok)}.state.WARNING{background:var(--warning)}
.state.CRITICAL{background:var(--critical)}.state.UNKNOWN{background:var(--unknown)}
.age{color:var(--dim);flex:1 1 20rem;margin:0}
a{color:inherit}
.age b{color:var(--ink);font-weight:600}
.first,.card,.finding{border:1px solid var(--edge);border-left-width:.35rem;border-radius:.5rem;background:var(--box);
padding:.65rem .85rem;margin:0 0 .6rem}
.first p,.finding p,.card p{margin:0}
.first .what{font-weight:650;font-size:1.08rem}
.OK{--now:var(--ok);--back:var(--ok-box)}.WARNING{--now:var(--warning);--back:var(--warning-box)}
.CRITICAL{--now:var(--critical);--back:var(--critical-box)}.UNKNOWN{--now:var(--unknown);--back:var(--unknown-box)}
.first,.finding,.card{border-left-color:var(--now)}
.first{background:var(--back)}
.word{color:var(--now);font-weight:650}
.why{color:var(--dim);font-size:.85rem}
.step{margin-top:.45rem!important}
code{display:block;margin-top:.3rem;padding:.4rem .6rem;border-radius:.35rem;background:var(--paper);
border:1px solid var(--edge);font:.88rem/1.4 ui-monospace,monospace;white-space:pre-wrap;user-select:all}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr));gap:.7rem}
.card{margin:0}
.card ul{list-style:none;margin:.45rem 0 0;padding:0}
.card li{padding:.06rem 0}
.tag{font-size:.78rem;color:var(--dim);border:1px solid var(--edge);border-radius:.3rem;padding:0 .3rem}
.dim{color:var(--dim)}
.map{display:block;width:100%;max-width:var(--wide);height:auto;margin:0 auto}
.narrow{--wide:30rem}.wide{--wide:44rem}
svg text{font-family:system-ui,sans-serif;fill:var(--ink)}
.side{fill:var(--box);stroke:var(--now);stroke-width:1.5}
.away{fill:none;stroke:var(--edge);stroke-width:1.5;stroke-dasharray:5 4}
.node{fill:var(--back);stroke:var(--now);stroke-width:1.8}
.mute{stroke-dasharray:4 3}
.name{font-size:13px;font-weight:650;text-anchor:middle}
.sub{font-size:10.5px;text-anchor:middle}
.small .name{font-size:11px}.small .sub{font-size:9.5px}
svg .sub{fill:var(--dim)}svg .bad{fill:var(--now);font-weight:650}
.title{font-size:12px;font-weight:600}
.up{stroke:var(--ok);stroke-width:2}.many .up{stroke-width:1;opacity:.35}
.down{stroke:var(--critical);stroke-width:2.2;stroke-dasharray:6 5}
.notold{stroke:var(--dim);stroke-width:1.5;stroke-dasharray:2 4}
.member{stroke:var(--dim);stroke-width:1.5}
.cross{stroke:var(--critical);stroke-width:2.6;stroke-linecap:round}
.label{font-size:11px;font-weight:600;text-anchor:middle;paint-order:stroke;stroke:var(--box);stroke-width:4px}
svg .label.CRITICAL{fill:var(--critical)}
svg .gap{stroke:var(--paper);text-anchor:start}
.runs{font-size:11px}
.key{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;justify-content:center;color:var(--dim);font-size:.85rem;
margin:.4rem 0 0;padding:0;list-style:none}
.key svg{width:2.2rem;height:.9rem;vertical-align:-.15rem;margin-right:.35rem}
details{margin-top:1.5rem}summary{cursor:pointer;color:var(--dim)}
footer{margin-top:2rem;color:var(--dim);font-size:.85rem}
@media(max-width:30rem){body{padding:0 .7rem 1.5rem}h1{font-size:1.2rem}}
@media print{.card,.finding,.first{break-inside:avoid}}
"""
