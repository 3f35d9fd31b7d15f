// tokens.js FILE: exit 0 where the file is in the format of the Design Tokens Community Group, as its validator Terrazzo sees it.
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");

const file = path.resolve(process.argv[2]);
const parser = path.join(process.env.NODE_PATH, "@terrazzo/parser/dist/index.js"); // import() knows no NODE_PATH
const rules = Object.fromEntries(["color", "dimension", "font-family"].map((type) => [`core/valid-${type}`, "error"]));

import(pathToFileURL(parser)).then(async ({ parse, defineConfig }) => {
	const config = defineConfig({ lint: { rules } }, { cwd: pathToFileURL(path.dirname(file) + "/") });
	const { tokens } = await parse([{ filename: pathToFileURL(file), src: fs.readFileSync(file, "utf8") }], { config });
	console.log(`${Object.keys(tokens).length} tokens`);
}).catch((e) => {
	console.error(e.message);
	process.exit(1);
});
