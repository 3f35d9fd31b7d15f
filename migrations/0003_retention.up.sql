-- Retention: what was deleted, what must not be, and what lets the rest be checked. The views `holds` and `purges` at the end are what a person
-- queries.

-- Calls of a project or of a run that are kept whatever their age, and why.
CREATE TABLE hold (
	id INTEGER PRIMARY KEY,
	project_id BLOB CHECK (length(project_id) = 16),
	run_id BLOB CHECK (length(run_id) = 16),
	reason TEXT NOT NULL CHECK (length(reason) > 0),
	added_ms INTEGER NOT NULL,
	added_by TEXT NOT NULL,
	released_ms INTEGER,
	released_by TEXT,
	CHECK ((project_id IS NULL) <> (run_id IS NULL)),
	CHECK ((released_ms IS NULL) = (released_by IS NULL))
) STRICT;

-- The deletion record, one row a run of ros-purge: what was due (older than; NULL: nothing was), and what went. content_sum is the sum of the content
-- hashes of the calls, as in `batch`.
CREATE TABLE purge (
	id INTEGER PRIMARY KEY,
	started_ms INTEGER NOT NULL,
	finished_ms INTEGER, -- NULL: it did not come to its end; what remained went with a later one
	started_by TEXT NOT NULL,
	demo_before_ms INTEGER,
	live_before_ms INTEGER,
	previews_before_ms INTEGER,
	invocations INTEGER NOT NULL DEFAULT 0 CHECK (invocations >= 0),
	first_ms INTEGER, -- of the first and the last of them
	last_ms INTEGER,
	content_sum BLOB NOT NULL DEFAULT (zeroblob(32)) CHECK (length(content_sum) = 32),
	conflicts INTEGER NOT NULL DEFAULT 0 CHECK (conflicts >= 0),
	dataset_accesses INTEGER NOT NULL DEFAULT 0 CHECK (dataset_accesses >= 0),
	previews INTEGER NOT NULL DEFAULT 0 CHECK (previews >= 0) -- calls and conflicts that lost theirs
) STRICT;

-- A day (since 1970 UTC) of a deployment that is purged whole. Its rollups stay, and do not change any more: an event of it that comes later is
-- refused, since nobody can say whether it was recorded before.
CREATE TABLE sealed_day (
	day INTEGER NOT NULL,
	deployment_id INTEGER NOT NULL REFERENCES deployment (id),
	calls INTEGER NOT NULL DEFAULT 0 CHECK (calls >= 0), -- that are deleted
	PRIMARY KEY (day, deployment_id)
) STRICT, WITHOUT ROWID;

-- What a batch recorded and is deleted now.
CREATE TABLE purged_batch (
	batch INTEGER PRIMARY KEY,
	events INTEGER NOT NULL CHECK (events > 0),
	content_sum BLOB NOT NULL CHECK (length(content_sum) = 32)
) STRICT;

-- Runs that lost calls: a report on such a run cannot be complete.
CREATE TABLE purged_run (
	run_id BLOB PRIMARY KEY NOT NULL CHECK (length(run_id) = 16),
	calls INTEGER NOT NULL CHECK (calls > 0),
	first_ms INTEGER NOT NULL,
	last_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Calls that still have a preview.
CREATE INDEX invocation_preview ON invocation (time_ms) WHERE prompt_redacted IS NOT NULL OR output_redacted IS NOT NULL;

CREATE VIEW holds AS
SELECT
	id,
	CASE WHEN project_id NOT NULL THEN lower(substr(hex(project_id), 1, 8) || '-' || substr(hex(project_id), 9, 4) || '-' || substr(hex(project_id), 13, 4) || '-' || substr(hex(project_id), 17, 4) || '-' || substr(hex(project_id), 21)) END AS project_id,
	CASE WHEN run_id NOT NULL THEN lower(substr(hex(run_id), 1, 8) || '-' || substr(hex(run_id), 9, 4) || '-' || substr(hex(run_id), 13, 4) || '-' || substr(hex(run_id), 17, 4) || '-' || substr(hex(run_id), 21)) END AS run_id,
	reason,
	strftime('%Y-%m-%dT%H:%M:%S', added_ms / 1000, 'unixepoch') || printf('.%03dZ', added_ms % 1000) AS added_at, added_by,
	strftime('%Y-%m-%dT%H:%M:%S', released_ms / 1000, 'unixepoch') || printf('.%03dZ', released_ms % 1000) AS released_at, released_by
FROM hold;

CREATE VIEW purges AS
SELECT
	id,
	strftime('%Y-%m-%dT%H:%M:%S', started_ms / 1000, 'unixepoch') || printf('.%03dZ', started_ms % 1000) AS started_at, started_by,
	strftime('%Y-%m-%dT%H:%M:%S', finished_ms / 1000, 'unixepoch') || printf('.%03dZ', finished_ms % 1000) AS finished_at,
	date(demo_before_ms / 1000, 'unixepoch') AS demo_before,
	date(live_before_ms / 1000, 'unixepoch') AS live_before,
	date(previews_before_ms / 1000, 'unixepoch') AS previews_before,
	invocations,
	strftime('%Y-%m-%dT%H:%M:%S', first_ms / 1000 - (first_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (first_ms % 1000 + 1000) % 1000) AS first_at,
	strftime('%Y-%m-%dT%H:%M:%S', last_ms / 1000 - (last_ms % 1000 < 0), 'unixepoch') || printf('.%03dZ', (last_ms % 1000 + 1000) % 1000) AS last_at,
	lower(hex(content_sum)) AS content_sum,
	conflicts, dataset_accesses, previews
FROM purge;
