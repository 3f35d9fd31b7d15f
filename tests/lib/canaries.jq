# Made-up identifiers, at least one for each letter of 45 CFR 164.514(b)(2)(i), and events that have one in every place where something can stand.

# [letter, text, what of the text must not be seen anywhere: long enough not to be in a hash by chance]
def canaries: [
	["A", "patient John Smith", "John Smith"], ["A", "seen by Dr. Emily Clark", "Emily Clark"],
	["B", "lives at 1234 Elm Street", "1234 Elm"], ["B", "ZIP: 33101", "ZIP: 33101"],
	["C", "DOB: 01/02/1990", "01/02/1990"], ["C", "a 93-year-old woman", "93-year"],
	["D", "call (555) 234-5678", "234-5678"], ["D", "+44 20 7946 0958", "7946 0958"],
	["E", "Fax: 650-253-4567", "253-4567"],
	["F", "jane.roe@example.com", "jane.roe"],
	["G", "SSN 123-45-6789", "123-45-6789"], ["G", "SSN: 987654321", "987654321"],
	["H", "MRN: 70012345", "70012345"],
	["I", "Medicare 1EG4-TE5-MK73", "1EG4-TE5"],
	["J", "Account Number: 9876543210", "9876543210"], ["J", "4111 1111 1111 1111", "1111 1111"], ["J", "GB82WEST12345698765432", "GB82WEST"],
	["K", "License No: CLN-112233", "CLN-112233"], ["K", "DEA AB1234563", "AB1234563"],
	["L", "VIN 1HGCM82633A004352", "1HGCM82633A004352"],
	["M", "serial number PM-4471190", "PM-4471190"], ["M", "00:1B:44:11:3A:B7", "00:1B:44"],
	["N", "patient site https://example.org/~jane", "example.org"],
	["O", "IP address 192.0.2.17", "192.0.2.17"],
	["P", "biometric ID: FP-99812", "FP-99812"],
	["Q", "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB", "iVBORw0KGgo"],
	["R", "passport number: C01234567", "C01234567"], ["R", "NHS number 943 476 5919", "476 5919"]
];

# For grep -F: as they are, and as they stand in a URI.
def patterns: canaries[][2] | ., @uri;

# Changes of an event, one a place.
def placed($text):
	((["prompt_redacted"], ["output_redacted"], ["error", "message"], ["error", "code"], ["error", "hint"], ["routing", "escalation_reason"],
		["routing", "note"], ["routing", "features", "note"], ["routing", "features", "deep", 0, "x"], ["parameters", "stop_sequences", 0],
		["parameters", "user"], ["usage", "note"], ["phi", "note"], ["phi", "input_scan", "note"], ["phi", "input_scan", "phi_types_detected", 0],
		["phi", "guard", "key_id"], ["tags", 0], ["stage_name"], ["agent_id"], ["tenant_id"], ["provider"], ["model"], ["model_requested"],
		["model_version"], ["novelty"], ["novel", "deep", 0]) as $path | setpath($path; $text)),
	.prompt_ref = "urn:x:" + ($text | @uri),
	(([], ["routing", "features"], ["usage"], ["novel"], ["phi", "guard", "findings"]) as $path | setpath($path + [$text]; 1));

def numbers: (.novel = {ssn: 987654321}), (.routing.features = {mrn: 70012345}), (.usage.account_number = 9876543210);

# The event as one of each canary in each place, of a version that declares no more than the newest, each with an id and a time of its own.
def seeded:
	.schema_version = "1.9.0" | .status = "FAILED" | .error = {code: "E", message: "m", retryable: true}
	| [placed(canaries[][1]), numbers]
	| to_entries[] | (.key | tostring) as $n | .value
	| .invocation_id = "7d0a2c3e-5b1f-4c8a-9e6d-" + ("200000000000"[0:12 - ($n | length)] + $n)
	| .timestamp = "2026-01-28T12:\($n | tonumber / 60 % 60 | floor | tostring | ("0" + .)[-2:]):00.\("000\($n)"[-3:])Z";
