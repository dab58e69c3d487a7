
"use strict";
const TEXTS = JSON.parse(document.getElementById("texts").textContent);
const HIDDEN = /^(\.|~\$)|~$|^#.*#$|^(Thumbs\.db|desktop\.ini|__pycache__)$/;
let language = TEXTS[(navigator.language || "").slice(0, 2)] ? navigator.language.slice(0, 2) : Object.keys(TEXTS)[0];
let shown = null;

// SHA-256 (FIPS 180-4), for browsers that give pages from a file or without TLS no crypto.subtle.
function sha256(bytes) {
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every(p => n % p)) primes.push(n);
  const fraction = root => (root - Math.floor(root)) * 2 ** 32 | 0;
  const K = primes.map(p => fraction(Math.cbrt(p)));
  const H = primes.slice(0, 8).map(p => fraction(Math.sqrt(p)));
  const turn = (x, n) => x >>> n | x << 32 - n;
  const blocks = bytes.length + 72 >> 6;
  const last = new Uint8Array(128);
  const whole = bytes.length >> 6;
  last.set(bytes.subarray(whole << 6));
  last[bytes.length & 63] = 128;
  const end = blocks - whole << 6;
  const tail = new DataView(last.buffer);
  tail.setUint32(end - 8, Math.floor(bytes.length / 2 ** 29));
  tail.setUint32(end - 4, bytes.length << 3);
  const w = new Int32Array(64);
  for (let block = 0; block < blocks; block++) {
    const view = block < whole ? new DataView(bytes.buffer, bytes.byteOffset + (block << 6), 64) : new DataView(last.buffer, block - whole << 6, 64);
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(i << 2);
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ x >>> 3) + (turn(y, 17) ^ turn(y, 19) ^ y >>> 10);
    }
    let [a, b, c, d, e, f, g, h] = H;
    for (let i = 0; i < 64; i++) {
      const s = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + K[i] + w[i] | 0;
      const t = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, d + s | 0, c, b, a, s + t | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((x, i) => { H[i] = H[i] + x | 0; });
  }
  return H.map(x => (x >>> 0).toString(16).padStart(8, "0")).join("");
}

async function digest(file) {
  const content = await file.arrayBuffer();
  if (!globalThis.crypto?.subtle) return sha256(new Uint8Array(content));
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
}

// Compares files, a Map from path to File, with the manifest.json nearest to the top.
async function compare(files, tell = () => {}) {
  const manifests = [...files.keys()].filter(path => path.split("/").pop() === "manifest.json");
  manifests.sort((a, b) => a.split("/").length - b.split("/").length);
  if (!manifests.length) return {problem: "no_manifest"};
  const root = manifests[0].slice(0, -"manifest.json".length);
  let listed;
  try {
    listed = new Map(Object.entries(JSON.parse(await files.get(manifests[0]).text()).files));
  } catch { return {problem: "bad_manifest"}; }
  const own = await digest(files.get(manifests[0]));
  const found = {changed: [], missing: [], unknown: [], number: listed.size, own};
  let done = 0;
  for (const [name, expected] of listed) {
    const file = files.get(root + name);
    if (!file) found.missing.push(name);
    else if (await digest(file) !== expected) found.changed.push(name);
    tell(++done, listed.size);
  }
  for (const path of files.keys()) {
    const name = path.slice(root.length);
    const visible = path.startsWith(root) && !name.split("/").some(part => HIDDEN.test(part));
    if (visible && !listed.has(name) && !["manifest.json", "README.md"].includes(name)) found.unknown.push(name);
  }
  return found;
}

function say(key, values = {}) {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

function show() {
  document.documentElement.lang = language;
  document.title = say("title");
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = say(one.dataset.text);
  for (const button of document.querySelectorAll("nav button")) button.setAttribute("aria-pressed", button.lang === language);
  const result = document.getElementById("result");
  result.replaceChildren();
  if (!shown) return;
  if (shown.problem) { result.append(element("p", say(shown.problem), "verdict bad")); return; }
  if (shown.all) { result.append(element("p", say("working", shown))); return; }
  const kinds = ["changed", "missing", "unknown"].filter(kind => shown[kind].length);
  const wrong = kinds.reduce((sum, kind) => sum + shown[kind].length, 0);
  result.append(element("p", say(wrong ? "bad" : "good", {n: wrong || shown.number}), wrong ? "verdict bad" : "verdict good"));
  for (const kind of kinds) {
    const list = document.createElement("ul");
    for (const name of shown[kind].sort()) {
      const item = document.createElement("li");
      item.append(element("code", name));
      list.append(item);
    }
    result.append(element("h2", say(kind, {n: shown[kind].length})), list);
  }
  result.append(element("p", say("own"), "quiet"), element("code", shown.own));
}

async function check(files) {
  try {
    shown = await compare(files, (done, all) => { if (done % 20 === 1) { shown = {done, all}; show(); } });
  } catch { shown = {problem: "unreadable"}; }
  show();
}

// Chromium refuses the entries of a folder that is dropped on a page from a disk, but gives handles.
async function walkHandle(handle, path, files) {
  if (handle.kind === "file") files.set(path, await handle.getFile());
  else for await (const one of handle.values()) await walkHandle(one, `${path}/${one.name}`, files);
}

async function walkEntry(entry, files) {
  if (entry.isFile) {
    files.set(entry.fullPath.slice(1), await new Promise((yes, no) => entry.file(yes, no)));
    return;
  }
  const reader = entry.createReader();
  for (;;) {  // a call gives at most a hundred
    const some = await new Promise((yes, no) => reader.readEntries(yes, no));
    if (!some.length) return;
    for (const one of some) await walkEntry(one, files);
  }
}

async function dropped(items) {
  const files = new Map();
  // Both must be asked for before the first pause: then the items are gone.
  const entries = items.map(item => item.webkitGetAsEntry());
  const handles = items.map(item => item.getAsFileSystemHandle?.());
  for (let i = 0; i < items.length; i++) {
    const handle = await handles[i];
    if (handle) await walkHandle(handle, handle.name, files);
    else if (entries[i]) await walkEntry(entries[i], files);
  }
  return files;
}

for (const code of Object.keys(TEXTS)) {
  const button = element("button", TEXTS[code].language);
  button.type = "button";
  button.lang = code;
  button.addEventListener("click", () => { language = code; show(); });
  document.getElementById("languages").append(button);
}
const drop = document.getElementById("drop");
document.addEventListener("dragover", event => { event.preventDefault(); drop.classList.add("over"); });
document.addEventListener("dragleave", () => drop.classList.remove("over"));
document.addEventListener("drop", async event => {
  event.preventDefault();
  drop.classList.remove("over");
  let files;
  try {
    files = await dropped([...event.dataTransfer.items].filter(item => item.kind === "file"));
  } catch { shown = {problem: "unreadable"}; show(); return; }
  await check(files);
});
document.getElementById("folder").addEventListener("change", event => {
  check(new Map([...event.target.files].map(file => [file.webkitRelativePath || file.name, file])));
});
show();
