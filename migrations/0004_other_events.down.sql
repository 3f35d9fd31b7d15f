DROP TRIGGER dataset_access_purged;

-- The version below has nothing that fills these tables, nor the events that they are made from.
DELETE FROM dataset;
DELETE FROM dataset_access;
DELETE FROM stage_run;
DROP VIEW exports;
DROP VIEW workflow_stage_runs;
DROP VIEW datasets;
ALTER TABLE dataset DROP COLUMN is_archived;
ALTER TABLE dataset ADD COLUMN is_archived INTEGER NOT NULL DEFAULT 0 CHECK (is_archived IN (0, 1));
ALTER TABLE stage_run ADD COLUMN ai_call_count INTEGER NOT NULL DEFAULT 0 CHECK (ai_call_count >= 0);
ALTER TABLE stage_run ADD COLUMN ai_cost_nano INTEGER NOT NULL DEFAULT 0 CHECK (ai_cost_nano >= 0);
ALTER TABLE stage_run ADD COLUMN ai_latency_total_ms INTEGER NOT NULL DEFAULT 0 CHECK (ai_latency_total_ms >= 0);
DROP TABLE stage_usage;
DROP TABLE export;
DROP TABLE notice_batch;
DROP TABLE notice;

CREATE VIEW datasets AS
SELECT
	lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id, uri, format, size_bytes, lower(hex(sha256)) AS sha256, row_count, governance_mode, phi_scan_status, phi_scan_result,
	partition_count, partition_schema, detected_schema, column_count, CASE WHEN owner_id NOT NULL THEN lower(substr(hex(owner_id), 1, 8) || '-' || substr(hex(owner_id), 9, 4) || '-' || substr(hex(owner_id), 13, 4) || '-' || substr(hex(owner_id), 17, 4) || '-' || substr(hex(owner_id), 21)) END AS owner_id, CASE WHEN project_id NOT NULL THEN lower(substr(hex(project_id), 1, 8) || '-' || substr(hex(project_id), 9, 4) || '-' || substr(hex(project_id), 13, 4) || '-' || substr(hex(project_id), 17, 4) || '-' || substr(hex(project_id), 21)) END AS project_id,
	tenant_id, is_archived, strftime('%Y-%m-%dT%H:%M:%S', archived_ms / 1000 - (archived_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (archived_ms % 1000 + 1000) % 1000) AS archived_at, strftime('%Y-%m-%dT%H:%M:%S', expires_ms / 1000 - (expires_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (expires_ms % 1000 + 1000) % 1000) AS expires_at, strftime('%Y-%m-%dT%H:%M:%S', created_ms / 1000 - (created_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (created_ms % 1000 + 1000) % 1000) AS created_at,
	strftime('%Y-%m-%dT%H:%M:%S', updated_ms / 1000 - (updated_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (updated_ms % 1000 + 1000) % 1000) AS updated_at, created_by, name, description, tags, metadata
FROM dataset;

CREATE VIEW workflow_stage_runs AS
SELECT
	lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id, CASE WHEN run_id NOT NULL THEN lower(substr(hex(run_id), 1, 8) || '-' || substr(hex(run_id), 9, 4) || '-' || substr(hex(run_id), 13, 4) || '-' || substr(hex(run_id), 17, 4) || '-' || substr(hex(run_id), 21)) END AS run_id, stage_number, stage_name, status, progress_percent, items_total, items_processed,
	items_failed, checkpoint_data, checkpoint_version, strftime('%Y-%m-%dT%H:%M:%S', last_checkpoint_ms / 1000 - (last_checkpoint_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (last_checkpoint_ms % 1000 + 1000) % 1000) AS last_checkpoint_at, strftime('%Y-%m-%dT%H:%M:%S', started_ms / 1000 - (started_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (started_ms % 1000 + 1000) % 1000) AS started_at,
	strftime('%Y-%m-%dT%H:%M:%S', completed_ms / 1000 - (completed_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (completed_ms % 1000 + 1000) % 1000) AS completed_at, duration_ms, attempt_number, max_attempts, last_error, ai_call_count, CASE WHEN ai_cost_nano NOT NULL THEN printf('%d.%09d', ai_cost_nano / 1000000000, ai_cost_nano % 1000000000) END AS ai_cost_usd,
	ai_latency_total_ms, input_ref, output_ref, governance_mode, CASE WHEN project_id NOT NULL THEN lower(substr(hex(project_id), 1, 8) || '-' || substr(hex(project_id), 9, 4) || '-' || substr(hex(project_id), 13, 4) || '-' || substr(hex(project_id), 17, 4) || '-' || substr(hex(project_id), 21)) END AS project_id, CASE WHEN user_id NOT NULL THEN lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-' || substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-' || substr(hex(user_id), 21)) END AS user_id, tenant_id,
	strftime('%Y-%m-%dT%H:%M:%S', created_ms / 1000 - (created_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (created_ms % 1000 + 1000) % 1000) AS created_at, strftime('%Y-%m-%dT%H:%M:%S', updated_ms / 1000 - (updated_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (updated_ms % 1000 + 1000) % 1000) AS updated_at, metadata
FROM stage_run;
