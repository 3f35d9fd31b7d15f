// Writes events and Ajv's verdict on each: differential.js SCHEMA EVENTS VERDICTS [COUNT]. The events are those of the schema's type.
//
// EVENTS gets one event text a line: valid ones of every version, and mutants of every field (missing, wrong type, out of range, wrong
// enum, malformed string, extra, null, duplicated, cut). VERDICTS gets for each line `valid`, `invalid`, or `differs REASON` where the
// suite is stricter than Ajv can be, and must refuse what Ajv takes. These are all the permitted differences:
//   duplicate-key    JSON.parse keeps the last of two members
//   utf8             JSON.parse takes lone surrogates
//   depth            Ajv has no limit
//   integer          integers beyond 2^53 are rounded before Ajv sees them
//   number-range     1e999 is Infinity to JSON.parse, and free where no type is declared
//   order            a summary's last number can be below its first - 1: no schema says that
"use strict";
const fs = require("fs");
const Ajv = require("ajv/dist/2020");
const formats = require("ajv-formats");

const [schemaFile, eventsFile, verdictsFile, wanted] = process.argv.slice(2);
const schema = JSON.parse(fs.readFileSync(schemaFile, "utf8"));
const ajv = new Ajv({ strict: false });
formats(ajv);
const validate = ajv.compile(schema);

let seed = 20260101; // mulberry32: the same events in every run
function random() {
	seed = (seed + 0x6d2b79f5) | 0;
	let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const pick = (list) => list[Math.floor(random() * list.length)];
const hex = (n) => Array.from({ length: n }, () => pick("0123456789abcdef")).join("");
const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;

function scan() {
	return { status: pick(["clean", "flagged", "redacted", "skipped"]), phi_types_detected: pick([[], ["SSN"], ["NAME", "DATE"]]), confidence: random(), redaction_count: pick([0, 3]) };
}

function summary(version) {
	const first = pick([1, 2, 43, 9007199254740991]);
	return { schema_version: version || "1.1.0", summary_id: uuid(), timestamp: "2026-01-28T12:00:00.123Z", source: pick(["host-0", "é"]),
		first, last: pick([first - 1, first, 9007199254740991]), refused: pick([{}, { format: 12, ["x".repeat(64)]: 1000000000000 }, Object.fromEntries(Array.from({ length: 64 }, (_, i) => ["rule-" + i, 1]))]) };
}

function event(version) {
	const e = {
		invocation_id: uuid(), timestamp: "2026-01-28T12:00:00.123Z", governance_mode: pick(["DEMO", "LIVE"]), project_id: uuid(),
		caller: pick(["orchestrator", "worker", "web"]), tier: pick(["NANO", "MINI", "FRONTIER"]), provider: "anthropic", model: "claude-sonnet-4-5",
		run_id: pick([uuid(), null]), stage: pick([1, 20, null]), stage_name: pick(["Literature", null]), purpose: pick(["route", "rag", "validate"]),
		prompt_ref: pick(["s3://bucket/prompt/1", "urn:x:y", null]), output_ref: "https://host:8080/a%20b?c=d#e", prompt_redacted: "Größe 😀 \" \\ \n", output_redacted: null,
		phi: { input_scan: scan(), output_scan: scan() },
		usage: { input_tokens: 12, output_tokens: 0, total_tokens: 12, cost_usd: pick([0, 0.000123, 1e-7, 3]), latency_ms: 1234, time_to_first_token_ms: pick([200, null]) },
		parameters: { temperature: 0.7, max_tokens: 100, top_p: 1, stop_sequences: ["\n\n"], seed: 42 },
		routing: { initial_tier: "NANO", escalated: true, escalation_reason: pick(["quality", null]), quality_gate_passed: false, features: { length: 12, words: ["a"], deep: { x: null } } },
		status: "FAILED", error: pick([null, { code: "E1", message: "no", retryable: true }]), tags: ["a", "b"], agent_id: "agent-7", user_id: uuid(), tenant_id: null,
	};
	if (version !== null)
		e.schema_version = version;
	if (version !== null && !version.startsWith("1.0.")) {
		e.prompt_hash = "sha256:" + hex(64);
		e.output_hash = "hmac-sha256:" + hex(64);
		e.model_requested = "claude-sonnet";
		e.model_version = "20250929";
		e.dataset_ids = [uuid(), uuid()];
		Object.assign(e.usage, { cache_read_tokens: 1, cache_write_tokens: 2, reasoning_tokens: 3, cost_source: pick(["provider", "local", "unknown"]), price_map: "sha256:" + hex(64) });
		if (random() < 0.3)
			Object.assign(e.usage, { cost_usd: null, latency_ms: null });
		e.phi.guard = { version: "1", rules: "sha256:" + hex(64), text: "scan", key_id: "k1", findings: { SSN: 2 }, mac: "hmac-sha256:" + hex(64) };
	}
	return e;
}

// A valid value of a schema's member.
const shapes = { semver: () => "1.1.0", uuid, timestamp: () => "2026-01-28T12:00:00.123Z", uri: () => "s3://bucket/a", sha256: () => "sha256:" + hex(64), hmac: () => "hmac-sha256:" + hex(64),
	token: () => "a-name", text: () => "Größe 😀", reference: () => pick([uuid(), "urn:x:y", 7, -1.5, true]) };
function sample(s) {
	s = s.$ref ? { ...schema.$defs[s.$ref.slice(8)], ...s } : s;
	if (s.enum)
		return pick(s.enum);
	if (s["x-ros-type"])
		return shapes[s["x-ros-type"]]();
	if (s.type === "array")
		return [sample(s.items), sample(s.items)];
	if (s.type === "object")
		return Object.fromEntries(Object.entries(s.properties || { "a.name": s.additionalProperties || { type: "boolean" } }).map(([k, v]) => [k, sample(v)]));
	return s.type === "boolean" ? true : Math.max(s.minimum, 1);
}
function other(version) {
	return { ...sample(schema), schema_version: version || "1.1.0" };
}

// Every place in a value, as a list of keys.
function places(v, at = []) {
	if (v === null || typeof v !== "object")
		return [at];
	return [at].concat(...Object.keys(v).map((k) => places(v[k], at.concat(k))));
}
const get = (v, at) => at.reduce((o, k) => o[k], v);
function change(e, at, f) {
	const copy = structuredClone(e);
	const parent = get(copy, at.slice(0, -1));
	f(parent, at[at.length - 1]);
	return JSON.stringify(copy);
}

const strings = ["", " ", "x", "null", "DEMO", "demo", "SUCCESS", "x".repeat(500), "x".repeat(501), "😀".repeat(500), "😀".repeat(501), "\u0000", "é",
	uuid(), uuid().toUpperCase(), "urn:uuid:" + uuid(), "{" + uuid() + "}", uuid() + "0", uuid().replace("-", ""), " " + uuid(),
	"2026-01-28T12:00:00Z", "2026-01-28t12:00:00z", "2026-01-28 12:00:00Z", "2026-01-28T12:00:00", "2026-01-28T12:00:00+05", "2026-01-28T12:00:00+0530", "2026-01-28T12:00:00+05:30",
	"2026-01-28T12:00:00-23:59", "2026-01-28T12:00:00+24:00", "2026-01-28T12:00:00+10:60", "2026-02-29T12:00:00Z", "2024-02-29T12:00:00Z", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z",
	"2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-28T24:00:00Z", "2026-01-28T23:60:00Z",
	"2026-12-31T23:59:60Z", "2026-12-31T22:59:60Z", "2026-12-31T18:59:60-05:00", "2027-01-01T05:29:60+05:30", "2027-01-01T00:59:60+01:00", "2026-12-31T23:59:61Z", "2026-01-28T12:00:00.Z",
	"2026-01-28T12:00:00.123456789123Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "02026-01-28T12:00:00Z", "2026-1-28T12:00:00Z", "2026-01-28T12:00:00Z\n", "2026-01-28",
	"http://", "http:", "http:///x", "//host/path", "/path", "path", "s3://b/k", "S3+x-y.z://b", "1s://b", "http://h:80/", "http://h:8a/", "http://[::1]:80/x", "http://[::1", "http://[v1.a:b]/", "http://[1.2.3.4]/",
	"http://[::ffff:1.2.3.4]/", "http://[1:2:3:4:5:6:7:8]/", "http://[1:2:3:4:5:6:7:8:9]/", "http://u:p@h/", "http://u@v@h/", "http://h/a b", "http://h/%zz", "http://h/%4", "http://h/%41", "http://h/?a[0]=1", "http://h/#a#b",
	"http://h/\u00e9", "mailto:a@b", "urn:a:b", "a:", "a:b", ":a", "file:///x", "x://y?z/?#/?", "http:/a//b", "http:a/b", "http://h:/", "http://h|x/",
	"sha256:" + hex(64), "sha256:" + hex(63), "sha256:" + hex(64).toUpperCase() + "A", "SHA256:" + hex(64), "hmac-sha256:" + hex(64), "md5:" + hex(64), hex(64),
	"1.0.0", "1.1.0", "1.2.0", "1.10.3", "1.0", "1", "1.1.0-rc1", "01.1.0", "1.01.0", "1.1.00", "2.0.0", "0.9.0", "1.99999.0", "v1.1.0", "1.1.0 ", "1.0.7"];
const numbers = ["0", "-0", "-0.0", "0.0", "1", "-1", "1.5", "0.5", "2", "2.0", "2.0000001", "20", "21", "1e0", "1e2", "1.0e1", "12.50e1", "-1e-9", "1e-9", "0.9999999999", "1.0000001", "1000000000", "1000000001",
	"1000000000000", "1000000000001", "1e12", "1E+2", "0e0", "5e-324",
	"9007199254740993", "10000000000000000", "10000000000000001", "9223372036854775807", "9223372036854775808", "1e30", "1.7976931348623157e308", "1e308"];
const others = ["null", "true", "false", "[]", "{}", "[null]", "[1]", '[""]', '["a",1]', '{"a":1}', '{"x":{"y":[1,2,{}]}}'];
const infinite = ["1e999", "-1e999", "1e309"];
// Whether Ajv would see another integer there than the one that stands in the text.
const rounded = (at, value, raw) => Number.isInteger(value) && ((at[0] === "usage" && raw === "10000000000000001") ||
	((at.includes("max_tokens") || at.includes("findings")) && Number(raw) >= 2 ** 63 && raw !== "9223372036854775807"));

const lines = [], verdicts = [], seen = new Set();
function judge(text, reason) {
	if (seen.has(text) || text.includes("\n"))
		return;
	seen.add(text);
	let verdict = "invalid";
	try {
		const value = JSON.parse(text);
		verdict = validate(value) ? "valid" : "invalid";
		if (value.last < value.first - 1)
			reason ||= "order";
	} catch (e) {
		/* not JSON */
	}
	if (verdict === "valid" && reason)
		verdict = "differs " + reason;
	lines.push(text);
	verdicts.push(verdict);
}

const marked = JSON.stringify("\u0001MARK");
function replace(e, at, raw, reason) {
	if (at.length === 0)
		return judge(raw, reason);
	judge(change(e, at, (o, k) => (o[k] = "\u0001MARK")).replace(marked, () => raw), reason);
}

function mutants(e) {
	const whole = JSON.stringify(e);
	judge(whole);
	judge(JSON.stringify(e, null, 1).replace(/\n/g, "\r\t "));
	for (const at of places(e)) {
		const value = get(e, at);
		for (const raw of others.concat(strings.map((s) => JSON.stringify(s)), numbers.slice(0, -8)))
			if (random() < 0.45)
				replace(e, at, raw);
		for (const raw of infinite)
			replace(e, at, raw, "number-range");
		for (const raw of numbers.slice(-8))
			replace(e, at, raw, rounded(at, value, raw) ? "integer" : undefined);
		replace(e, at, '"\\ud800"', "utf8");
		replace(e, at, "[".repeat(40) + "]".repeat(40), "depth");
		if (at.length) {
			if (!Array.isArray(get(e, at.slice(0, -1)))) {
				judge(change(e, at, (o, k) => delete o[k]));
				const key = at[at.length - 1];
				judge(change(e, at, (o, k) => { o["\u0001TWICE"] = o[k]; }).replace(JSON.stringify("\u0001TWICE"), JSON.stringify(key)), "duplicate-key");
			}
		}
		if (value !== null && typeof value === "object" && !Array.isArray(value)) {
			const extra = structuredClone(e);
			get(extra, at)[pick(["some_extra", "some-extra", "x".repeat(65), ""])] = pick([1, "x", null, { a: [1] }]);
			judge(JSON.stringify(extra));
		}
	}
	for (let i = 0; i < 60; i++)
		judge(whole.slice(0, 1 + Math.floor(random() * (whole.length - 1)))); // not the empty text: ros-emit skips blank lines
	for (let i = 0; i < 60; i++) {
		const at = Math.floor(random() * whole.length);
		judge(whole.slice(0, at) + pick(['"', "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "\\", " ", "\u0001", "tru", "x"]) + whole.slice(at));
	}
}

const versions = [null, "1.0.0", "1.1.0", "1.2.0", "2.0.0", "1.1.9", "1.37.2"];
const make = { "emit.summary": summary, "ai.invocation.completed": event }[schema["x-ros-event"]] || other;
for (let round = 0; lines.length < (wanted || 25000); round++)
	mutants(make(versions[round % versions.length]));

fs.writeFileSync(eventsFile, lines.join("\n") + "\n");
fs.writeFileSync(verdictsFile, verdicts.join("\n") + "\n");
