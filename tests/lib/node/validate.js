// validate.js SCHEMA FILE ...: exit 0 where every file is JSON and valid by the schema; else says which is not, and why.
const fs = require("fs");
const Ajv = require("ajv/dist/2020");

const [schema, ...files] = process.argv.slice(2);
const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(JSON.parse(fs.readFileSync(schema)));
let failed = files.length === 0;
for (const file of files) {
	if (validate(JSON.parse(fs.readFileSync(file)))) continue;
	failed = true;
	for (const e of validate.errors.slice(0, 5)) console.log(`${file}: ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}
process.exit(failed ? 1 : 0);
