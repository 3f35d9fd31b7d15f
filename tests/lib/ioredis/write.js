// Publishes event lines from standard input the way the platform's producers do: XADD with the entry's fields in the contract's order.
'use strict';
const Redis = require('ioredis');
const readline = require('readline');

const OPTIONAL = ['run_id', 'stage', 'agent_id', 'user_id', 'tenant_id'];

function fieldsOf(event) {
	const fields = [
		'type', 'ai.invocation.completed',
		'data', JSON.stringify(event),
		'timestamp', event.timestamp,
		'governance_mode', event.governance_mode,
		'project_id', event.project_id,
		'tier', event.tier,
		'status', event.status || 'SUCCESS',
	];
	for (const name of OPTIONAL)
		if (event[name] !== undefined && event[name] !== null)
			fields.push(name, String(event[name]));
	return fields;
}

async function main() {
	const redis = new Redis(process.env.REDIS_SOCKET);
	for await (const line of readline.createInterface({ input: process.stdin }))
		console.log(await redis.xadd('ros:insights', 'MAXLEN', '~', 100000, '*', ...fieldsOf(JSON.parse(line))));
	await redis.quit();
}

main();
