/** The style sheet of the pages: dark ink on warm paper, light or dark as the reader likes it. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #231a12; --soft: #6a5a4b; --paper: #fbf6ee; --card: #fff; --line: #d9cbb8; --crust: #8a4b14; --on-crust: #fff; --bad: #a11d1d; --bad-paper: #fdeceb; }
@media (prefers-color-scheme: dark) { :root { --ink: #f3e9dc; --soft: #bfae9b; --paper: #1a1410; --card: #251d17; --line: #4a3c30; --crust: #e0a061; --on-crust: #1a1410; --bad: #ff9d94; --bad-paper: #3a1d1a; } }
* { box-sizing: border-box; }
html { font: 17px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: var(--ink); background: var(--paper); }
body { margin: 0; min-height: 100vh; display: grid; place-items: start center; padding: min(9vh, 5vw, 6rem) 1rem 2rem; }
main { width: 100%; max-width: 25rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.9rem 1.8rem 2rem; }
.brand { margin: 0 0 .2rem; font-size: .82rem; font-weight: 650; letter-spacing: .09em; text-transform: uppercase; color: var(--crust); }
h1 { margin: 0 0 1rem; font-size: 1.6rem; line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; }
.quiet, .hint { color: var(--soft); font-size: .9rem; }
label { display: block; margin: 1rem 0 .3rem; font-weight: 600; }
input { width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 8px; padding: .6rem .75rem; }
input[aria-invalid] { border-color: var(--bad); border-width: 2px; }
.hint { margin: .45rem 0 0; }
.wrong { margin: .45rem 0 0; color: var(--bad); font-size: .92rem; }
.alert { margin: 0 0 1rem; padding: .7rem .85rem; border-left: 4px solid var(--bad); border-radius: 6px; color: var(--bad); background: var(--bad-paper); }
button, .button { display: block; width: 100%; margin-top: 1.5rem; padding: .7rem 1rem; border: 1px solid var(--crust); border-radius: 8px; font: inherit; font-weight: 650; text-align: center; text-decoration: none; color: var(--on-crust); background: var(--crust); cursor: pointer; }
.second { margin-top: .8rem; color: var(--crust); background: transparent; }
a { color: var(--crust); }
:focus-visible { outline: 3px solid var(--crust); outline-offset: 2px; }
ul { margin: 0 0 1rem; padding: 0; list-style: none; border-top: 1px solid var(--line); }
li { padding: .5rem 0; border-bottom: 1px solid var(--line); }
li strong { text-transform: capitalize; }
`;
