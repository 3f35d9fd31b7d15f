-- A record of version 1: what ros-aggregate had made of 15 events. It is migrated up in tests/cli/ros-migrate.bats.
PRAGMA application_id = 1380930409;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 BLOB NOT NULL CHECK (length(sha256) = 32), applied_ms INTEGER NOT NULL) STRICT;
INSERT INTO schema_migrations VALUES(1,'record',X'03400137ca728eb52d6d71fcf0d61f87df345ebe581204b249cabb049c77a1d2',1769601600000);
CREATE TABLE batch (
	number INTEGER PRIMARY KEY,
	committed_ms INTEGER NOT NULL,
	recorded INTEGER NOT NULL CHECK (recorded >= 0),
	repeated INTEGER NOT NULL CHECK (repeated >= 0),
	conflicting INTEGER NOT NULL CHECK (conflicting >= 0),
	refused INTEGER NOT NULL CHECK (refused >= 0),
	content_sum BLOB NOT NULL CHECK (length(content_sum) = 32)
) STRICT;
INSERT INTO batch VALUES(1,1769601600001,14,0,1,0,X'ab0df86bd554e8c0460fe3b70a1c446c37cc096c2fbdac47e29074e21c12240e');
INSERT INTO batch VALUES(2,1769601600002,0,0,0,0,X'0000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE term (
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO term VALUES(1,'1.1.0');
INSERT INTO term VALUES(2,'worker');
INSERT INTO term VALUES(3,'claude-haiku-latest');
INSERT INTO term VALUES(4,'provider');
INSERT INTO term VALUES(5,'NANO');
INSERT INTO term VALUES(6,'local');
INSERT INTO term VALUES(7,'E1');
INSERT INTO term VALUES(8,'unknown');
INSERT INTO term VALUES(9,'E0');
CREATE TABLE deployment (
	id INTEGER PRIMARY KEY,
	governance_mode TEXT NOT NULL CHECK (governance_mode IN ('DEMO', 'LIVE')),
	project_id BLOB NOT NULL CHECK (length(project_id) = 16),
	tier TEXT NOT NULL CHECK (tier IN ('NANO', 'MINI', 'FRONTIER')),
	provider TEXT NOT NULL,
	model TEXT NOT NULL,
	UNIQUE (governance_mode, project_id, tier, provider, model)
) STRICT;
INSERT INTO deployment VALUES(1,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','MINI','anthropic','claude-haiku-4-5');
INSERT INTO deployment VALUES(2,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','NANO','anthropic','model-0');
INSERT INTO deployment VALUES(3,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','MINI','anthropic','model-1');
INSERT INTO deployment VALUES(4,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','FRONTIER','anthropic','model-2');
INSERT INTO deployment VALUES(5,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','NANO','anthropic','model-3');
INSERT INTO deployment VALUES(6,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','MINI','anthropic','model-0');
INSERT INTO deployment VALUES(7,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','FRONTIER','anthropic','model-1');
INSERT INTO deployment VALUES(8,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','NANO','anthropic','model-2');
INSERT INTO deployment VALUES(9,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','MINI','anthropic','model-3');
INSERT INTO deployment VALUES(10,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','FRONTIER','anthropic','model-0');
INSERT INTO deployment VALUES(11,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','NANO','anthropic','model-1');
INSERT INTO deployment VALUES(12,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','MINI','anthropic','model-2');
INSERT INTO deployment VALUES(13,'DEMO',X'1b4e28ba2fa141d2883f0016d3cca427','FRONTIER','anthropic','model-3');
INSERT INTO deployment VALUES(14,'LIVE',X'1b4e28ba2fa141d2883f0016d3cca427','MINI','anthropic','claude-haiku-4-5');
CREATE TABLE series (
	id INTEGER PRIMARY KEY,
	deployment_id INTEGER NOT NULL REFERENCES deployment (id),
	tenant_id TEXT,
	stage INTEGER CHECK (stage BETWEEN 1 AND 20),
	stage_name TEXT,
	purpose TEXT CHECK (purpose IN ('route', 'generate', 'rag', 'refine', 'classify', 'extract', 'summarize', 'validate')),
	status TEXT NOT NULL CHECK (status IN ('SUCCESS', 'FAILED', 'BLOCKED', 'TIMEOUT', 'RATE_LIMITED'))
) STRICT;
INSERT INTO series VALUES(1,1,NULL,3,'extract','extract','SUCCESS');
INSERT INTO series VALUES(2,2,NULL,NULL,'extract','extract','SUCCESS');
INSERT INTO series VALUES(3,3,NULL,2,'extract','extract','FAILED');
INSERT INTO series VALUES(4,4,NULL,3,'extract','extract','TIMEOUT');
INSERT INTO series VALUES(5,5,NULL,4,'extract','extract','SUCCESS');
INSERT INTO series VALUES(6,6,NULL,5,'extract','extract','FAILED');
INSERT INTO series VALUES(7,7,NULL,NULL,'extract','extract','TIMEOUT');
INSERT INTO series VALUES(8,8,NULL,7,'extract','extract','SUCCESS');
INSERT INTO series VALUES(9,9,NULL,8,'extract','extract','SUCCESS');
INSERT INTO series VALUES(10,10,NULL,9,'extract','extract','FAILED');
INSERT INTO series VALUES(11,11,NULL,10,'extract','extract','TIMEOUT');
INSERT INTO series VALUES(12,12,NULL,NULL,'extract','extract','SUCCESS');
INSERT INTO series VALUES(13,13,NULL,12,'extract','extract','FAILED');
INSERT INTO series VALUES(14,14,NULL,3,'extract','extract','SUCCESS');
CREATE TABLE invocation (
	time_ms INTEGER NOT NULL,
	invocation_id BLOB NOT NULL CHECK (length(invocation_id) = 16),
	deployment_id INTEGER NOT NULL REFERENCES deployment (id), -- that of the series, here for the index
	series_id INTEGER NOT NULL REFERENCES series (id),
	batch INTEGER NOT NULL,
	content_sha256 BLOB NOT NULL CHECK (length(content_sha256) = 32),
	schema_version_term INTEGER REFERENCES term (id),
	caller_service_term INTEGER NOT NULL REFERENCES term (id),
	run_id BLOB CHECK (length(run_id) = 16),
	user_id BLOB CHECK (length(user_id) = 16),
	agent_id_term INTEGER REFERENCES term (id),
	model_requested_term INTEGER REFERENCES term (id),
	model_version_term INTEGER REFERENCES term (id),
	input_tokens INTEGER CHECK (input_tokens >= 0),
	output_tokens INTEGER CHECK (output_tokens >= 0),
	total_tokens INTEGER CHECK (total_tokens >= 0),
	cache_read_tokens INTEGER CHECK (cache_read_tokens >= 0),
	cache_write_tokens INTEGER CHECK (cache_write_tokens >= 0),
	reasoning_tokens INTEGER CHECK (reasoning_tokens >= 0),
	cost_nano INTEGER CHECK (cost_nano >= 0),
	cost_source_term INTEGER REFERENCES term (id),
	price_map_term INTEGER REFERENCES term (id),
	latency_ms INTEGER CHECK (latency_ms >= 0),
	time_to_first_token_ms INTEGER CHECK (time_to_first_token_ms >= 0),
	initial_tier_term INTEGER REFERENCES term (id),
	escalated INTEGER CHECK (escalated IN (0, 1)),
	quality_gate_passed INTEGER CHECK (quality_gate_passed IN (0, 1)),
	error_code_term INTEGER REFERENCES term (id),
	error_message TEXT,
	error_retryable INTEGER CHECK (error_retryable IN (0, 1)),
	-- Hashes: one byte for the kind (1 sha256, 2 hmac-sha256), then 32 bytes.
	prompt_hash BLOB CHECK (length(prompt_hash) = 33),
	output_hash BLOB CHECK (length(output_hash) = 33),
	prompt_ref TEXT,
	output_ref TEXT,
	prompt_redacted TEXT,
	output_redacted TEXT,
	-- Canonical JSON, made by ros-aggregate from what it has read; json_valid() here would read all of it once more, a tenth of the time.
	dataset_ids TEXT,
	phi_scan_summary TEXT,
	phi_guard TEXT,
	parameters TEXT,
	routing_metadata TEXT,
	tags TEXT,
	undeclared TEXT, -- members that the schema does not declare: {"/pointer":value}
	PRIMARY KEY (time_ms, invocation_id)
) STRICT;
INSERT INTO invocation VALUES(1769601600123,X'7d0a2c3e5b1f4c8a9e6d0f1e2d3c4b5a',1,1,1,X'1cd3de43c470b74e9a65fdfb702c2e3d154cf5832874b3089b49d1c0b81e0749',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,1200,340,2340,800,NULL,NULL,2980000,4,NULL,1840,210,5,1,1,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,NULL,NULL,NULL,'{"input_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":true,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
INSERT INTO invocation VALUES(1767225600100,X'7d0a2c3e5b1f4c8a9e6d100000000000',2,2,1,X'8bbe2b40e548ed3ad7d11c0f1c9e0a8636d2d241accaef91064e819ff678a4d5',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,0,340,2340,800,NULL,NULL,NULL,4,NULL,NULL,210,5,1,0,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":[],"redaction_count":0,"status":"clean"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":true,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":false}','["demo"]',NULL);
INSERT INTO invocation VALUES(1767316020101,X'7d0a2c3e5b1f4c8a9e6d100000000001',3,3,1,X'b2f04c6dcb748d897d447b35f3fb1cd5bbe84aaa5e2974b2a2d1798ef1d52202',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,13,340,2340,800,NULL,NULL,1000000,6,NULL,37,210,5,0,1,7,'no',1,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":["NAME"],"redaction_count":1,"status":"flagged"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":false,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
INSERT INTO invocation VALUES(1767406440102,X'7d0a2c3e5b1f4c8a9e6d100000000002',4,4,1,X'1696cb5dfa6d21a44bc65e78fc4eebb3da1e5ee39ddb590f2324bbfddcab6315',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,26,340,2340,800,NULL,NULL,2000000,8,NULL,74,210,5,0,1,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":["NAME","MRN"],"redaction_count":2,"status":"redacted"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":false,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
INSERT INTO invocation VALUES(1767496860103,X'7d0a2c3e5b1f4c8a9e6d100000000003',5,5,1,X'87a166a8517919978564b362fa2e0bae92fa02283ae7966316e606de799180a2',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,39,340,2340,800,NULL,NULL,3000000,4,NULL,111,210,5,0,1,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":[],"redaction_count":0,"status":"skipped"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":false,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
INSERT INTO invocation VALUES(1767587280104,X'7d0a2c3e5b1f4c8a9e6d100000000004',6,6,1,X'a9df37a1837105ce982735af8e53cc0ce0e22611bd83c2f99f2b1df9c985b1bc',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,52,340,2340,800,NULL,NULL,4000000,6,NULL,148,210,5,1,1,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":["NAME"],"redaction_count":1,"status":"clean"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":true,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
INSERT INTO invocation VALUES(1767677700105,X'7d0a2c3e5b1f4c8a9e6d100000000005',7,7,1,X'fa3d639df1b0ae445581335fae62092566189de29a4af1deb79233ad3be861a7',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,65,340,2340,800,NULL,NULL,5000000,8,NULL,185,210,5,0,1,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":["NAME","MRN"],"redaction_count":2,"status":"flagged"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":false,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
INSERT INTO invocation VALUES(1767768120106,X'7d0a2c3e5b1f4c8a9e6d100000000006',8,8,1,X'4c9f7d469f6a6079a8df92e2adfcc06550c2bd30e54ae0bb9a02699186469fdb',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,78,340,2340,800,NULL,NULL,NULL,4,NULL,222,210,5,0,1,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":[],"redaction_count":0,"status":"redacted"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":false,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
INSERT INTO invocation VALUES(1767858540107,X'7d0a2c3e5b1f4c8a9e6d100000000007',9,9,1,X'669c34aec2d89629f2993bd11bc37db39cc31bfd3e8fa9ba2d71b3feaec3bf08',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,91,340,2340,800,NULL,NULL,7000000,6,NULL,259,210,5,0,1,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":["NAME"],"redaction_count":1,"status":"skipped"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":false,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
INSERT INTO invocation VALUES(1767948960108,X'7d0a2c3e5b1f4c8a9e6d100000000008',10,10,1,X'0b76f9593768c19281e72d3b69e0408410d4f4f251b59f29627c6a3cc2405777',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,104,340,2340,800,NULL,NULL,8000000,8,NULL,296,210,5,1,1,9,'no',1,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":["NAME","MRN"],"redaction_count":2,"status":"clean"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":true,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
INSERT INTO invocation VALUES(1768035780109,X'7d0a2c3e5b1f4c8a9e6d100000000009',11,11,1,X'aaeb54e76c9f2e455ddda0272c94af201ed7e50f3f6a927973396957dbb44bc5',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,117,340,2340,800,NULL,NULL,9000000,4,NULL,333,210,5,0,0,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":[],"redaction_count":0,"status":"flagged"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":false,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":false}','["demo"]',NULL);
INSERT INTO invocation VALUES(1768126200110,X'7d0a2c3e5b1f4c8a9e6d100000000010',12,12,1,X'14d41369f5c4ce012205f1c942aed130e273d4400103ff5dd433968ede14f3bb',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,130,340,2340,800,NULL,NULL,10000000,6,NULL,370,210,5,0,1,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":["NAME"],"redaction_count":1,"status":"redacted"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":false,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
INSERT INTO invocation VALUES(1768216620111,X'7d0a2c3e5b1f4c8a9e6d100000000011',13,13,1,X'a830c9242fd24b49c9dff8af6069346c9cb8f0df6fc79fab84656da46f38a022',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,143,340,2340,800,NULL,NULL,11000000,8,NULL,NULL,210,5,0,1,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,'a made-up question',NULL,NULL,'{"input_scan":{"phi_types_detected":["NAME","MRN"],"redaction_count":2,"status":"skipped"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":false,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
INSERT INTO invocation VALUES(1769601600123,X'7d0a2c3e5b1f4c8a9e6d0f1e2d3c4b5f',14,14,1,X'e693f86f733cc798309d4cfc52d6eee3df5159ada5fc958f179b9e16ffaec8d8',1,2,X'9c5b94b135ad49bbb1188e8fc24abf80',NULL,NULL,3,NULL,1200,340,2340,800,NULL,NULL,2980000,4,NULL,1840,210,5,1,1,NULL,NULL,NULL,X'019f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'0160303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',NULL,NULL,NULL,NULL,NULL,'{"input_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}}',NULL,'{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}','{"escalated":true,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true}','["demo"]',NULL);
CREATE TABLE conflict (
	time_ms INTEGER NOT NULL,
	invocation_id BLOB NOT NULL CHECK (length(invocation_id) = 16),
	content_sha256 BLOB NOT NULL CHECK (length(content_sha256) = 32),
	batch INTEGER NOT NULL,
	event TEXT NOT NULL CHECK (json_valid(event)),
	PRIMARY KEY (time_ms, invocation_id, content_sha256)
) STRICT, WITHOUT ROWID;
INSERT INTO "conflict" VALUES(1769601600123,X'7d0a2c3e5b1f4c8a9e6d0f1e2d3c4b5a',X'55d8672633397d5c7a405caf3aa569963921cf5b5692252696c81a9af83799cb',1,'{"caller":"worker","governance_mode":"DEMO","invocation_id":"7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a","model":"claude-haiku-4-5","model_requested":"claude-haiku-latest","output_hash":"sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752","parameters":{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1},"phi":{"input_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"},"output_scan":{"confidence":0.99,"phi_types_detected":[],"redaction_count":0,"status":"clean"}},"project_id":"1b4e28ba-2fa1-41d2-883f-0016d3cca427","prompt_hash":"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","provider":"anthropic","purpose":"extract","routing":{"escalated":true,"escalation_reason":"low confidence","features":{},"initial_tier":"NANO","quality_gate_passed":true},"run_id":"9c5b94b1-35ad-49bb-b118-8e8fc24abf80","schema_version":"1.1.0","stage":3,"stage_name":"extract","status":"SUCCESS","tags":["other"],"tier":"MINI","timestamp":"2026-01-28T12:00:00.123Z","usage":{"cache_read_tokens":800,"cost_source":"provider","cost_usd":0.00298,"input_tokens":1200,"latency_ms":1840,"output_tokens":340,"time_to_first_token_ms":210,"total_tokens":2340}}');
CREATE TABLE refusal (
	stream TEXT NOT NULL,
	entry_id TEXT NOT NULL,
	reason TEXT NOT NULL,
	batch INTEGER NOT NULL,
	PRIMARY KEY (stream, entry_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_hour (
	hour INTEGER NOT NULL,
	series_id INTEGER NOT NULL REFERENCES series (id),
	first_ms INTEGER NOT NULL,      -- of the first and the last call
	last_ms INTEGER NOT NULL,
	calls INTEGER NOT NULL,
	input_tokens INTEGER NOT NULL,
	output_tokens INTEGER NOT NULL,
	cache_read_tokens INTEGER NOT NULL,
	cache_write_tokens INTEGER NOT NULL,
	reasoning_tokens INTEGER NOT NULL,
	cost_nano INTEGER NOT NULL,     -- of the calls whose cost is known
	cost_nano_max INTEGER NOT NULL, -- of one call
	priced_provider INTEGER NOT NULL, -- calls whose cost is known, by who says so
	priced_local INTEGER NOT NULL,
	priced_unstated INTEGER NOT NULL,
	timed INTEGER NOT NULL,         -- calls whose latency is known
	latency_ms INTEGER NOT NULL,    -- sum
	latency_ms_max INTEGER NOT NULL,
	escalated INTEGER NOT NULL,
	gated INTEGER NOT NULL,         -- calls with an answer of the quality gate
	gate_failed INTEGER NOT NULL,
	phi_scans INTEGER NOT NULL,     -- scans of input and of output, skipped ones not counted
	phi_skipped INTEGER NOT NULL,
	phi_flags INTEGER NOT NULL,     -- scans that flagged or redacted
	phi_redactions INTEGER NOT NULL,
	PRIMARY KEY (hour, series_id)
) STRICT, WITHOUT ROWID;
INSERT INTO rollup_hour VALUES(490896,2,1767225600100,1767225600100,1,0,340,800,0,0,0,0,0,0,0,0,0,0,1,1,1,2,0,0,0);
INSERT INTO rollup_hour VALUES(490921,3,1767316020101,1767316020101,1,13,340,800,0,0,1000000,1000000,0,1,0,1,37,37,0,1,0,2,0,1,1);
INSERT INTO rollup_hour VALUES(490946,4,1767406440102,1767406440102,1,26,340,800,0,0,2000000,2000000,0,0,1,1,74,74,0,1,0,2,0,1,2);
INSERT INTO rollup_hour VALUES(490971,5,1767496860103,1767496860103,1,39,340,800,0,0,3000000,3000000,1,0,0,1,111,111,0,1,0,1,1,0,0);
INSERT INTO rollup_hour VALUES(490996,6,1767587280104,1767587280104,1,52,340,800,0,0,4000000,4000000,0,1,0,1,148,148,1,1,0,2,0,0,1);
INSERT INTO rollup_hour VALUES(491021,7,1767677700105,1767677700105,1,65,340,800,0,0,5000000,5000000,0,0,1,1,185,185,0,1,0,2,0,1,2);
INSERT INTO rollup_hour VALUES(491046,8,1767768120106,1767768120106,1,78,340,800,0,0,0,0,0,0,0,1,222,222,0,1,0,2,0,1,0);
INSERT INTO rollup_hour VALUES(491071,9,1767858540107,1767858540107,1,91,340,800,0,0,7000000,7000000,0,1,0,1,259,259,0,1,0,1,1,0,1);
INSERT INTO rollup_hour VALUES(491096,10,1767948960108,1767948960108,1,104,340,800,0,0,8000000,8000000,0,0,1,1,296,296,1,1,0,2,0,0,2);
INSERT INTO rollup_hour VALUES(491121,11,1768035780109,1768035780109,1,117,340,800,0,0,9000000,9000000,1,0,0,1,333,333,0,1,1,2,0,1,0);
INSERT INTO rollup_hour VALUES(491146,12,1768126200110,1768126200110,1,130,340,800,0,0,10000000,10000000,0,1,0,1,370,370,0,1,0,2,0,1,1);
INSERT INTO rollup_hour VALUES(491171,13,1768216620111,1768216620111,1,143,340,800,0,0,11000000,11000000,0,0,1,0,0,0,0,1,0,1,1,0,2);
INSERT INTO rollup_hour VALUES(491556,1,1769601600123,1769601600123,1,1200,340,800,0,0,2980000,2980000,1,0,0,1,1840,1840,1,1,0,2,0,0,0);
INSERT INTO rollup_hour VALUES(491556,14,1769601600123,1769601600123,1,1200,340,800,0,0,2980000,2980000,1,0,0,1,1840,1840,1,1,0,2,0,0,0);
CREATE TABLE tally_hour (
	hour INTEGER NOT NULL,
	series_id INTEGER NOT NULL REFERENCES series (id),
	kind TEXT NOT NULL CHECK (kind IN ('error_code', 'escalated_from', 'model_requested', 'phi_type')),
	name TEXT NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (hour, series_id, kind, name)
) STRICT, WITHOUT ROWID;
INSERT INTO tally_hour VALUES(490896,2,'escalated_from','NANO',1);
INSERT INTO tally_hour VALUES(490896,2,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(490921,3,'error_code','E1',1);
INSERT INTO tally_hour VALUES(490921,3,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(490921,3,'phi_type','NAME',1);
INSERT INTO tally_hour VALUES(490946,4,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(490946,4,'phi_type','MRN',1);
INSERT INTO tally_hour VALUES(490946,4,'phi_type','NAME',1);
INSERT INTO tally_hour VALUES(490971,5,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(490996,6,'escalated_from','NANO',1);
INSERT INTO tally_hour VALUES(490996,6,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(490996,6,'phi_type','NAME',1);
INSERT INTO tally_hour VALUES(491021,7,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(491021,7,'phi_type','MRN',1);
INSERT INTO tally_hour VALUES(491021,7,'phi_type','NAME',1);
INSERT INTO tally_hour VALUES(491046,8,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(491071,9,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(491071,9,'phi_type','NAME',1);
INSERT INTO tally_hour VALUES(491096,10,'error_code','E0',1);
INSERT INTO tally_hour VALUES(491096,10,'escalated_from','NANO',1);
INSERT INTO tally_hour VALUES(491096,10,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(491096,10,'phi_type','MRN',1);
INSERT INTO tally_hour VALUES(491096,10,'phi_type','NAME',1);
INSERT INTO tally_hour VALUES(491121,11,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(491146,12,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(491146,12,'phi_type','NAME',1);
INSERT INTO tally_hour VALUES(491171,13,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(491171,13,'phi_type','MRN',1);
INSERT INTO tally_hour VALUES(491171,13,'phi_type','NAME',1);
INSERT INTO tally_hour VALUES(491556,1,'escalated_from','NANO',1);
INSERT INTO tally_hour VALUES(491556,1,'model_requested','claude-haiku-latest',1);
INSERT INTO tally_hour VALUES(491556,14,'escalated_from','NANO',1);
INSERT INTO tally_hour VALUES(491556,14,'model_requested','claude-haiku-latest',1);
CREATE TABLE latency_day (
	day INTEGER NOT NULL,
	deployment_id INTEGER NOT NULL REFERENCES deployment (id),
	sketch BLOB NOT NULL,
	PRIMARY KEY (day, deployment_id)
) STRICT, WITHOUT ROWID;
INSERT INTO latency_day VALUES(20455,3,X'0100b50101');
INSERT INTO latency_day VALUES(20456,4,X'0100d80101');
INSERT INTO latency_day VALUES(20457,5,X'0100ec0101');
INSERT INTO latency_day VALUES(20458,6,X'0100fa0101');
INSERT INTO latency_day VALUES(20459,7,X'0100860201');
INSERT INTO latency_day VALUES(20460,8,X'01008f0201');
INSERT INTO latency_day VALUES(20461,9,X'0100960201');
INSERT INTO latency_day VALUES(20462,10,X'01009d0201');
INSERT INTO latency_day VALUES(20463,11,X'0100a30201');
INSERT INTO latency_day VALUES(20464,12,X'0100a80201');
INSERT INTO latency_day VALUES(20481,1,X'0100f80201');
INSERT INTO latency_day VALUES(20481,14,X'0100f80201');
CREATE TABLE dataset (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	uri TEXT NOT NULL,
	format TEXT NOT NULL CHECK (format IN ('csv', 'parquet', 'ndjson', 'dicom', 'xlsx', 'json', 'hl7', 'fhir')),
	size_bytes INTEGER CHECK (size_bytes >= 0),
	sha256 BLOB CHECK (length(sha256) = 32),
	row_count INTEGER CHECK (row_count >= 0),
	governance_mode TEXT NOT NULL CHECK (governance_mode IN ('DEMO', 'LIVE')),
	phi_scan_status TEXT NOT NULL CHECK (phi_scan_status IN ('pending', 'clean', 'flagged', 'redacted', 'failed')),
	phi_scan_result TEXT CHECK (phi_scan_result IS NULL OR json_valid(phi_scan_result)),
	partition_count INTEGER CHECK (partition_count >= 0),
	partition_schema TEXT CHECK (partition_schema IS NULL OR json_valid(partition_schema)),
	detected_schema TEXT CHECK (detected_schema IS NULL OR json_valid(detected_schema)),
	column_count INTEGER CHECK (column_count >= 0),
	owner_id BLOB CHECK (length(owner_id) = 16),
	project_id BLOB CHECK (length(project_id) = 16),
	tenant_id TEXT,
	is_archived INTEGER NOT NULL DEFAULT 0 CHECK (is_archived IN (0, 1)),
	archived_ms INTEGER,
	expires_ms INTEGER,
	created_ms INTEGER NOT NULL,
	updated_ms INTEGER NOT NULL,
	created_by TEXT,
	name TEXT,
	description TEXT,
	tags TEXT CHECK (tags IS NULL OR json_valid(tags)),
	metadata TEXT CHECK (metadata IS NULL OR json_valid(metadata))
) STRICT, WITHOUT ROWID;
CREATE TABLE dataset_access (
	accessed_ms INTEGER NOT NULL,
	id BLOB NOT NULL CHECK (length(id) = 16),
	dataset_id BLOB NOT NULL CHECK (length(dataset_id) = 16), -- no foreign key: an access may be recorded before its dataset
	user_id BLOB CHECK (length(user_id) = 16),
	service_name TEXT,
	ip_address TEXT,
	access_type TEXT NOT NULL CHECK (access_type IN ('read', 'download', 'export', 'transform', 'delete', 'share')),
	rows_accessed INTEGER CHECK (rows_accessed >= 0),
	columns_accessed TEXT CHECK (columns_accessed IS NULL OR json_valid(columns_accessed)),
	purpose TEXT,
	run_id BLOB CHECK (length(run_id) = 16),
	stage INTEGER CHECK (stage BETWEEN 1 AND 20),
	governance_mode TEXT NOT NULL CHECK (governance_mode IN ('DEMO', 'LIVE')),
	phi_exposure_risk TEXT CHECK (phi_exposure_risk IN ('none', 'low', 'medium', 'high')),
	success INTEGER NOT NULL CHECK (success IN (0, 1)),
	error_message TEXT,
	duration_ms INTEGER CHECK (duration_ms >= 0),
	session_id TEXT,
	request_id TEXT,
	PRIMARY KEY (accessed_ms, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE stage_run (
	run_id BLOB NOT NULL CHECK (length(run_id) = 16),
	stage_number INTEGER NOT NULL CHECK (stage_number BETWEEN 1 AND 20),
	id BLOB NOT NULL CHECK (length(id) = 16),
	stage_name TEXT,
	status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed', 'skipped', 'paused', 'cancelled')),
	progress_percent INTEGER CHECK (progress_percent BETWEEN 0 AND 100),
	items_total INTEGER CHECK (items_total >= 0),
	items_processed INTEGER CHECK (items_processed >= 0),
	items_failed INTEGER CHECK (items_failed >= 0),
	checkpoint_data TEXT CHECK (checkpoint_data IS NULL OR json_valid(checkpoint_data)),
	checkpoint_version INTEGER CHECK (checkpoint_version >= 0),
	last_checkpoint_ms INTEGER,
	started_ms INTEGER,
	completed_ms INTEGER,
	duration_ms INTEGER CHECK (duration_ms >= 0),
	attempt_number INTEGER CHECK (attempt_number >= 1),
	max_attempts INTEGER CHECK (max_attempts >= 1),
	last_error TEXT,
	ai_call_count INTEGER NOT NULL DEFAULT 0 CHECK (ai_call_count >= 0),
	ai_cost_nano INTEGER NOT NULL DEFAULT 0 CHECK (ai_cost_nano >= 0),
	ai_latency_total_ms INTEGER NOT NULL DEFAULT 0 CHECK (ai_latency_total_ms >= 0),
	input_ref TEXT,
	output_ref TEXT,
	governance_mode TEXT NOT NULL CHECK (governance_mode IN ('DEMO', 'LIVE')),
	project_id BLOB CHECK (length(project_id) = 16),
	user_id BLOB CHECK (length(user_id) = 16),
	tenant_id TEXT,
	created_ms INTEGER NOT NULL,
	updated_ms INTEGER NOT NULL,
	metadata TEXT CHECK (metadata IS NULL OR json_valid(metadata)),
	PRIMARY KEY (run_id, stage_number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX series_key ON series (deployment_id, ifnull(tenant_id, 0), ifnull(stage, 0), ifnull(stage_name, 0), ifnull(purpose, 0),
	ifnull(status, 0));
CREATE INDEX invocation_run ON invocation (run_id, time_ms) WHERE run_id IS NOT NULL;
CREATE INDEX invocation_deployment ON invocation (deployment_id, time_ms);
CREATE INDEX dataset_access_dataset ON dataset_access (dataset_id, accessed_ms);
CREATE INDEX dataset_access_run ON dataset_access (run_id, accessed_ms) WHERE run_id IS NOT NULL;
CREATE VIEW ai_invocations AS
SELECT
	lower(substr(hex(i.invocation_id), 1, 8) || '-' || substr(hex(i.invocation_id), 9, 4) || '-' || substr(hex(i.invocation_id), 13, 4) || '-' || substr(hex(i.invocation_id), 17, 4) || '-' || substr(hex(i.invocation_id), 21)) AS invocation_id,
	strftime('%Y-%m-%dT%H:%M:%S', i.time_ms / 1000 - (i.time_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (i.time_ms % 1000 + 1000) % 1000) AS timestamp,
	d.governance_mode,
	lower(substr(hex(d.project_id), 1, 8) || '-' || substr(hex(d.project_id), 9, 4) || '-' || substr(hex(d.project_id), 13, 4) || '-' || substr(hex(d.project_id), 17, 4) || '-' || substr(hex(d.project_id), 21)) AS project_id,
	(SELECT text FROM term WHERE id = i.caller_service_term) AS caller_service,
	d.tier, d.provider, d.model,
	(SELECT text FROM term WHERE id = i.model_requested_term) AS model_requested,
	(SELECT text FROM term WHERE id = i.model_version_term) AS model_version,
	CASE WHEN i.run_id NOT NULL THEN lower(substr(hex(i.run_id), 1, 8) || '-' || substr(hex(i.run_id), 9, 4) || '-' || substr(hex(i.run_id), 13, 4) || '-' || substr(hex(i.run_id), 17, 4) || '-' || substr(hex(i.run_id), 21)) END AS run_id,
	s.stage, s.stage_name, s.purpose, s.status,
	i.prompt_ref, i.output_ref, i.prompt_redacted, i.output_redacted,
	CASE hex(substr(i.prompt_hash, 1, 1)) WHEN '01' THEN 'sha256:' WHEN '02' THEN 'hmac-sha256:' END || lower(hex(substr(i.prompt_hash, 2))) AS prompt_hash,
	CASE hex(substr(i.output_hash, 1, 1)) WHEN '01' THEN 'sha256:' WHEN '02' THEN 'hmac-sha256:' END || lower(hex(substr(i.output_hash, 2))) AS output_hash,
	i.input_tokens, i.output_tokens, i.total_tokens, i.cache_read_tokens, i.cache_write_tokens, i.reasoning_tokens,
	CASE WHEN i.cost_nano NOT NULL THEN printf('%d.%09d', i.cost_nano / 1000000000, i.cost_nano % 1000000000) END AS cost_usd,
	(SELECT text FROM term WHERE id = i.cost_source_term) AS cost_source,
	(SELECT text FROM term WHERE id = i.price_map_term) AS price_map,
	i.latency_ms, i.time_to_first_token_ms,
	i.parameters, i.routing_metadata,
	(SELECT text FROM term WHERE id = i.initial_tier_term) AS initial_tier,
	i.escalated,
	CASE WHEN i.escalated THEN d.tier END AS escalation_tier,
	i.quality_gate_passed,
	i.phi_scan_summary, i.phi_guard,
	(SELECT text FROM term WHERE id = i.error_code_term) AS error_code,
	i.error_message, i.error_retryable,
	i.tags, i.dataset_ids,
	(SELECT text FROM term WHERE id = i.agent_id_term) AS agent_id,
	CASE WHEN i.user_id NOT NULL THEN lower(substr(hex(i.user_id), 1, 8) || '-' || substr(hex(i.user_id), 9, 4) || '-' || substr(hex(i.user_id), 13, 4) || '-' || substr(hex(i.user_id), 17, 4) || '-' || substr(hex(i.user_id), 21)) END AS user_id,
	s.tenant_id,
	(SELECT text FROM term WHERE id = i.schema_version_term) AS schema_version,
	i.undeclared,
	lower(hex(i.content_sha256)) AS content_sha256,
	i.batch,
	(SELECT strftime('%Y-%m-%dT%H:%M:%S', b.committed_ms / 1000 - (b.committed_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (b.committed_ms % 1000 + 1000) % 1000) FROM batch b WHERE b.number = i.batch) AS created_at
FROM invocation i JOIN deployment d ON d.id = i.deployment_id JOIN series s ON s.id = i.series_id;
CREATE VIEW datasets AS
SELECT
	lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id, uri, format, size_bytes, lower(hex(sha256)) AS sha256, row_count, governance_mode, phi_scan_status, phi_scan_result,
	partition_count, partition_schema, detected_schema, column_count, CASE WHEN owner_id NOT NULL THEN lower(substr(hex(owner_id), 1, 8) || '-' || substr(hex(owner_id), 9, 4) || '-' || substr(hex(owner_id), 13, 4) || '-' || substr(hex(owner_id), 17, 4) || '-' || substr(hex(owner_id), 21)) END AS owner_id, CASE WHEN project_id NOT NULL THEN lower(substr(hex(project_id), 1, 8) || '-' || substr(hex(project_id), 9, 4) || '-' || substr(hex(project_id), 13, 4) || '-' || substr(hex(project_id), 17, 4) || '-' || substr(hex(project_id), 21)) END AS project_id,
	tenant_id, is_archived, strftime('%Y-%m-%dT%H:%M:%S', archived_ms / 1000 - (archived_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (archived_ms % 1000 + 1000) % 1000) AS archived_at, strftime('%Y-%m-%dT%H:%M:%S', expires_ms / 1000 - (expires_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (expires_ms % 1000 + 1000) % 1000) AS expires_at, strftime('%Y-%m-%dT%H:%M:%S', created_ms / 1000 - (created_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (created_ms % 1000 + 1000) % 1000) AS created_at,
	strftime('%Y-%m-%dT%H:%M:%S', updated_ms / 1000 - (updated_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (updated_ms % 1000 + 1000) % 1000) AS updated_at, created_by, name, description, tags, metadata
FROM dataset;
CREATE VIEW dataset_access_log AS
SELECT
	lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id, lower(substr(hex(dataset_id), 1, 8) || '-' || substr(hex(dataset_id), 9, 4) || '-' || substr(hex(dataset_id), 13, 4) || '-' || substr(hex(dataset_id), 17, 4) || '-' || substr(hex(dataset_id), 21)) AS dataset_id, CASE WHEN user_id NOT NULL THEN lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-' || substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-' || substr(hex(user_id), 21)) END AS user_id, service_name, ip_address, access_type, rows_accessed,
	columns_accessed, purpose, CASE WHEN run_id NOT NULL THEN lower(substr(hex(run_id), 1, 8) || '-' || substr(hex(run_id), 9, 4) || '-' || substr(hex(run_id), 13, 4) || '-' || substr(hex(run_id), 17, 4) || '-' || substr(hex(run_id), 21)) END AS run_id, stage, governance_mode, phi_exposure_risk, success, error_message, duration_ms,
	strftime('%Y-%m-%dT%H:%M:%S', accessed_ms / 1000 - (accessed_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (accessed_ms % 1000 + 1000) % 1000) AS accessed_at, session_id, request_id
FROM dataset_access;
CREATE VIEW workflow_stage_runs AS
SELECT
	lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id, CASE WHEN run_id NOT NULL THEN lower(substr(hex(run_id), 1, 8) || '-' || substr(hex(run_id), 9, 4) || '-' || substr(hex(run_id), 13, 4) || '-' || substr(hex(run_id), 17, 4) || '-' || substr(hex(run_id), 21)) END AS run_id, stage_number, stage_name, status, progress_percent, items_total, items_processed,
	items_failed, checkpoint_data, checkpoint_version, strftime('%Y-%m-%dT%H:%M:%S', last_checkpoint_ms / 1000 - (last_checkpoint_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (last_checkpoint_ms % 1000 + 1000) % 1000) AS last_checkpoint_at, strftime('%Y-%m-%dT%H:%M:%S', started_ms / 1000 - (started_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (started_ms % 1000 + 1000) % 1000) AS started_at,
	strftime('%Y-%m-%dT%H:%M:%S', completed_ms / 1000 - (completed_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (completed_ms % 1000 + 1000) % 1000) AS completed_at, duration_ms, attempt_number, max_attempts, last_error, ai_call_count, CASE WHEN ai_cost_nano NOT NULL THEN printf('%d.%09d', ai_cost_nano / 1000000000, ai_cost_nano % 1000000000) END AS ai_cost_usd,
	ai_latency_total_ms, input_ref, output_ref, governance_mode, CASE WHEN project_id NOT NULL THEN lower(substr(hex(project_id), 1, 8) || '-' || substr(hex(project_id), 9, 4) || '-' || substr(hex(project_id), 13, 4) || '-' || substr(hex(project_id), 17, 4) || '-' || substr(hex(project_id), 21)) END AS project_id, CASE WHEN user_id NOT NULL THEN lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-' || substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-' || substr(hex(user_id), 21)) END AS user_id, tenant_id,
	strftime('%Y-%m-%dT%H:%M:%S', created_ms / 1000 - (created_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (created_ms % 1000 + 1000) % 1000) AS created_at, strftime('%Y-%m-%dT%H:%M:%S', updated_ms / 1000 - (updated_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (updated_ms % 1000 + 1000) % 1000) AS updated_at, metadata
FROM stage_run;
COMMIT;
