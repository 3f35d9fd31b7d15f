-- Completeness: what became of each number that a source gave to an entry. The views `sources` and `source_gaps` at the end are what a person
-- queries.

-- A source numbers its entries from 1 on and leaves none out. Each number counts once, by what came of the entry when it was first seen;
-- but a dead one whose event is recorded after all counts as recorded.
CREATE TABLE source (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	announced INTEGER NOT NULL DEFAULT 0 CHECK (announced >= 0), -- the highest number that an emit.summary names; 0: none
	recorded INTEGER NOT NULL DEFAULT 0 CHECK (recorded >= 0),
	repeated INTEGER NOT NULL DEFAULT 0 CHECK (repeated >= 0),       -- an event that was recorded already, under another number or none
	conflicting INTEGER NOT NULL DEFAULT 0 CHECK (conflicting >= 0), -- its time and id were recorded already, with other content
	dead INTEGER NOT NULL DEFAULT 0 CHECK (dead >= 0)                -- refused for good
) STRICT;

-- The numbers seen, as runs that are as long as can be: between two of them at least one number is missing.
CREATE TABLE source_range (
	source_id INTEGER NOT NULL REFERENCES source (id),
	first INTEGER NOT NULL CHECK (first >= 1),
	last INTEGER NOT NULL CHECK (last >= first),
	PRIMARY KEY (source_id, first)
) STRICT, WITHOUT ROWID;

-- The events emit.summary, one a run of ros-emit: numbers first to last were used (last = first - 1: none) ...
CREATE TABLE emit_summary (
	summary_id BLOB PRIMARY KEY NOT NULL CHECK (length(summary_id) = 16),
	source_id INTEGER NOT NULL REFERENCES source (id),
	first INTEGER NOT NULL CHECK (first >= 1),
	last INTEGER NOT NULL CHECK (last >= first - 1),
	time_ms INTEGER NOT NULL,
	batch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX emit_summary_source ON emit_summary (source_id);

-- ... and so many events were refused besides, by rule; they never got a number.
CREATE TABLE emit_refusal (
	summary_id BLOB NOT NULL REFERENCES emit_summary (summary_id),
	rule TEXT NOT NULL,
	count INTEGER NOT NULL CHECK (count >= 1),
	PRIMARY KEY (summary_id, rule)
) STRICT, WITHOUT ROWID;

-- Entries of the bus that were trimmed away while they were pending. Nobody knows their source any more; its numbers have gaps there.
CREATE TABLE loss (
	stream TEXT NOT NULL,
	entry_id TEXT NOT NULL,
	batch INTEGER NOT NULL,
	PRIMARY KEY (stream, entry_id)
) STRICT, WITHOUT ROWID;

-- How many processes began to look at an entry that was delivered often, and died of it, one after the other.
CREATE TABLE suspect (
	stream TEXT NOT NULL,
	entry_id TEXT NOT NULL,
	attempts INTEGER NOT NULL CHECK (attempts >= 1),
	PRIMARY KEY (stream, entry_id)
) STRICT, WITHOUT ROWID;

-- emitted = recorded + repeated + conflicting + dead + refused + missing: what a source made, and what became of it. Summaries are not trusted: the sum of what
-- they refused ends at 2^53 - 1, up to which total() is exact, and never overflows.
CREATE VIEW sources AS
SELECT name, highest + refused AS emitted, recorded, repeated, conflicting, dead, refused, highest - seen AS missing
FROM (
	SELECT s.name, s.recorded, s.repeated, s.conflicting, s.dead,
		CAST(min((SELECT total(f.count) FROM emit_summary e JOIN emit_refusal f USING (summary_id) WHERE e.source_id = s.id), 9007199254740991) AS INTEGER) AS refused,
		max(s.announced, ifnull((SELECT max(last) FROM source_range WHERE source_id = s.id), 0)) AS highest,
		ifnull((SELECT sum(last - first + 1) FROM source_range WHERE source_id = s.id), 0) AS seen
	FROM source s
)
ORDER BY name;

-- The runs of numbers that are missing.
CREATE VIEW source_gaps AS
SELECT name AS source, before + 1 AS first, after - 1 AS last
FROM (
	SELECT r.source_id, lag(r.last, 1, 0) OVER (PARTITION BY r.source_id ORDER BY r.first) AS before, r.first AS after
	FROM source_range r
	UNION ALL
	SELECT id, ifnull((SELECT max(last) FROM source_range WHERE source_id = s.id), 0), announced + 1
	FROM source s
) JOIN source ON id = source_id
WHERE after - before > 1
ORDER BY source, first;
