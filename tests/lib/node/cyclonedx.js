// cyclonedx.js FILE ...: exit 0 where every file is valid CycloneDX 1.6, and nothing else; else says what is wrong.
const fs = require("fs");
const { Spec, Validation } = require("@cyclonedx/cyclonedx-library");

(async () => {
	const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
	for (const file of process.argv.slice(2)) {
		const wrong = await validator.validate(fs.readFileSync(file, "utf8"));
		if (!wrong) continue;
		console.log(`${file}: ${JSON.stringify(wrong)}`);
		process.exitCode = 1;
	}
})();
