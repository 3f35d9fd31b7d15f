// lit.js URL PICTURE: opens LIT in Chromium, has it tell the metrics by model, leaves a picture, and prints as JSON what a person sees. It judges nothing.
const { chromium } = require("playwright-core");

// The text of an element as it is seen: also what custom elements draw.
const seen = (page, selector) => page.locator(selector).evaluateAll((all) => {
	const text = (node) => node.nodeType === 3 ? node.data : node.tagName === "STYLE" ? "" : [...(node.shadowRoot || node).childNodes].map(text).join(" ");
	const tidy = (node) => text(node).replace(/\u200b/g, "").trim().replace(/\s+/g, " ");
	return all.map((e) => e.tagName === "TR" ? [...e.querySelectorAll("td")].map(tidy) : tidy(e));
});

(async () => {
	const [url, picture] = process.argv.slice(2);
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
	const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
	const errors = [];
	page.setDefaultTimeout(120000); // of a machine that is busy with other tests
	page.on("pageerror", (e) => errors.push(String(e)));
	await page.route((to) => !to.href.startsWith(url), (route) => route.abort()); // fonts from elsewhere
	await page.goto(url);
	await page.locator("data-table-module tbody tr").nth(10).waitFor();
	await page.locator("metrics-module tbody tr").first().waitFor();
	await page.locator("metrics-module").getByText("Facets").click();
	await page.locator('metrics-module lit-checkbox[label^="model ("]').click();
	await page.locator("metrics-module tbody tr").nth(3).waitFor();
	await page.locator("metrics-module").getByText("Facets").click();
	await page.locator("scalar-module #xAxis .tick").nth(5).waitFor();
	await page.screenshot({ path: picture });
	console.log(JSON.stringify({
		title: await page.title(),
		table: await seen(page, "data-table-module tbody tr"),
		metricsHead: await seen(page, "metrics-module thead th"),
		metrics: await seen(page, "metrics-module tbody tr"),
		scalars: await page.locator("scalar-module .scatterplot").evaluateAll((all) => all.map((e) => e.dataset.id)),
		ticks: await seen(page, "scalar-module #xAxis .tick"),
		errors,
	}));
	await browser.close();
})();
