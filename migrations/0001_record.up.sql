-- The record. Compact tables hold integers (milliseconds since 1970 UTC, nano-dollars), 16-byte uuids and 32-byte hashes; the views
-- ai_invocations, datasets, dataset_access_log and workflow_stage_runs at the end are what a person queries. A boolean is 0 or 1.

-- One row a commit of ros-aggregate. content_sum is the sum of the content hashes of the events recorded by it, as 256-bit big-endian
-- integers modulo 2^256: it does not depend on their order, so a report can name the state that it saw.
CREATE TABLE batch (
	number INTEGER PRIMARY KEY,
	committed_ms INTEGER NOT NULL,
	recorded INTEGER NOT NULL CHECK (recorded >= 0),
	repeated INTEGER NOT NULL CHECK (repeated >= 0),
	conflicting INTEGER NOT NULL CHECK (conflicting >= 0),
	refused INTEGER NOT NULL CHECK (refused >= 0),
	content_sum BLOB NOT NULL CHECK (length(content_sum) = 32)
) STRICT;

-- Strings that repeat, by number.
CREATE TABLE term (
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE
) STRICT;

-- A model as a project uses it. A call's row holds the number, so that one index (deployment_id, time_ms) finds calls by tier, project, model,
-- provider and mode. There are few of these at a time: inserts touch few leaves of the index, however large it grows.
CREATE TABLE deployment (
	id INTEGER PRIMARY KEY,
	governance_mode TEXT NOT NULL CHECK (governance_mode IN ('DEMO', 'LIVE')),
	project_id BLOB NOT NULL CHECK (length(project_id) = 16),
	tier TEXT NOT NULL CHECK (tier IN ('NANO', 'MINI', 'FRONTIER')),
	provider TEXT NOT NULL,
	model TEXT NOT NULL,
	UNIQUE (governance_mode, project_id, tier, provider, model)
) STRICT;

-- The combinations of attributes that calls are counted by: a deployment, and what it was used for.
CREATE TABLE series (
	id INTEGER PRIMARY KEY,
	deployment_id INTEGER NOT NULL REFERENCES deployment (id),
	tenant_id TEXT,
	stage INTEGER CHECK (stage BETWEEN 1 AND 20),
	stage_name TEXT,
	purpose TEXT CHECK (purpose IN ('route', 'generate', 'rag', 'refine', 'classify', 'extract', 'summarize', 'validate')),
	status TEXT NOT NULL CHECK (status IN ('SUCCESS', 'FAILED', 'BLOCKED', 'TIMEOUT', 'RATE_LIMITED'))
) STRICT;

-- NULL is a value of its own here (0 is of another type than any text), or two rows of one series could stand side by side.
CREATE UNIQUE INDEX series_key ON series (deployment_id, ifnull(tenant_id, 0), ifnull(stage, 0), ifnull(stage_name, 0), ifnull(purpose, 0),
	ifnull(status, 0));

-- The record itself, one row an invocation. The key is the deduplication: a redelivery has the same time and the same id. It starts with
-- the time, so that inserts touch the end of its tree; a unique index on the random id alone would touch a random leaf each time. The table
-- keeps its rowid: rows of 600 bytes are appended, and the indexes hold a rowid instead of time and id; WITHOUT ROWID took half as long again.
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

CREATE INDEX invocation_run ON invocation (run_id, time_ms) WHERE run_id IS NOT NULL;
CREATE INDEX invocation_deployment ON invocation (deployment_id, time_ms);

-- The same (time, id) with other content: the first recorded stays, the others are kept here.
CREATE TABLE conflict (
	time_ms INTEGER NOT NULL,
	invocation_id BLOB NOT NULL CHECK (length(invocation_id) = 16),
	content_sha256 BLOB NOT NULL CHECK (length(content_sha256) = 32),
	batch INTEGER NOT NULL,
	event TEXT NOT NULL CHECK (json_valid(event)),
	PRIMARY KEY (time_ms, invocation_id, content_sha256)
) STRICT, WITHOUT ROWID;

-- Entries of the bus that were refused for good; they went to the dead letters.
CREATE TABLE refusal (
	stream TEXT NOT NULL,
	entry_id TEXT NOT NULL,
	reason TEXT NOT NULL,
	batch INTEGER NOT NULL,
	PRIMARY KEY (stream, entry_id)
) STRICT, WITHOUT ROWID;

-- What a report reads instead of the record: sums by hour (hours since 1970 UTC) and series.
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

-- Counts of named things by hour and series: calls with the error code, calls escalated from the tier, calls for which another model
-- was asked than served, times that a scan lists the type.
CREATE TABLE tally_hour (
	hour INTEGER NOT NULL,
	series_id INTEGER NOT NULL REFERENCES series (id),
	kind TEXT NOT NULL CHECK (kind IN ('error_code', 'escalated_from', 'model_requested', 'phi_type')),
	name TEXT NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (hour, series_id, kind, name)
) STRICT, WITHOUT ROWID;

-- Latency sketches by day (days since 1970 UTC); they merge exactly, in any order.
CREATE TABLE latency_day (
	day INTEGER NOT NULL,
	deployment_id INTEGER NOT NULL REFERENCES deployment (id),
	sketch BLOB NOT NULL,
	PRIMARY KEY (day, deployment_id)
) STRICT, WITHOUT ROWID;

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

CREATE INDEX dataset_access_dataset ON dataset_access (dataset_id, accessed_ms);
CREATE INDEX dataset_access_run ON dataset_access (run_id, accessed_ms) WHERE run_id IS NOT NULL;

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
