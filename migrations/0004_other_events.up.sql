-- Events beside the invocations: datasets, accesses to them, stages of workflow runs, exports. What they say is in the tables dataset, dataset_access,
-- stage_run and export; these can be made again from the table notice. The views are what a person queries.

-- Each of these events once, as it came (canonical JSON).
CREATE TABLE notice (
	time_ms INTEGER NOT NULL,
	event_id BLOB NOT NULL CHECK (length(event_id) = 16),
	type TEXT NOT NULL CHECK (type IN ('dataset.registered', 'dataset.accessed', 'workflow.stage.updated', 'export.created')),
	subject BLOB CHECK (length(subject) = 16), -- the dataset, or the run, whose row several events make
	stage_number INTEGER CHECK (stage_number BETWEEN 1 AND 20),
	batch INTEGER NOT NULL,
	content_sha256 BLOB NOT NULL CHECK (length(content_sha256) = 32),
	event TEXT CHECK (event IS NULL OR json_valid(event)), -- NULL: it is purged
	PRIMARY KEY (time_ms, event_id)
) STRICT;

-- What is left of an access that is purged is that there was one: it stays known, and its batch can still be checked.
CREATE TRIGGER dataset_access_purged AFTER DELETE ON dataset_access BEGIN
	UPDATE notice SET event = NULL WHERE time_ms = old.accessed_ms AND event_id = old.id;
END;

-- In the order in which they make a row.
CREATE INDEX notice_subject ON notice (subject, stage_number, time_ms, content_sha256) WHERE subject NOT NULL;

-- What a batch recorded of them; the sum is as that in batch.
CREATE TABLE notice_batch (
	batch INTEGER PRIMARY KEY,
	recorded INTEGER NOT NULL CHECK (recorded >= 1),
	content_sum BLOB NOT NULL CHECK (length(content_sum) = 32)
) STRICT;

-- Reports and bundles that were made of the record.
CREATE TABLE export (
	time_ms INTEGER NOT NULL,
	id BLOB NOT NULL CHECK (length(id) = 16),
	kind TEXT NOT NULL,
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
	size_bytes INTEGER CHECK (size_bytes >= 0),
	row_count INTEGER CHECK (row_count >= 0),
	filter TEXT CHECK (filter IS NULL OR json_valid(filter)),
	uri TEXT,
	created_by TEXT,
	governance_mode TEXT NOT NULL CHECK (governance_mode IN ('DEMO', 'LIVE')),
	project_id BLOB CHECK (length(project_id) = 16),
	user_id BLOB CHECK (length(user_id) = 16),
	tenant_id TEXT,
	PRIMARY KEY (time_ms, id)
) STRICT, WITHOUT ROWID;

-- What AI the stages took. A row can be there before its stage is in stage_run, and without it.
CREATE TABLE stage_usage (
	run_id BLOB NOT NULL CHECK (length(run_id) = 16),
	stage_number INTEGER NOT NULL CHECK (stage_number BETWEEN 1 AND 20),
	calls INTEGER NOT NULL CHECK (calls >= 1),
	priced INTEGER NOT NULL CHECK (priced BETWEEN 0 AND calls), -- calls whose cost is known
	cost_nano INTEGER NOT NULL CHECK (cost_nano >= 0),          -- of these
	latency_ms INTEGER NOT NULL CHECK (latency_ms >= 0),        -- of the calls whose latency is known
	PRIMARY KEY (run_id, stage_number)
) STRICT, WITHOUT ROWID;

INSERT INTO stage_usage (run_id, stage_number, calls, priced, cost_nano, latency_ms)
SELECT run_id, stage, count(*), count(cost_nano), min(ifnull(sum(cost_nano / 1000000), 0) * 1000000 + ifnull(sum(cost_nano % 1000000), 0), 9223372036854775807),
	min(ifnull(sum(latency_ms / 1000000), 0) * 1000000 + ifnull(sum(latency_ms % 1000000), 0), 9223372036854775807)
FROM invocation JOIN series ON series.id = series_id
WHERE run_id NOT NULL AND stage NOT NULL
GROUP BY 1, 2;

DROP VIEW datasets;
DROP VIEW workflow_stage_runs;

-- An event need not say it: then it is as it was.
ALTER TABLE dataset DROP COLUMN is_archived;
ALTER TABLE dataset ADD COLUMN is_archived INTEGER CHECK (is_archived IN (0, 1));

-- stage_usage has them.
ALTER TABLE stage_run DROP COLUMN ai_call_count;
ALTER TABLE stage_run DROP COLUMN ai_cost_nano;
ALTER TABLE stage_run DROP COLUMN ai_latency_total_ms;

CREATE VIEW datasets AS
SELECT
	lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id, uri, format, size_bytes, lower(hex(sha256)) AS sha256, row_count, governance_mode, phi_scan_status, phi_scan_result,
	partition_count, partition_schema, detected_schema, column_count, CASE WHEN owner_id NOT NULL THEN lower(substr(hex(owner_id), 1, 8) || '-' || substr(hex(owner_id), 9, 4) || '-' || substr(hex(owner_id), 13, 4) || '-' || substr(hex(owner_id), 17, 4) || '-' || substr(hex(owner_id), 21)) END AS owner_id, CASE WHEN project_id NOT NULL THEN lower(substr(hex(project_id), 1, 8) || '-' || substr(hex(project_id), 9, 4) || '-' || substr(hex(project_id), 13, 4) || '-' || substr(hex(project_id), 17, 4) || '-' || substr(hex(project_id), 21)) END AS project_id,
	tenant_id, ifnull(is_archived, 0) AS is_archived, strftime('%Y-%m-%dT%H:%M:%S', archived_ms / 1000 - (archived_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (archived_ms % 1000 + 1000) % 1000) AS archived_at, strftime('%Y-%m-%dT%H:%M:%S', expires_ms / 1000 - (expires_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (expires_ms % 1000 + 1000) % 1000) AS expires_at, strftime('%Y-%m-%dT%H:%M:%S', created_ms / 1000 - (created_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (created_ms % 1000 + 1000) % 1000) AS created_at,
	strftime('%Y-%m-%dT%H:%M:%S', updated_ms / 1000 - (updated_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (updated_ms % 1000 + 1000) % 1000) AS updated_at, created_by, name, description, tags, metadata
FROM dataset;

-- A cost that is known of no call is unknown, and not 0; a duration that no event states is that from start to end.
CREATE VIEW workflow_stage_runs AS
SELECT
	lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id,
	lower(substr(hex(run_id), 1, 8) || '-' || substr(hex(run_id), 9, 4) || '-' || substr(hex(run_id), 13, 4) || '-' || substr(hex(run_id), 17, 4) || '-' || substr(hex(run_id), 21)) AS run_id,
	stage_number, stage_name, status, progress_percent, items_total, items_processed, items_failed, checkpoint_data, checkpoint_version,
	strftime('%Y-%m-%dT%H:%M:%S', last_checkpoint_ms / 1000 - (last_checkpoint_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (last_checkpoint_ms % 1000 + 1000) % 1000) AS last_checkpoint_at,
	strftime('%Y-%m-%dT%H:%M:%S', started_ms / 1000 - (started_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (started_ms % 1000 + 1000) % 1000) AS started_at,
	strftime('%Y-%m-%dT%H:%M:%S', completed_ms / 1000 - (completed_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (completed_ms % 1000 + 1000) % 1000) AS completed_at,
	CASE WHEN duration_ms NOT NULL THEN duration_ms WHEN completed_ms >= started_ms THEN completed_ms - started_ms END AS duration_ms,
	attempt_number, max_attempts, last_error, ifnull(calls, 0) AS ai_call_count,
	CASE WHEN priced > 0 THEN printf('%d.%09d', cost_nano / 1000000000, cost_nano % 1000000000) END AS ai_cost_usd,
	ifnull(latency_ms, 0) AS ai_latency_total_ms,
	input_ref, output_ref, governance_mode,
	CASE WHEN project_id NOT NULL THEN lower(substr(hex(project_id), 1, 8) || '-' || substr(hex(project_id), 9, 4) || '-' || substr(hex(project_id), 13, 4) || '-' || substr(hex(project_id), 17, 4) || '-' || substr(hex(project_id), 21)) END AS project_id,
	CASE WHEN user_id NOT NULL THEN lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-' || substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-' || substr(hex(user_id), 21)) END AS user_id,
	tenant_id,
	strftime('%Y-%m-%dT%H:%M:%S', created_ms / 1000 - (created_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (created_ms % 1000 + 1000) % 1000) AS created_at,
	strftime('%Y-%m-%dT%H:%M:%S', updated_ms / 1000 - (updated_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (updated_ms % 1000 + 1000) % 1000) AS updated_at,
	metadata
FROM stage_run LEFT JOIN stage_usage USING (run_id, stage_number);

CREATE VIEW exports AS
SELECT
	lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id,
	kind, lower(hex(sha256)) AS sha256, size_bytes, row_count AS rows, filter, uri, created_by, governance_mode,
	CASE WHEN project_id NOT NULL THEN lower(substr(hex(project_id), 1, 8) || '-' || substr(hex(project_id), 9, 4) || '-' || substr(hex(project_id), 13, 4) || '-' || substr(hex(project_id), 17, 4) || '-' || substr(hex(project_id), 21)) END AS project_id,
	CASE WHEN user_id NOT NULL THEN lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-' || substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-' || substr(hex(user_id), 21)) END AS user_id,
	tenant_id,
	strftime('%Y-%m-%dT%H:%M:%S', time_ms / 1000 - (time_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (time_ms % 1000 + 1000) % 1000) AS created_at
FROM export;
