// sarif.js FILE: whether the file is valid by the official schema of SARIF 2.1.0, which the package has with it.
"use strict";
const fs = require("fs");
const path = require("path");
const Ajv = require("ajv");
const read = (file) => JSON.parse(fs.readFileSync(file));
const schema = read(path.join(path.dirname(require.resolve("@microsoft/jest-sarif/package.json")), "lib/schemas/sarif-2.1.0-rtm.5.json"));
// It says draft 4, which this Ajv does not know, and uses nothing that later drafts changed but these two names.
delete schema.$schema;
delete schema.id;
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
require("ajv-formats")(ajv);
const validate = ajv.compile(schema);
if (!validate(read(process.argv[2]))) {
	console.error(validate.errors.map((e) => `${e.instancePath} ${e.message}`).join("\n"));
	process.exit(1);
}
