"use strict";
/* The script of a report. It draws what somebody opens, and no more.

   Texts of others get into the page by textContent alone, and messages into frames that run nothing and fetch nothing.
   The functions above the line "In the browser" take values and return values. */

const SIGNS = { create: "+", update: "~", replace: "±", delete: "-", revert: "↺", assert: "!" };

/* What messages and tokens are filled with until the reader types something else. */
const SAMPLE = {
  user: {
    id: "user_2xAmPLe0fAuSer",
    first_name: "Ada",
    last_name: "Example",
    full_name: "Ada Example",
    username: "ada",
    primary_email_address: "ada@acme.example",
    primary_phone_number: "+15555550100",
    primary_web3_wallet: null,
    image_url: "https://img.acme.example/ada.png",
    has_image: true,
    external_id: "4711",
    email_verified: true,
    phone_number_verified: true,
    two_factor_enabled: false,
    created_at: 1767225600,
    updated_at: 1767225600,
    last_sign_in_at: 1767225600,
    public_metadata: { team: "anvils", role: "editor" },
    unsafe_metadata: { theme: "dark" },
  },
  org: {
    id: "org_2xAmPLe0fAnOrg",
    name: "Acme Research",
    slug: "acme-research",
    role: "org:member",
    image_url: "https://img.acme.example/research.png",
    logo_image_url: "https://img.acme.example/research.png",
    has_image: true,
    public_metadata: { plan: "team" },
  },
  message: {
    app: { name: "Acme", domain_name: "acme.example", url: "https://app.acme.example", logo_image_url: "https://img.acme.example/logo.png" },
    otp_code: "424242",
    magic_link: "https://accounts.acme.example/verify?token=sample",
    action_url: "https://accounts.acme.example/accept?ticket=sample",
    ttl_minutes: 10,
    requested_from: "Firefox on Linux, Zurich",
    requested_at: "1 January 2026, 00:00 UTC",
    primary_email_address: "ada@acme.example",
    inviter: { name: "Grace Example" },
    invitation: { expires_in_days: 30, public_metadata: {} },
    current_year: 2026,
    clerk_url: "https://clerk.example",
    dashboard_url: "https://dashboard.acme.example",
    secured_by_clerk_logo_url: "https://img.acme.example/secured.png",
  },
};
const ISSUED_AT = 1767225600; // 2026-01-01, so that the same plan makes the same token

/* --- Texts --- */

/* Characters that nobody would see, or that move others about, become parts of their own: {control: "U+202E"}.
   Joiners may stand between letters and pictures that are made for them. */
function visible(text) {
  const joiners = /(?<![^\x00-\xff])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\xff])/u.source;
  const pictures = /(?<![#*0-9\u00a9\u00ae\u0100-\u{10ffff}])[\ufe00-\ufe0f]/u.source;
  const others = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e01ef}]/u.source;
  const parts = text.split(new RegExp(`(${others}|${joiners}|${pictures})`, "u"));
  const control = (sign) => ({ control: "U+" + sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") });
  return parts.map((part, index) => (index % 2 ? control(part) : part)).filter((part) => part !== "");
}

/* A line as parts: plain text, {mark: text} for what differs, {cut: number} for characters in the middle of a part that is
   very long. `marks` tells from where to where it differs, in characters: [from, to, from, to, …]. */
function lineParts(line, marks, most = 1000, kept = 120) {
  if (!marks.length && line.length <= most) return [line];
  const characters = Array.from(line);
  const parts = [];
  [...marks, characters.length].reduce((start, end, index) => {
    const text = (from, to) => {
      const some = characters.slice(from, to).join("");
      return index % 2 ? { mark: some } : some;
    };
    if (end - start > most) parts.push(text(start, start + kept), { cut: end - start - 2 * kept }, text(end - kept, end));
    else if (end > start) parts.push(text(start, end));
    return end;
  }, 0);
  return parts;
}

/* Which lines of two short texts the other lacks: two sets of line numbers from 0. Long texts are not compared. */
function differingLines(before, after) {
  const [rows, columns] = [before.length, after.length];
  if (rows * columns > 1_000_000) return [new Set(), new Set()];
  const common = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      common[row][column] =
        before[row] === after[column]
          ? common[row + 1][column + 1] + 1
          : Math.max(common[row + 1][column], common[row][column + 1]);
    }
  }
  const [gone, added] = [new Set(before.keys()), new Set(after.keys())];
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    if (before[row] === after[column]) {
      gone.delete(row++);
      added.delete(column++);
    } else if (common[row + 1][column] >= common[row][column + 1]) row++;
    else column++;
  }
  return [gone, added];
}

/* A text by its place. Some are kept as [place of another, …edits], an edit as [lines before it, lines that go, …that come]. */
function textAt(texts, place) {
  const kept = texts[place];
  if (!Array.isArray(kept)) return kept;
  const [base, ...edits] = kept;
  const lines = textAt(texts, base).split("\n");
  for (const [start, gone, ...come] of edits.reverse()) lines.splice(start, gone, ...come);
  return (texts[place] = lines.join("\n"));
}

/* --- Samples --- */

/* The value at a dotted path; undefined where there is none. */
function lookUp(root, path) {
  let value = root;
  for (const name of path.split(".")) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/* Claims as they stand in a token: shortcodes filled in. What the sample does not have is null, and is added to `missing`. */
function fillClaims(claims, sample, missing) {
  if (Array.isArray(claims)) return claims.map((one) => fillClaims(one, sample, missing));
  if (claims !== null && typeof claims === "object") {
    return Object.fromEntries(Object.entries(claims).map(([name, one]) => [name, fillClaims(one, sample, missing)]));
  }
  if (typeof claims !== "string") return claims;
  const whole = /^\{\{([^{}]*)\}\}$/.exec(claims);
  if (whole) return shortcode(whole[1], sample, missing);
  return claims.replace(/\{\{([^{}]*)\}\}/g, (_, code) => {
    const value = shortcode(code, sample, missing);
    return typeof value === "string" ? value : JSON.stringify(value);
  });
}

/* The value of `a || b || 'text'`: the first that is neither null nor false, else the last. */
function shortcode(code, sample, missing) {
  const choices = code.match(/'[^']*'|[^|\s][^|']*/g) || [""];
  let value = null;
  for (const choice of choices.map((one) => one.trim())) {
    value = operand(choice, sample, missing);
    if (value !== null && value !== false) break;
  }
  return value;
}

function operand(word, sample, missing) {
  if (/^'.*'$/s.test(word)) return word.slice(1, -1);
  if (/^(true|false|-?\d+(\.\d+)?)$/.test(word)) return JSON.parse(word);
  const value = lookUp(sample, word);
  if (value === undefined) missing.add(word);
  return value ?? null;
}

/* A token as an application gets it, with what the service sets by itself. */
function token(template, sample, missing) {
  const lifetime = template.lifetime ?? 60;
  return {
    iss: "https://clerk.acme.example",
    sub: sample.user?.id ?? null,
    iat: ISSUED_AT,
    exp: ISSUED_AT + lifetime,
    ...fillClaims(template.claims ?? {}, sample, missing),
  };
}

/* The same with the members of objects by name, whose order says nothing. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

/* A message with its variables filled in, as far as Handlebars is used in templates: values, partials, if, unless, each. */
function fillMessage(text, sample, missing, escape = escaped) {
  const tags = /\{\{!--[\s\S]*?--\}\}|\{\{\{([^{}]*)\}\}\}|\{\{([^{}]*)\}\}/g;
  const root = { ...sample.message, user: sample.user, org: sample.org };
  const blocks = [];
  const find = (path) => {
    const value = lookUp(root, path.replace(/^this\./, ""));
    if (value === undefined && path && !/^[@'"\d]/.test(path)) missing.add(path);
    return value;
  };
  const isOn = (value) => Boolean(value) && !(Array.isArray(value) && value.length === 0);
  const written = (name, wrap) => {
    const value = find(name);
    if (value === undefined) return wrap(`‹${name}›`);
    return value === null || value === false ? "" : wrap(typeof value === "object" ? JSON.stringify(value) : String(value));
  };
  const step = (tag) => {
    const [word, ...rest] = tag.split(/\s+/);
    if (word.startsWith("#")) blocks.push({ on: word === "#unless" ? !isOn(find(rest[0] ?? "")) : isOn(find(rest[0] ?? "")) });
    else if (word.startsWith("/")) blocks.pop();
    else if ((word === "else" || word === "^") && blocks.length) blocks.at(-1).on = !blocks.at(-1).on;
    else return false;
    return true;
  };
  const shown = () => blocks.every((block) => block.on);
  let out = "";
  let place = 0;
  for (const found of text.matchAll(tags)) {
    if (shown()) out += text.slice(place, found.index);
    place = found.index + found[0].length;
    const raw = found[1] !== undefined;
    const tag = (found[1] ?? found[2] ?? "!").replace(/^~|~$/g, "").trim();
    if (tag.startsWith("!") || step(tag) || !shown()) continue;
    if (tag.startsWith(">")) out += partial(tag.slice(1).trim(), root, escape);
    else out += written(tag.replace(/^&\s*/, ""), raw || tag.startsWith("&") ? (value) => value : escape);
  }
  return shown() ? out + text.slice(place) : out;
}

/* Stand-ins for the service's own snippets. */
function partial(name, root, escape) {
  const stands = {
    app_logo: `<strong style="font-size:20px">${escape(root.app?.name ?? "")}</strong>`,
    org_logo: `<strong style="font-size:20px">${escape(root.org?.name ?? "")}</strong>`,
    copyright: `© ${escape(String(root.current_year ?? ""))} ${escape(root.app?.name ?? "")}`,
  };
  return Object.hasOwn(stands, name) ? stands[name] : escape(`‹${name}›`);
}

function escaped(text) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (sign) => names[sign]);
}

/* --- In the browser --- */

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
const GREY =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'%3E%3Crect width='4' height='3' fill='%23888' fill-opacity='.25'/%3E%3C/svg%3E";
const state = { layout: "inline", query: "", actions: new Set(), kinds: new Set(), sample: SAMPLE };
let content;

/* An element with attributes, listeners (functions) and children. */
function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function textNodes(text) {
  return visible(text).map((part) => (typeof part === "string" ? part : make("span", { class: "control" }, part.control)));
}

function number(count, one = "", many = one + "s") {
  return count.toLocaleString("en") + (one && ` ${count === 1 ? one : many}`);
}

/* Radio buttons that look like one control with several positions. */
let controls = 0;
function segmented(legend, options, chosen, choose) {
  const name = `control-${controls++}`;
  const choices = Object.entries(options).map(([value, label]) =>
    make(
      "label",
      {},
      make("input", { type: "radio", name, value, checked: value === chosen, change: () => choose(value) }),
      make("span", {}, label),
    ),
  );
  return make("fieldset", { class: "segmented" }, make("legend", {}, legend), ...choices);
}

/* Items a piece at a time, with a button for more. */
function inPieces(box, items, size, draw, noun) {
  const more = make("button", { type: "button", class: "more", click: () => add() });
  let shown = 0;
  const add = () => {
    const focused = document.activeElement === more;
    const first = shown;
    box.append(...items.slice(shown, shown + size).map(draw));
    shown = Math.min(shown + size, items.length);
    size *= 2;
    more.textContent = `Show ${number(Math.min(size, items.length - shown))} more of ${number(items.length - shown, noun)}`;
    more.hidden = shown >= items.length;
    if (focused && more.hidden) focusOn(box.children[first]);
  };
  add();
  return more;
}

function focusOn(node) {
  node.tabIndex = -1;
  node.focus();
}

/* --- Differences --- */

function lineNodes(line, marks, tag) {
  return lineParts(line, marks).flatMap((part) => {
    if (typeof part === "string") return textNodes(part);
    if (part.cut) return [make("span", { class: "cut" }, `… ${number(part.cut, "character")} …`)];
    return [make(tag, {}, ...textNodes(part.mark))];
  });
}

/* Rows of a field: lines as [before, after, from, to, …], and {from, to} for lines alike that are not shown. */
function fieldRows(field) {
  const [old, new_] = [field.old, field.new].map((place) => (place === null ? [] : textAt(content.texts, place).split("\n")));
  if (field.old === null) return { old, new_, rows: new_.map((_, line) => [0, line + 1]) };
  if (field.new === null) return { old, new_, rows: old.map((_, line) => [line + 1, 0]) };
  const rows = [];
  let [before, after] = [0, 0];
  for (const hunk of field.hunks) {
    if (hunk.skipped) rows.push(...between(before, after, hunk.skipped));
    rows.push(...hunk.lines);
    before = Math.max(before + hunk.skipped, ...hunk.lines.map((line) => line[0]));
    after = Math.max(after + hunk.skipped, ...hunk.lines.map((line) => line[1]));
  }
  if (field.hunks.length && before < old.length) rows.push(...between(before, after, old.length - before));
  return { old, new_, rows };
}

/* Lines alike that stand between others: as few as a button would take the place of are shown. */
function between(before, after, count) {
  if (count > 3) return [{ before, after, count }];
  return Array.from({ length: count }, (_, index) => [before + index + 1, after + index + 1]);
}

function difference(field) {
  const { old, new_, rows } = fieldRows(field);
  const box = make("div", { class: "difference" });
  const draw = () => {
    const side = state.layout === "side" && field.old !== null && field.new !== null;
    const columns = (side ? ["at", "", "at", ""] : ["at", "at", "sign", ""]).map((name) => make("col", { class: name }));
    const table = make("table", { class: side ? "side" : "inline" }, make("caption", { class: "unseen" }, `Lines of ${field.path}`), make("colgroup", {}, ...columns));
    const lines = side ? sideBySide(rows) : rows;
    const body = make("tbody");
    const drawRow = (row) => (row.count ? gap(row, drawRow, side) : side ? sideRow(row, old, new_) : inlineRow(row, old, new_));
    const more = inPieces(body, lines, field.old === null || field.new === null ? 40 : 400, drawRow, "line");
    table.append(body);
    box.replaceChildren(table, more);
  };
  if (!rows.length) return make("p", { class: "note" }, "The texts differ in line ends or outer white space only.");
  draw();
  document.addEventListener("layout", draw);
  return box;
}

function inlineRow([before, after, ...marks], old, new_) {
  const kind = before && after ? "same" : before ? "gone" : "new";
  const line = before ? old[before - 1] : new_[after - 1];
  return make(
    "tr",
    { class: kind },
    make("td", { class: "at" }, before ? String(before) : ""),
    make("td", { class: "at" }, after ? String(after) : ""),
    make("td", { class: "sign" }, { same: "", gone: "-", new: "+" }[kind]),
    make("td", { class: "line" }, ...lineNodes(line, marks, before ? "del" : "ins")),
  );
}

/* Lines gone beside those that came in their place. */
function sideBySide(rows) {
  const pairs = [];
  for (let place = 0; place < rows.length; ) {
    const row = rows[place];
    if (row.count || (row[0] && row[1])) {
      pairs.push(row.count ? row : [row, row]);
      place++;
      continue;
    }
    const [gone, added] = [[], []];
    while (place < rows.length && !rows[place].count && !(rows[place][0] && rows[place][1])) {
      (rows[place][0] ? gone : added).push(rows[place++]);
    }
    for (let index = 0; index < Math.max(gone.length, added.length); index++) pairs.push([gone[index], added[index]]);
  }
  return pairs;
}

function sideRow([left, right], old, new_) {
  const same = left === right;
  const cells = (row, lines, place, kind, sign, tag) =>
    row
      ? [
          make("td", { class: "at" }, String(row[place])),
          make("td", { class: `line ${same ? "" : kind}` }, make("span", { class: "sign" }, same ? " " : sign), ...lineNodes(lines[row[place] - 1], row.slice(2), tag)),
        ]
      : [make("td", { class: "at" }), make("td", { class: "line none" })];
  return make("tr", {}, ...cells(left, old, 0, "gone", "-", "del"), ...cells(right, new_, 1, "new", "+", "ins"));
}

/* Lines that are alike on both sides, in one row until somebody wants to see them. */
function gap({ before, after, count }, drawRow, side) {
  const open = () => {
    const rows = Array.from({ length: count }, (_, index) => [before + index + 1, after + index + 1]);
    const drawn = rows.slice(0, 2000).map((line) => drawRow(side ? [line, line] : line));
    row.replaceWith(...drawn);
    focusOn(drawn[0]);
  };
  const row = make(
    "tr",
    { class: "gap" },
    make("td", { colspan: "4" }, make("button", { type: "button", click: open }, `Show ${number(count, "line")} that ${count === 1 ? "is" : "are"} alike`)),
  );
  return row;
}

/* --- One change --- */

function sideNodes(side) {
  if (side === null) return [make("i", {}, "nothing")];
  if (side.unread) return [make("i", {}, "cannot be read")];
  if (side.secret !== undefined) return [make("i", {}, "secret from "), make("code", {}, ...textNodes(side.secret))];
  if (side.ref !== undefined) return [make("i", {}, "id of "), make("code", {}, ...textNodes(side.ref))];
  return [make("code", {}, ...lineNodes(side.value, [], "span"))];
}

function fieldNode(field) {
  const name = make("h4", {}, ...textNodes(field.path));
  const alike = (element) => (field.alike ? make(element, { class: "note" }, ` (${field.alike})`) : null);
  if (field.hunks) {
    const note = field.unread ? make("p", { class: "note" }, "Cannot be read back, will be sent.") : null;
    return make("div", { class: "field long" }, name, note, alike("p"), difference(field));
  }
  const { before, after } = field;
  const values = make("p", { class: "values" });
  if (before === null) values.append(make("ins", {}, ...sideNodes(after)));
  else if (before.unread) values.append(make("ins", {}, ...sideNodes(after)), make("span", { class: "note" }, " cannot be read back, will be sent"));
  else values.append(make("del", {}, ...sideNodes(before)), make("span", { class: "arrow" }, " → "), make("ins", {}, ...sideNodes(after)));
  values.append(alike("span") ?? "");
  return make("div", { class: "field" }, name, values);
}

function fieldsView(change) {
  if (change.action === "revert") return make("p", { class: "note" }, "Back to the service's own text, which no call shows in advance.");
  return make("div", { class: "fields" }, ...change.fields.map(fieldNode));
}

/* The whole of something before and after, drawn anew when the sample changes. */
function sides(change, draw) {
  const box = make("div", { class: "sides" });
  const update = () => {
    const { before, after } = change.preview;
    const titles = [after ? "Before" : "Now", before ? "After" : "New"];
    const drawn = draw(before, after);
    const figures = drawn.map((nodes, index) => nodes && make("figure", {}, make("figcaption", {}, make("b", {}, titles[index])), ...nodes));
    box.replaceChildren(...figures.filter(Boolean));
  };
  update();
  document.addEventListener("sample", update);
  return { box, update };
}

function missingNote(missing) {
  if (!missing.size) return null;
  return make("p", { class: "note" }, "Not in the sample: ", ...[...missing].flatMap((name, index) => [index ? ", " : "", make("code", {}, ...textNodes(name))]));
}

/* A template's text, parsed where nothing runs and nothing is loaded. */
function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

/* Style rules as a reader with light or dark colours gets them, whatever the colours of this page are. */
function inScheme(rules, scheme) {
  return rules
    .replace(/\(\s*prefers-color-scheme\s*:\s*(\w+)\s*\)/gi, (_, wanted) => (wanted.toLowerCase() === scheme ? "(min-width: 0)" : "(max-width: 0)"))
    .replace(/(color-scheme\s*:\s*)(?:light\s+dark|dark\s+light)(?![\w-])/gi, `$1${scheme}`);
}

/* What a frame shows: the message without what could load, run or lead away. The frame and its policy forbid all of it anyway. */
function frameDocument(html, scheme) {
  const page = parsed(html);
  for (const style of page.querySelectorAll("style")) {
    style.textContent = inScheme(style.textContent, scheme);
    if (style.media) style.media = inScheme(style.media, scheme);
  }
  for (const told of page.querySelectorAll("meta[name=color-scheme i]")) {
    if (/dark/i.test(told.content) && /light/i.test(told.content)) told.content = scheme;
  }
  const banned = "script,link,base,meta[http-equiv],iframe,frame,frameset,object,embed,applet,portal,noscript,audio,video,source,track";
  for (const node of page.querySelectorAll(banned)) node.remove();
  for (const node of page.querySelectorAll("*")) {
    for (const { name } of [...node.attributes]) if (/^(on|ping$|srcset$|action$|formaction$|autofocus$)/i.test(name)) node.removeAttribute(name);
  }
  for (const link of page.querySelectorAll("a[href], area[href]")) {
    link.title = link.getAttribute("href");
    link.removeAttribute("href");
  }
  for (const image of page.querySelectorAll("img[src]")) {
    if (!/^data:/i.test(image.getAttribute("src"))) image.setAttribute("src", GREY);
  }
  const told = { "Content-Security-Policy": POLICY, "x-dns-prefetch-control": "off" };
  const first = Object.entries(told).map(([name, value]) => make("meta", { "http-equiv": name, content: value }));
  const links = make("style", {}, ":where(a[title]) { color: -webkit-link; text-decoration: underline; cursor: pointer }");
  page.head?.prepend(make("meta", { charset: "utf-8" }), ...first, links);
  return (page.doctype ? "<!doctype html>" : "") + page.documentElement.outerHTML;
}

function outside(html) {
  const found = [...parsed(html).querySelectorAll("img[src], link[href], [background]")]
    .map((node) => node.getAttribute("src") ?? node.getAttribute("href") ?? node.getAttribute("background"))
    .filter((address) => !/^(data:|#)/i.test(address));
  return [...new Set(found)];
}

function outsideNote(html) {
  const addresses = outside(html);
  if (!addresses.length) return null;
  const items = addresses.slice(0, 50).map((address) => make("li", {}, ...textNodes(address.slice(0, 300))));
  return make("details", { class: "note" }, make("summary", {}, `${number(addresses.length, "outside address", "outside addresses")} not loaded`), make("ul", {}, ...items));
}

/* One message as its reader sees it: the subject, and the body in a frame. */
function messageNodes(change, name, scheme) {
  const side = change.preview[name];
  if (side === null) return null;
  const missing = new Set();
  const html = fillMessage(textAt(content.texts, side.html) ?? "", state.sample, missing);
  const subject = fillMessage(side.subject ?? "", state.sample, missing, (value) => value);
  const told = { sandbox: "", referrerpolicy: "no-referrer", title: `${change.key}, ${name}` };
  const frame = make("iframe", { ...told, srcdoc: frameDocument(html, scheme) });
  const plain = scheme === "dark" && !/prefers-color-scheme|color-scheme/i.test(html);
  return [
    make("p", { class: "subject" }, make("span", {}, "Subject"), make("b", {}, ...textNodes(subject))),
    make("div", { class: "frame" }, frame),
    plain ? make("p", { class: "note" }, "This template has no colours for dark mode: mail programs show it as it is, or invert it.") : null,
    missingNote(missing),
    outsideNote(html),
  ].filter(Boolean);
}

function messageView(change) {
  let scheme = "light";
  const { box, update } = sides(change, () => ["before", "after"].map((name) => messageNodes(change, name, scheme)));
  const setWidth = (width) => (box.dataset.width = width);
  const setScheme = (chosen) => {
    box.dataset.scheme = scheme = chosen;
    update();
  };
  const controls = make(
    "div",
    { class: "controls" },
    segmented("Width", { desktop: "Desktop", phone: "Phone" }, "desktop", setWidth),
    segmented("Colours", { light: "Light", dark: "Dark" }, scheme, setScheme),
    sampleButton(),
  );
  return make("div", { class: "preview" }, controls, box);
}

/* What a reader without HTML sees of a message. */
function plainText(html) {
  const page = parsed(html);
  const blocks = new Set("ADDRESS ARTICLE BLOCKQUOTE DIV DL FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI OL P PRE SECTION TABLE TD TH TR UL".split(" "));
  const skipped = new Set("HEAD STYLE SCRIPT TITLE TEMPLATE NOSCRIPT".split(" "));
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/[ \t\r\n]+/g, " ");
    if (node.nodeType !== Node.ELEMENT_NODE || skipped.has(node.tagName) || node.style?.display === "none") return "";
    if (node.tagName === "BR") return "\n";
    if (node.tagName === "IMG") return node.alt ? `[${node.alt}]` : "";
    const inner = [...node.childNodes].map(walk).join("");
    const link = node.tagName === "A" ? node.getAttribute("href") : "";
    const text = link && link !== inner.trim() ? `${inner} (${link})` : inner;
    return blocks.has(node.tagName) ? `\n${node.tagName === "LI" ? "• " : ""}${text}\n` : text;
  };
  return walk(page.body ?? page.documentElement)
    .split("\n")
    .map((line) => line.trim())
    .filter((line, index, lines) => line || (index && lines[index - 1]))
    .join("\n")
    .replace(/\n{2,}/g, "\n\n")
    .trim();
}

/* Two texts beside each other, with the lines that the other lacks marked. */
function textPair(change, write) {
  return sides(change, (before, after) => {
    const missing = [new Set(), new Set()];
    const lines = [before, after].map((side, index) => (side === null ? null : write(side, missing[index]).split("\n")));
    const marks = lines.includes(null) ? [new Set(), new Set()] : differingLines(...lines);
    return lines.map((some, index) => some && [textBlock(some, marks[index], index ? "ins" : "del"), missingNote(missing[index])].filter(Boolean));
  });
}

function textBlock(lines, marks, tag) {
  const most = 2000;
  const rest = lines.length > most ? [`\n… ${number(lines.length - most, "more line", "more lines")}`] : [];
  const nodes = lines.slice(0, most).flatMap((line, index) => {
    const parts = lineNodes(line, [], "span");
    return [index ? "\n" : "", marks.has(index) ? make(tag, {}, ...(parts.length ? parts : [" "])) : make("span", {}, ...parts)];
  });
  return make("pre", { tabindex: "0" }, ...nodes, ...rest);
}

function plainView(change) {
  const write = (side, missing) => {
    const html = textAt(content.texts, side.html);
    const subject = side.subject === undefined ? "" : `Subject: ${fillMessage(side.subject ?? "", state.sample, missing, (value) => value)}\n\n`;
    if (html !== undefined) return subject + plainText(fillMessage(html, state.sample, missing));
    return subject + fillMessage(textAt(content.texts, side.text) ?? "", state.sample, missing, (value) => value);
  };
  return make("div", { class: "preview" }, make("div", { class: "controls" }, sampleButton()), textPair(change, write).box);
}

function tokenView(change) {
  const write = (side, missing) => JSON.stringify(sorted(token(side, state.sample, missing)), null, 2);
  return make("div", { class: "preview" }, make("div", { class: "controls" }, sampleButton()), textPair(change, write).box);
}

const VIEWS = {
  fields: { label: "Changes", draw: fieldsView },
  message: { label: "Rendered", draw: messageView },
  plain: { label: "Plain text", draw: plainView },
  text: { label: "Message", draw: plainView },
  token: { label: "Sample token", draw: tokenView },
};
const VIEWS_OF = { message: ["fields", "message", "plain"], text: ["fields", "text"], token: ["fields", "token"] };

function changeBody(change) {
  const names = VIEWS_OF[change.preview?.as] ?? ["fields"];
  const view = make("div", { class: "view" });
  const drawn = {};
  const show = (name) => view.replaceChildren((drawn[name] ??= VIEWS[name].draw(change)));
  show("fields");
  const labels = Object.fromEntries(names.map((name) => [name, VIEWS[name].label]));
  const notes = [
    change.id && ["Id", change.id],
    change.needs && ["After", change.needs.join(", ")],
    change.along && ["Also sent, unchanged", change.along.join(", ")],
  ].filter(Boolean);
  return [
    names.length > 1 ? segmented("View", labels, "fields", show) : null,
    view,
    notes.length ? make("dl", { class: "notes" }, ...notes.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, ...textNodes(text))))) : null,
  ].filter(Boolean);
}

function signNode(change) {
  return make("span", { class: "badge" }, make("span", { "aria-hidden": "true" }, SIGNS[change.action]), make("span", { class: "unseen" }, change.action));
}

function card(change) {
  const body = make("div", { class: "body" });
  const fill = () => body.hasChildNodes() || body.append(...changeBody(change));
  const names = [...new Set(change.fields.map((field) => field.path.split(".")[0]))];
  const touched = change.action === "revert" ? "to the service's own text" : names.join(", ");
  const details = make(
    "details",
    { class: `change is-${change.action}`, toggle: fill },
    make(
      "summary",
      {},
      signNode(change),
      make("h3", {}, ...textNodes(change.key || change.kind)),
      make("span", { class: "touched" }, make("b", { "aria-hidden": "true" }, change.action), " ", ...textNodes(touched)),
      make("span", { class: "origin" }, ...textNodes(change.origin ?? "")),
    ),
    body,
  );
  change.open = () => {
    details.open = true;
    fill();
  };
  return make("li", {}, details);
}

function entryRow(change) {
  const { key } = content.kinds[change.kind];
  const notes = change.fields.filter((field) => field.path !== key).flatMap((field) => [` ${field.path}: `, ...sideNodes(field.after ?? field.before ?? null)]);
  return make(
    "li",
    { class: `entry is-${change.action}` },
    signNode(change),
    make("span", { class: "key" }, ...textNodes(change.key)),
    make("span", { class: "touched" }, ...notes),
    make("span", { class: "origin" }, ...textNodes(change.origin ?? "")),
  );
}

function isEntry(change) {
  return content.kinds[change.kind].entries && change.fields.every((field) => !field.hunks);
}

function changeNode(change) {
  return (change.node ??= isEntry(change) ? entryRow(change) : card(change));
}

/* --- All changes --- */

/* Everything that a search looks through, made once. */
function haystack(change) {
  const values = change.fields.flatMap((field) => [field.path, field.before?.value, field.after?.value, textAt(content.texts, field.old), textAt(content.texts, field.new)]);
  return (change.haystack ??= [change.address, change.origin, ...values].filter(Boolean).join("\n").toLowerCase());
}

function chosen() {
  const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
  return content.changes.filter(
    (change) =>
      (!state.actions.size || state.actions.has(change.action)) &&
      (!state.kinds.size || state.kinds.has(change.kind)) &&
      words.every((word) => haystack(change).includes(word)),
  );
}

function drawChanges() {
  const found = chosen();
  const total = content.changes.length;
  document.getElementById("status").textContent = !total ? "" : found.length === total ? number(total, "change") : `${number(found.length)} of ${number(total, "change")}`;
  const groups = Object.keys(content.kinds)
    .map((kind) => [kind, found.filter((change) => change.kind === kind)])
    .filter(([, changes]) => changes.length);
  const nodes = groups.map(([kind, changes]) => {
    const list = make("ul", { class: "changes" });
    const more = inPieces(list, changes, 100, changeNode, "change");
    const heading = make("h2", { id: `kind-${kind}` }, content.kinds[kind].section, " ", make("small", {}, number(changes.length)));
    return make("section", { class: "kind", "aria-labelledby": `kind-${kind}` }, heading, list, more);
  });
  document.getElementById("kinds").replaceChildren(...nodes, ...(found.length === total ? others() : []));
}

/* What the plan leaves alone. */
function others() {
  const lists = {
    unverified: "Unverified: sent before, cannot be read back, not sent again",
    unmanaged: "Unmanaged: live, not declared, left alone",
    in_sync: "In sync",
  };
  return Object.entries(lists)
    .filter(([name]) => content[name].length)
    .map(([name, title]) => {
      const list = make("ul", { class: "others" });
      const fill = () => list.hasChildNodes() || list.after(inPieces(list, content[name], 200, (text) => make("li", {}, ...textNodes(text)), "line"));
      return make("details", { class: "other", toggle: fill }, make("summary", {}, make("h2", {}, title, " ", make("small", {}, number(content[name].length)))), list);
    });
}

/* Buttons of which any number may be pressed; with none pressed, everything is shown. */
function toggles(label, names, set, face) {
  const buttons = names.map((name) => {
    const press = () => {
      if (!set.delete(name)) set.add(name);
      button.setAttribute("aria-pressed", String(set.has(name)));
      drawChanges();
    };
    const button = make("button", { type: "button", "aria-pressed": "false", class: "toggle", click: press }, ...face(name));
    return button;
  });
  return make("div", { class: "toggles", role: "group", "aria-label": label }, ...buttons);
}

function setEveryCard(open) {
  for (const change of chosen()) {
    if (!change.node?.isConnected || !change.open) continue;
    if (open) change.open();
    else change.node.firstChild.open = false;
  }
}

function tools() {
  const search = make("input", { type: "search", placeholder: "Search", "aria-label": "Search in addresses, files and texts", autocomplete: "off", spellcheck: "false" });
  search.addEventListener("input", () => {
    state.query = search.value;
    drawChanges();
  });
  const actions = Object.keys(SIGNS).filter((action) => content.changes.some((change) => change.action === action));
  const kinds = Object.keys(content.kinds);
  const layout = (value) => {
    state.layout = value;
    document.dispatchEvent(new Event("layout"));
  };
  const bar = document.getElementById("tools");
  if (!content.changes.length) return search;
  bar.append(
    search,
    segmented("Differences", { inline: "Inline", side: "Side by side" }, state.layout, layout),
    make("button", { type: "button", click: () => setEveryCard(true) }, "Open all"),
    make("button", { type: "button", click: () => setEveryCard(false) }, "Close all"),
  );
  const filters = document.getElementById("filters");
  if (actions.length > 1) filters.append(toggles("Actions", actions, state.actions, (name) => [make("span", { class: `badge is-${name}`, "aria-hidden": "true" }, SIGNS[name]), name]));
  if (kinds.length > 1) filters.append(toggles("Kinds", kinds, state.kinds, (name) => [content.kinds[name].section]));
  bar.hidden = false;
  return search;
}

/* --- The sample --- */

function sampleButton() {
  return make("button", { type: "button", click: () => sampleDialog().showModal() }, "Sample values…");
}

let dialog;
function sampleDialog() {
  if (dialog) return dialog;
  const labels = { user: "User", org: "Organization", message: "Other variables of messages" };
  const problem = make("p", { class: "problem", role: "alert" });
  const areas = Object.fromEntries(Object.keys(labels).map((name) => [name, make("textarea", { id: `sample-${name}`, rows: "9", spellcheck: "false" })]));
  const show = (sample) => Object.entries(areas).forEach(([name, area]) => (area.value = JSON.stringify(sample[name], null, 2)));
  const read = () => {
    problem.textContent = "";
    for (const [name, area] of Object.entries(areas)) {
      try {
        state.sample = { ...state.sample, [name]: JSON.parse(area.value) };
        area.removeAttribute("aria-invalid");
      } catch (error) {
        area.setAttribute("aria-invalid", "true");
        problem.textContent = `${labels[name]}: this is not JSON yet (${error.message})`;
      }
    }
    document.dispatchEvent(new Event("sample"));
  };
  const reset = () => {
    show(SAMPLE);
    read();
  };
  show(state.sample);
  for (const area of Object.values(areas)) area.setSelectionRange(0, 0);
  dialog = make(
    "dialog",
    { class: "sample", "aria-labelledby": "sample-title", input: read },
    make("h2", { id: "sample-title" }, "Sample values"),
    make("p", {}, "Messages and tokens on this page are filled with these. They stay on this page."),
    ...Object.entries(labels).map(([name, label]) => make("div", {}, make("label", { for: `sample-${name}` }, label), areas[name])),
    problem,
    make("div", { class: "row" }, make("button", { type: "button", click: reset }, "Reset"), make("button", { type: "button", class: "main", click: () => dialog.close() }, "Done")),
  );
  document.body.append(dialog);
  return dialog;
}

/* --- Beginning --- */

/* A link to one change searches for it and opens it. */
function follow(search) {
  const change = content.changes[/^#change-(\d+)$/.exec(location.hash)?.[1]];
  if (!change) return;
  search.value = state.query = change.address;
  drawChanges();
  change.open?.();
  change.node?.scrollIntoView();
}

function start() {
  content = JSON.parse(document.getElementById("content").textContent);
  const search = tools();
  drawChanges();
  const cards = content.changes.filter((change) => change.open);
  if (cards.length <= 12) cards.forEach((change) => change.open());
  window.addEventListener("hashchange", () => follow(search));
  window.addEventListener("beforeprint", () => setEveryCard(true));
  follow(search);
}

if (typeof document !== "undefined") start();
