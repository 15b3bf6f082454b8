/** The style sheet of these pages: dark ink on white, for a phone, a screen and a printer. */
export const pageStyle = `
@page { margin: 14mm; }
* { box-sizing: border-box; }
html { font: 16px/1.45 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #14110f; background: #fff; }
body { max-width: 68rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
h1 { font-size: 1.8rem; line-height: 1.15; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 2.2rem 0 .2rem; padding-top: .6rem; border-top: 3px solid #14110f; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.3rem 0 .3rem; }
p { margin: .25rem 0; }
a { color: #14110f; }
a:focus-visible { outline: 3px solid #8a3b12; outline-offset: 2px; }
.quiet { color: #4a443f; font-size: .88rem; }
.days { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 2.2rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); margin: .4rem 0 0; border: 1px solid #b9b1a8; }
.facts div { padding: .5rem .7rem; }
.facts dt { font-size: .8rem; color: #4a443f; }
.facts dd { margin: 0; font-size: 1.2rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #4a443f; font-size: .88rem; padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #d8d1c9; overflow-wrap: anywhere; }
thead th { font-size: .8rem; border-bottom: 1px solid #14110f; overflow-wrap: normal; }
tbody th { font-weight: 400; }
th.number, td.number { text-align: right; white-space: nowrap; padding-left: .6rem; padding-right: 0; }
figure { margin: .4rem 0 0; }
figcaption { color: #4a443f; font-size: .88rem; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font: 13px system-ui, "Segoe UI", Arial, sans-serif; fill: #14110f; }
svg .grid { stroke: #d8d1c9; }
svg .axis { stroke: #14110f; }
svg .bar { fill: #c9a27e; stroke: #6b4423; }
svg .line { fill: none; stroke: #14110f; stroke-width: 2.5; }
svg .dot { fill: #14110f; }
@media (max-width: 40rem) { svg text { font-size: 22px; } }
footer { margin-top: 2.5rem; padding-top: .6rem; border-top: 1px solid #b9b1a8; }
@media print {
  html { font-size: 10pt; }
  body { max-width: none; padding: 0; }
  .days { grid-template-columns: 1fr 1fr; }
  h2, h3 { break-after: avoid; }
  thead { display: table-header-group; }
  tr, figure, .facts { break-inside: avoid; }
}
`;
