"use strict";
// The functions of the report's script that need no page: node --test tests/e2e/report.test.js
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { test } = require("node:test");
const vm = require("node:vm");

const page = {};
vm.runInNewContext(readFileSync(join(__dirname, "../../reconcile/render/html/parts/report.js"), "utf8"), page);
const SAMPLE = {
  user: { id: "user_1", first_name: "Ada", nothing: null, off: false, public_metadata: { a: { b: [1] } } },
  org: { name: "Acme" },
  message: { app: { name: "Acme & Co" }, otp_code: "424242", list: [], some: [1] },
};
// Values made in the other context, in this one's terms.
const plain = (value) => JSON.parse(JSON.stringify(value));

function claims(template) {
  const missing = new Set();
  return { filled: plain(page.fillClaims(template, SAMPLE, missing)), missing: [...missing] };
}

function message(template, escape) {
  const missing = new Set();
  return { text: page.fillMessage(template, SAMPLE, missing, escape), missing: [...missing] };
}

test("a shortcode that is the whole claim keeps its type", () => {
  const template = { id: "{{user.id}}", deep: ["{{user.public_metadata.a}}"], number: 2.5, none: null };
  assert.deepEqual(claims(template).filled, { id: "user_1", deep: [{ b: [1] }], number: 2.5, none: null });
});

test("a shortcode inside a text becomes text, and what is missing reads null", () => {
  assert.equal(claims("{{user.first_name}} of {{org.name}}: {{user.nothing}}").filled, "Ada of Acme: null");
  assert.equal(claims("meta {{user.public_metadata}}").filled, 'meta {"a":{"b":[1]}}');
});

test("a misspelt shortcode is null in the token, and is named", () => {
  assert.deepEqual(claims("{{user.frist_name}}"), { filled: null, missing: ["user.frist_name"] });
});

test("of several choices the first that is neither null nor false is taken, else the last", () => {
  assert.equal(claims("{{user.nothing || user.off || user.first_name || 'x'}}").filled, "Ada");
  assert.equal(claims("{{user.nothing || user.off}}").filled, false);
  assert.equal(claims("{{user.nothing || 'a || b'}}").filled, "a || b");
  assert.equal(claims("{{user.nothing || 7}}").filled, 7);
  assert.equal(claims("{{user.nothing || true}}").filled, true);
});

test("names that every object has are not in a sample", () => {
  assert.deepEqual(claims("{{user.constructor}}"), { filled: null, missing: ["user.constructor"] });
  assert.deepEqual(claims("{{user.__proto__.x}}").missing, ["user.__proto__.x"]);
});

test("a shortcode that never ends in a claim of any length takes no time", () => {
  for (const hostile of ["{{" + "a||".repeat(200_000), "{{" + "'".repeat(200_000) + "}}", "{{a" + " ".repeat(200_000) + "}}"]) {
    const begun = performance.now();
    page.fillClaims(hostile, SAMPLE, new Set());
    page.fillMessage(hostile, SAMPLE, new Set());
    assert.ok(performance.now() - begun < 1_000, hostile.slice(0, 8));
  }
});

test("a token holds what the service sets by itself", () => {
  const made = plain(page.token({ claims: { role: "{{user.first_name}}" }, lifetime: 90 }, SAMPLE, new Set()));
  assert.deepEqual(made, { iss: "https://clerk.acme.example", sub: "user_1", iat: 1767225600, exp: 1767225690, role: "Ada" });
  assert.equal(page.token({}, {}, new Set()).exp - page.token({}, {}, new Set()).iat, 60);
});

test("members of objects are put in order, also inside of lists", () => {
  assert.equal(JSON.stringify(page.sorted({ b: [{ d: 1, c: null }], a: 2 })), '{"a":2,"b":[{"c":null,"d":1}]}');
});

test("variables of messages are filled in and escaped, unless they are raw", () => {
  const text = "{{app.name}} {{{app.name}}} {{&app.name}} {{ otp_code }} {{~user.first_name~}}";
  assert.equal(message(text).text, "Acme &amp; Co Acme & Co Acme & Co 424242 Ada");
  assert.equal(message("{{app.name}}", (value) => value).text, "Acme & Co");
});

test("blocks show one of their sides", () => {
  assert.equal(message("{{#if user.first_name}}Hello {{user.first_name}}{{else}}Hello{{/if}}!").text, "Hello Ada!");
  assert.equal(message("{{#if user.nothing}}a{{#if otp_code}}b{{/if}}{{^}}c{{/if}}").text, "c");
  assert.equal(message("{{#unless user.nothing}}a{{else}}b{{/unless}}").text, "a");
  assert.equal(message("{{#if list}}a{{/if}}{{#each some}}b{{/each}}").text, "b");
});

test("comments go, and blocks that are broken break nothing", () => {
  assert.equal(message("a{{! one }}b{{!-- {{two}} --}}c").text, "abc");
  assert.equal(message("{{/if}}{{else}}a{{#if").text, "‹else›a{{#if");
  assert.equal(message("a{{#if nope}}b").text, "a");
});

test("variables that the sample lacks are shown and named", () => {
  assert.deepEqual(message("{{magic_link}}{{#if nope}}x{{/if}}"), { text: "‹magic_link›", missing: ["magic_link", "nope"] });
  assert.match(message("{{<b>}}").text, /&lt;b&gt;/);
});

test("partials have stand-ins", () => {
  assert.match(message("{{> app_logo}}").text, /<strong[^>]*>Acme &amp; Co<\/strong>/);
  assert.match(message("{{> org_logo }}").text, />Acme</);
  assert.equal(message("{{> something}}").text, "‹something›");
  assert.equal(message("{{> constructor}}").text, "‹constructor›");
});

test("what is hidden in a text becomes a part of its own", () => {
  assert.deepEqual(plain(page.visible("a\u202eb\u0000\u{e0041}")), ["a", { control: "U+202E" }, "b", { control: "U+0000" }, { control: "U+E0041" }]);
  assert.deepEqual(plain(page.visible("👩\u200d🚀 a\u200db\n\tשלום")), ["👩\u200d🚀 a", { control: "U+200D" }, "b\n\tשלום"]);
  assert.deepEqual(plain(page.visible("a\ufe0f 1\ufe0f ❤\ufe0f")), ["a", { control: "U+FE0F" }, " 1\ufe0f ❤\ufe0f"]);
  assert.deepEqual(plain(page.visible("")), []);
});

test("a line is split where it differs, counted in characters", () => {
  assert.deepEqual(plain(page.lineParts("👋 one two", [2, 5])), ["👋 ", { mark: "one" }, " two"]);
  assert.deepEqual(plain(page.lineParts("same", [])), ["same"]);
  assert.deepEqual(plain(page.lineParts("ab", [0, 1, 1, 2])), [{ mark: "a" }, { mark: "b" }]);
});

test("of a very long line what stands around a difference is kept", () => {
  const [a, b] = ["a".repeat(120), "b".repeat(120)];
  const parts = plain(page.lineParts("a".repeat(5000) + "X" + "b".repeat(5000), [5000, 5001]));
  assert.deepEqual(parts, [a, { cut: 4760 }, a, { mark: "X" }, b, { cut: 4760 }, b]);
  const whole = plain(page.lineParts("a".repeat(5000), []));
  assert.deepEqual(whole, [a, { cut: 4760 }, a]);
});

test("few lines that are alike are shown, many are counted", () => {
  assert.deepEqual(plain(page.between(1, 2, 2)), [[2, 3], [3, 4]]);
  assert.deepEqual(plain(page.between(1, 2, 4)), [{ before: 1, after: 2, count: 4 }]);
});

test("lines that the other text lacks are found, and very long texts are not compared", () => {
  const [gone, added] = page.differingLines(["a", "b", "c"], ["a", "c", "d"]);
  assert.deepEqual([[...gone], [...added]], [[1], [2]]);
  const many = Array.from({ length: 2000 }, (_, line) => String(line));
  assert.equal(page.differingLines(many, many.slice(1))[0].size, 0);
});

test("style rules follow the chosen colours", () => {
  const rules = "@media (prefers-color-scheme: dark){a{}} @media (PREFERS-COLOR-SCHEME:light){b{}} :root{color-scheme: light dark}";
  assert.equal(page.inScheme(rules, "dark"), "@media (min-width: 0){a{}} @media (max-width: 0){b{}} :root{color-scheme: dark}");
  assert.match(page.inScheme(rules, "light"), /^@media \(max-width: 0\)/);
});

test("a text that was kept as edits of another is put together again", () => {
  const texts = ["a\nb\nc\nd", [0, [0, 1, "A"], [2, 1], [4, 0, "e", "f"]], [1, [1, 0, "x"]]];
  assert.equal(page.textAt(texts, 2), "A\nx\nb\nd\ne\nf");
  assert.equal(page.textAt(texts, 1), "A\nb\nd\ne\nf");
  assert.equal(page.textAt(texts, 9), undefined);
});
