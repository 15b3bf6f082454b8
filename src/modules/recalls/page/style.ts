/** The page's own style sheet: dark ink on white, for A4 and Letter. */
export const pageStyle = `
@page { margin: 16mm 14mm 18mm; }
* { box-sizing: border-box; }
html { font: 15px/1.45 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #14110f; background: #fff; }
body { max-width: 62rem; margin: 0 auto; padding: 2rem 1.5rem 3rem; }
h1 { font-size: 1.9rem; line-height: 1.15; margin: 0 0 .25rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2.2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 2px solid #14110f; }
p { margin: .25rem 0; }
.kicker { text-transform: uppercase; letter-spacing: .08em; font-size: .78rem; font-weight: 600; margin: 0 0 .4rem; }
.id, .quiet { color: #4a443f; font-size: .85rem; }
.id { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); margin: 1.4rem 0 0; border: 2px solid #14110f; }
.facts div { padding: .7rem .9rem; border-right: 1px solid #b9b1a8; }
.facts div:last-child { border-right: 0; }
.facts dt { font-size: .78rem; color: #4a443f; }
.facts dd { margin: 0; font-size: 1.35rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.facts .bad { background: #14110f; color: #fff; }
.facts .bad dt { color: #fff; }
table { width: 100%; border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #4a443f; font-size: .85rem; padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid #d8d1c9; overflow-wrap: anywhere; }
th { font-size: .76rem; font-weight: 650; border-bottom: 1px solid #14110f; overflow-wrap: normal; }
th.number, td.number { text-align: right; white-space: nowrap; overflow-wrap: normal; padding-left: .6rem; }
td.no { white-space: nowrap; font-weight: 600; }
th:last-child, td:last-child { padding-right: 0; }
tfoot td { border-top: 1px solid #14110f; border-bottom: 0; font-weight: 650; }
footer { margin-top: 2.5rem; padding-top: .6rem; border-top: 1px solid #b9b1a8; }
@media print {
  html { font-size: 10.5pt; }
  body { max-width: none; padding: 0; }
  h2 { break-after: avoid; }
  thead { display: table-header-group; }
  tr, .facts { break-inside: avoid; }
  .facts .bad { background: none; color: #14110f; outline: 3px solid #14110f; outline-offset: -3px; }
  .facts .bad dt { color: #14110f; }
}
`;
