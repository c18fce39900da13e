/** Under which the choice of light or dark is kept in the browser. */
export const themeStorageKey = "stanscope-theme";

/** Runs before the first paint: the stored choice, else the system's, as `data-theme` on the root. */
export const themeScript = `(()=>{const d=document.documentElement,m=matchMedia("(prefers-color-scheme: dark)");let s=null;try{s=localStorage.getItem("${themeStorageKey}")}catch{}const set=()=>{d.dataset.theme=s??(m.matches?"dark":"light")};set();m.addEventListener("change",()=>{if(!d.dataset.chosen&&!s)set()})})()`;
