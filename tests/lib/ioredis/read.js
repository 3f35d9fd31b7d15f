// Reads the stream as the platform's consumers do and prints one line an entry: its id, the names of its fields, its data, and what Ajv
// says of the data against the schema file that is the first argument.
'use strict';
const fs = require('fs');
const Redis = require('ioredis');
const Ajv2020 = require('ajv/dist/2020');
const addFormats = require('ajv-formats');

async function main() {
	const ajv = new Ajv2020({ strict: false, allErrors: true });
	addFormats(ajv);
	const validate = ajv.compile(JSON.parse(fs.readFileSync(process.argv[2], 'utf8')));
	const redis = new Redis(process.env.REDIS_SOCKET);
	const streams = await redis.xread('STREAMS', 'ros:insights', '0') || [[null, []]];
	for (const [id, fields] of streams[0][1]) {
		const data = JSON.parse(fields[fields.indexOf('data') + 1]);
		const names = fields.filter((_, i) => i % 2 === 0);
		const values = fields.filter((_, i) => i % 2 === 1);
		validate(data);
		console.log(JSON.stringify({ id, names, values, data, errors: validate.errors || [] }));
	}
	await redis.quit();
}

main();
