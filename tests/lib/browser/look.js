// look.js PAGE DIR [VIEW ...]: opens the page in Chromium as different readers do, leaves a picture of each in DIR, and prints a line of JSON for each with what
// was seen there. It judges nothing.
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const { chromium } = require("playwright-core");

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const views = [
	{ name: "light" },
	{ name: "dark", colorScheme: "dark" },
	{ name: "forced", forcedColors: "active" },
	{ name: "narrow", width: 360 },
	{ name: "narrow-dark", width: 360, colorScheme: "dark" },
	{ name: "print", media: "print", width: 800 },
];

// What a reader of the page has before them; runs in the page.
function facts() {
	const seen = (e) => e.getBoundingClientRect().height > 0 && e.checkVisibility({ contentVisibilityAuto: true });
	const color = (e) => getComputedStyle(e).backgroundColor;
	return {
		title: document.title,
		lang: document.documentElement.lang,
		overflow: document.documentElement.scrollWidth - innerWidth,
		background: color(document.body),
		display: getComputedStyle(document.body).display,
		ran: window.ran === true,
		headings: [...document.querySelectorAll("h1, h2, h3, h4")].map((h) => +h.tagName[1]),
		ids: [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i),
		charts: document.querySelectorAll("svg[role=img] > title + desc").length,
		chartsWithoutTable: [...document.querySelectorAll("section")].filter((s) => s.querySelector("figure") && !s.querySelector("table")).length,
		outside: [...document.querySelectorAll("figure text")].filter((t) => t.getBoundingClientRect().right > t.closest("figure").getBoundingClientRect().right + 2 &&
			t.classList.contains("value")).length,
		folded: [...document.querySelectorAll("details table")].filter((t) => !seen(t)).length,
		json: document.getElementById("report").textContent,
	};
}

async function look(browser, view, file, dir) {
	const context = await browser.newContext({ viewport: { width: view.width || 1280, height: 900 }, colorScheme: view.colorScheme || "light",
		forcedColors: view.forcedColors || "none" });
	const page = await context.newPage();
	page.setDefaultTimeout(120000); // of a machine that is busy with other tests
	const requests = [], messages = [];
	page.on("requestfinished", (r) => requests.push(r.url()));
	page.on("console", (m) => messages.push(m.text()));
	if (view.media) await page.emulateMedia({ media: view.media });
	await page.goto(pathToFileURL(file).href);
	const seen = { view: view.name, ...(await page.evaluate(facts)), messages, requests: requests.filter((r) => !r.startsWith("data:")).length };
	await page.screenshot({ path: path.join(dir, `${view.name}.png`), fullPage: true });
	await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
	seen.overflowOpened = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	await page.evaluate(axe);
	const result = await page.evaluate(() => window.axe.run());
	seen.violations = result.violations.map((v) => `${v.id}: ${v.nodes[0].html}`);
	seen.passes = result.passes.length;
	await context.close();
	return seen;
}

(async () => {
	const [file, dir, ...wanted] = process.argv.slice(2);
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
	for (const view of views.filter((v) => wanted.length === 0 || wanted.includes(v.name))) console.log(JSON.stringify(await look(browser, view, file, dir)));
	await browser.close();
})();
