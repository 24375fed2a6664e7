// Drives one Chromium for all tests: a JSON command a line on stdin, its result a line on stdout.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOP = "<!doctype html><html lang=en><title>Shop</title><main><h1>The shop</h1></main>";
const PATIENCE = 10_000;

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
});
const tabs = new Map();
const heard = new Map();
const clean = new Set();

/** Say what a person meets on the page. */
function described() {
  const wide = document.documentElement;
  const focused = document.activeElement;
  return {
    address: location.href,
    language: wide.lang,
    title: document.title,
    text: document.body.innerText,
    focused: focused === document.body ? "" : focused.id || focused.value || focused.innerText,
    scrolls: wide.scrollWidth > wide.clientWidth,
    headings: document.querySelectorAll("h1").length,
  };
}

/** Keep what the page complains of on the console, and where its requests go. */
function listen(page) {
  const kept = { complaints: [], origins: new Set() };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) kept.complaints.push(message.text());
  });
  page.on("pageerror", (error) => kept.complaints.push(error.message));
  page.on("request", (request) => kept.origins.add(new URL(request.url()).origin));
  return kept;
}

/** Return the rules of accessibility that the page breaks; the same page in the same look is examined once. */
async function violations(page, look) {
  const markup = (await page.content()).replace(/[0-9a-f-]{20,}/gi, "");
  const seen = JSON.stringify([look, markup]);
  if (clean.has(seen)) return [];
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  if (!found.violations.length) clean.add(seen);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

const commands = {
  async open({ tab, width, javascript, language, dark }) {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      javaScriptEnabled: javascript,
      locale: language,
      colorScheme: dark ? "dark" : "light",
    });
    context.setDefaultTimeout(PATIENCE);
    // No name is looked up: the shop is one page here.
    await context.route(/^https:\/\/shop\.example\//, (route) => route.fulfill({ contentType: "text/html", body: SHOP }));
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await context.newPage();
    tabs.set(tab, page);
    heard.set(tab, listen(page));
  },
  async go({ page, address }) {
    await page.goto(address);
  },
  async fill({ page, label, text }) {
    await page.getByLabel(label, { exact: true }).fill(text);
  },
  async press({ page, role, name }) {
    // The next page may have the same heading: it is the one after this one that is looked at.
    const next = page.waitForEvent("framenavigated");
    await Promise.all([next, page.getByRole(role, { name, exact: true }).click()]);
  },
  async click({ page, name }) {
    await page.getByRole("button", { name, exact: true }).click();
  },
  async wait({ page, text }) {
    await page.getByText(text, { exact: false }).first().waitFor();
  },
  async focus({ page, role, name }) {
    await page.getByRole(role, { name, exact: true }).focus();
  },
  async copied({ page }) {
    return page.evaluate(() => navigator.clipboard.readText());
  },
  async mark({ page }) {
    await page.evaluate(() => { globalThis.stillThere = true; });
  },
  async is_marked({ page }) {
    return page.evaluate(() => globalThis.stillThere === true);
  },
  async key({ page, key }) {
    await page.keyboard.press(key);
  },
  async type({ page, text }) {
    await page.keyboard.type(text);
  },
  async value({ page, label }) {
    return page.getByLabel(label, { exact: true }).inputValue();
  },
  async described_by({ page, label }) {
    const ids = await page.getByLabel(label, { exact: true }).getAttribute("aria-describedby");
    const texts = (ids ?? "").split(" ").filter(Boolean).map((id) => page.locator(`#${id}`).innerText());
    return (await Promise.all(texts)).join(" ");
  },
  async look({ page, heading, exact, picture, axe, dark }) {
    await page.getByRole("heading", { level: 1, name: heading, exact }).waitFor();
    await page.waitForLoadState();
    // The field of a dialog that is not open gets no focus.
    if (await page.locator("[autofocus]:visible").count()) await page.locator("[autofocus]:focus").waitFor();
    const seen = await page.evaluate(described);
    seen.violations = axe ? await violations(page, [page.viewportSize().width, dark]) : [];
    await page.screenshot({ path: picture, fullPage: true });
    return seen;
  },
  async click_on({ page, selector }) {
    await page.locator(selector).locator("visible=true").first().click();
  },
  async text({ page, selector }) {
    const found = page.locator(selector).locator("visible=true").first();
    await found.waitFor();
    return found.innerText();
  },
  async heard({ tab }) {
    const { complaints, origins } = heard.get(tab);
    return { complaints, origins: [...origins] };
  },
  async close({ tab, page }) {
    tabs.delete(tab);
    heard.delete(tab);
    await page.context().close();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line);
  let told;
  try {
    told = { result: (await commands[command]({ ...given, page: tabs.get(given.tab) })) ?? null };
  } catch (error) {
    const page = tabs.get(given.tab);
    told = { error: `${error.message}\nat ${page?.url()}\n${await page?.innerText("body").catch(() => "")}` };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
await browser.close();
