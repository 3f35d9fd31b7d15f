/*
 * Most rules are queries that give a text for each thing that is wrong; sums over hashes and sketches are made here, in one pass over the record. None of it
 * shares code with what writes the rollups but the sketch itself.
 */
#include "store/check.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "store/check_notices.h"
#include "store/latency.h"

#include <inttypes.h>
#include <stdlib.h>

#define TOLD_MAX 10
#define SQL_MAX ((size_t)1 << 17)

#define UUID(x) \
	"lower(substr(hex(" x "), 1, 8) || '-' || substr(hex(" x "), 9, 4) || '-' || substr(hex(" x "), 13, 4) || '-' || substr(hex(" x "), 17, 4)" \
	" || '-' || substr(hex(" x "), 21))"
#define HOUR "(time_ms - (time_ms % 3600000 + 3600000) % 3600000) / 3600000"

/* Exactly, and the largest integer where it is larger: sum() would fail there. */
#define SUM(x) "min(ifnull(sum(" x " / 1000000), 0) * 1000000 + ifnull(sum(" x " % 1000000), 0), 9223372036854775807)"

/* How many scans of an invocation are so. */
#define SCANS(sum) \
	"(SELECT ifnull(" sum ", 0) FROM json_each(phi_scan_summary) WHERE key IN ('input_scan', 'output_scan'))"

/* The rows in which the table and `again` differ, once each. Those of purged days have nothing to be compared with. */
#define DIFFERENCE(table, key) \
	" SELECT DISTINCT printf('hour %d, series %d" key ") FROM (SELECT * FROM (SELECT * FROM " table " EXCEPT SELECT * FROM again)" \
	" UNION ALL SELECT * FROM (SELECT * FROM again EXCEPT SELECT * FROM " table "))" \
	" WHERE ((hour - (hour % 24 + 24) % 24) / 24, (SELECT deployment_id FROM series WHERE id = series_id))" \
	" NOT IN (SELECT day, deployment_id FROM sealed_day)"

static const char rollups[] =
	"WITH i AS (SELECT *, (SELECT text FROM term WHERE id = cost_source_term) AS source FROM invocation),"
	" again AS MATERIALIZED (SELECT " HOUR ", series_id, min(time_ms), max(time_ms), count(*), " SUM("input_tokens") ", " SUM("output_tokens") ", "
	SUM("cache_read_tokens") ", " SUM("cache_write_tokens") ", " SUM("reasoning_tokens") ", " SUM("cost_nano") ", ifnull(max(cost_nano), 0),"
	" sum(cost_nano NOT NULL AND source IS 'provider'), sum(cost_nano NOT NULL AND source IS 'local'),"
	" sum(cost_nano NOT NULL AND ifnull(source, '') NOT IN ('provider', 'local')), count(latency_ms), " SUM("latency_ms") ","
	" ifnull(max(latency_ms), 0), ifnull(sum(escalated), 0), count(quality_gate_passed), ifnull(sum(quality_gate_passed = 0), 0),"
	" sum(" SCANS("sum(ifnull(value ->> 'status', '') <> 'skipped')") "), sum(" SCANS("sum(value ->> 'status' IS 'skipped')") "),"
	" sum(" SCANS("sum(ifnull(value ->> 'status', '') IN ('flagged', 'redacted'))") "), " SUM(SCANS("sum(value ->> 'redaction_count')"))
	", ifnull(sum(attested), 0)"
	" FROM i GROUP BY 1, 2)"
	DIFFERENCE("rollup_hour", "', hour, series_id");

/* The calls of a sealed day that its rollups have, those that were deleted, and those that are still there. */
static const char seals[] =
	"SELECT printf('day %d, deployment %d: %d calls were recorded, %d deleted, %d are there', day, deployment_id, recorded, calls, there) FROM ("
	"SELECT day, deployment_id, calls,"
	" (SELECT ifnull(sum(r.calls), 0) FROM series s JOIN rollup_hour r ON r.series_id = s.id AND r.hour BETWEEN 24 * day AND 24 * day + 23"
	" WHERE s.deployment_id = d.deployment_id) AS recorded,"
	" (SELECT count(*) FROM invocation i WHERE i.deployment_id = d.deployment_id AND time_ms >= day * 86400000"
	" AND time_ms < (day + 1) * 86400000) AS there FROM sealed_day d) WHERE there > 0 OR recorded <> calls";

static const char tallies[] =
	"WITH named AS (SELECT " HOUR " AS hour, series_id, 'error_code' AS kind, text AS name FROM invocation JOIN term ON id = error_code_term"
	" UNION ALL SELECT " HOUR ", series_id, 'escalated_from', text FROM invocation JOIN term ON id = initial_tier_term WHERE escalated"
	" UNION ALL SELECT " HOUR ", series_id, 'model_requested', text FROM invocation JOIN term t ON t.id = model_requested_term"
	" JOIN deployment d ON d.id = deployment_id WHERE text <> model"
	" UNION ALL SELECT " HOUR ", series_id, 'phi_type', value FROM invocation, json_each(phi_scan_summary, '$.input_scan.phi_types_detected')"
	" UNION ALL SELECT " HOUR ", series_id, 'phi_type', value FROM invocation, json_each(phi_scan_summary, '$.output_scan.phi_types_detected')),"
	" again AS MATERIALIZED (SELECT hour, series_id, kind, name, count(*) FROM named GROUP BY 1, 2, 3, 4)"
	DIFFERENCE("tally_hour", ", %s', hour, series_id, kind");

static const char usage[] =
	"WITH again AS MATERIALIZED (SELECT run_id, stage, count(*), count(cost_nano), " SUM("cost_nano") ", " SUM("latency_ms")
	" FROM invocation JOIN series ON series.id = series_id WHERE run_id NOT NULL AND stage NOT NULL GROUP BY 1, 2)"
	" SELECT DISTINCT printf('run %s, stage %d', " UUID("run_id") ", stage_number) FROM (SELECT * FROM (SELECT * FROM stage_usage EXCEPT SELECT * FROM again)"
	" UNION ALL SELECT * FROM (SELECT * FROM again EXCEPT SELECT * FROM stage_usage)) WHERE run_id NOT IN (SELECT run_id FROM purged_run)";

static const struct {
	const char *rule, *sql;
} queries[] = {
	{ "foreign-key", "SELECT printf('a row of %s refers to none of %s', \"table\", parent) FROM pragma_foreign_key_check" },
	{ "deployment", "SELECT printf('%s has the deployment %d, its series has %d', " UUID("invocation_id") ", i.deployment_id, s.deployment_id)"
	                " FROM invocation i JOIN series s ON s.id = series_id WHERE i.deployment_id <> s.deployment_id" },
	{ "rollup", rollups },
	{ "tally", tallies },
	{ "stage-usage", usage },
	{ "notice-table", check_missing_sql },
	{ "stage-transition", check_transition_sql },
	{ "seal", seals },
	{ "purge", "SELECT printf('%d calls were deleted by day, %d by batch, %d by purge', days, batches, purges) FROM (SELECT"
	           " (SELECT ifnull(sum(calls), 0) FROM sealed_day) AS days, (SELECT ifnull(sum(events), 0) FROM purged_batch) AS batches,"
	           " (SELECT ifnull(sum(invocations), 0) FROM purge) AS purges) WHERE days <> batches OR days <> purges" },
	{ "source-count", "SELECT printf('%s: %d numbers are counted, %d were seen', name, counted, seen) FROM (SELECT name,"
	                  " recorded + repeated + conflicting + dead AS counted,"
	                  " ifnull((SELECT sum(last - first + 1) FROM source_range WHERE source_id = id), 0) AS seen FROM source)"
	                  " WHERE counted <> seen" },
	{ "source-range", "SELECT printf('%s: the numbers from %d on overlap those before', name, first) FROM (SELECT source_id, first,"
	                  " lag(last) OVER (PARTITION BY source_id ORDER BY first) AS before FROM source_range) JOIN source ON id = source_id"
	                  " WHERE first <= before" },
	{ "gap", "SELECT printf('%s: the numbers from %d to %d are missing', source, first, last) FROM source_gaps" },
	{ "conflict", "SELECT printf('%s came with other content, %d times', " UUID("invocation_id") ", count(*)) FROM conflict"
	              " GROUP BY time_ms, invocation_id" },
	{ "repeated-id", "SELECT printf('%s is recorded at %d times', " UUID("invocation_id") ", count(*)) FROM invocation GROUP BY invocation_id"
	                 " HAVING count(*) > 1" },
};

struct batch_sum {
	int64_t events;
	struct sha256 content;
};

struct checking {
	struct db *db;
	check_found *found;
	void *arg;
	int64_t findings;
	const char *rule;
	int64_t of_rule;            /* findings of it */

	struct latency latency;     /* made again from the record */
	struct map *batches;        /* number: place in sums */
	struct batch_sum *sums;
	size_t cap;
};

static void say(struct checking *c, struct str what)
{
	if (++c->of_rule <= TOLD_MAX)
		c->found(c->arg, c->rule, what);
	c->findings++;
}

static void say_number(struct checking *c, const char *before, int64_t number, const char *after)
{
	char text[128];
	snprintf(text, sizeof text, "%s%" PRId64 "%s", before, number, after);
	say(c, str_of(text));
}

static void begin(struct checking *c, const char *rule)
{
	c->rule = rule;
	c->of_rule = 0;
}

static void end(struct checking *c)
{
	char text[64];
	if (c->of_rule <= TOLD_MAX)
		return;
	snprintf(text, sizeof text, "and %" PRId64 " more", c->of_rule - TOLD_MAX);
	c->found(c->arg, c->rule, str_of(text));
}

/* Every row is a finding, but the text `ok`. */
static int run_query(struct checking *c, const char *rule, const char *sql, struct err *e)
{
	struct db_stmt *s;
	int rc;
	if (db_prepare(c->db, sql, &s, e) < 0)
		return -1;
	begin(c, rule);
	while ((rc = db_step(s, e)) == 1)
		if (!str_is(db_text(s, 0), "ok"))
			say(c, db_text(s, 0));
	end(c);
	db_finalize(s);
	return rc;
}

static struct batch_sum *sum_of(struct checking *c, int64_t batch)
{
	size_t n = map_count(c->batches);
	int64_t *place = map_put(c->batches, (struct str){ (const char *)&batch, sizeof batch });
	if (map_count(c->batches) == n)
		return &c->sums[*place];
	if (n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 64;
		c->sums = mem_grow(c->sums, c->cap, sizeof *c->sums);
	}
	*place = (int64_t)n;
	c->sums[n] = (struct batch_sum){ 0 };
	return &c->sums[n];
}

/* Events of a batch, and the sum of their hashes. */
static void add_to_batch(struct checking *c, int64_t batch, int64_t events, struct str content)
{
	struct batch_sum *sum = sum_of(c, batch);
	struct sha256 hash = sha256_stored(content);
	sha256_accumulate(&sum->content, &hash);
	sum->events += events;
}

static void add_event(struct checking *c, const struct db_stmt *s)
{
	add_to_batch(c, db_int(s, 3), 1, db_blob(s, 4));
	if (!db_is_null(s, 2))
		latency_count(&c->latency, time_floor(db_int(s, 0), TIME_DAY_MS) / TIME_DAY_MS, db_int(s, 1), db_int(s, 2));
}

/* The query gives time, deployment, latency, batch and content. */
static int read_events(struct checking *c, const char *sql, struct err *e)
{
	struct db_stmt *s;
	int rc;
	map_clear(c->batches);
	if (db_prepare(c->db, sql, &s, e) < 0)
		return -1;
	while ((rc = db_step(s, e)) == 1)
		add_event(c, s);
	db_finalize(s);
	return rc;
}

static int read_purged(struct checking *c, struct err *e)
{
	struct db_stmt *s;
	int rc;
	if (db_prepare(c->db, "SELECT batch, events, content_sum FROM purged_batch", &s, e) < 0)
		return -1;
	while ((rc = db_step(s, e)) == 1)
		add_to_batch(c, db_int(s, 0), db_int(s, 1), db_blob(s, 2));
	db_finalize(s);
	return rc;
}

/* The query gives number, count and sum of each batch; its events are those that were read last. */
static int check_batches(struct checking *c, const char *sql, struct err *e)
{
	struct db_stmt *s;
	int rc;
	size_t known = map_count(c->batches), matched = 0;
	if (db_prepare(c->db, sql, &s, e) < 0)
		return -1;
	begin(c, "batch");
	while ((rc = db_step(s, e)) == 1) {
		int64_t number = db_int(s, 0);
		const int64_t *place = map_get(c->batches, (struct str){ (const char *)&number, sizeof number });
		struct batch_sum none = { 0 }, *sum = place ? &c->sums[*place] : &none;
		matched += place != NULL;
		if (sum->events != db_int(s, 1) || !str_eq(db_blob(s, 2), (struct str){ (const char *)sum->content.b, sizeof sum->content.b }))
			say_number(c, "the events of batch ", number, " are not those that it recorded");
	}
	if (matched < known)
		say_number(c, "", (int64_t)(known - matched), " batches have events, but no row");
	end(c);
	db_finalize(s);
	return rc;
}

/* Whether the row is what the record gives; a row without calls in the record is not. */
static bool same_sketch(struct checking *c, const struct db_stmt *s, bool *known)
{
	int64_t key[2] = { db_int(s, 0), db_int(s, 1) };
	const int64_t *place = map_get(c->latency.places, (struct str){ (const char *)key, sizeof key });
	*known = place != NULL;
	buf_clear(&c->latency.bytes);
	if (place)
		sketch_write(c->latency.sketches[*place], &c->latency.bytes);
	return place && str_eq(db_blob(s, 2), buf_view(&c->latency.bytes));
}

static int check_latency(struct checking *c, struct err *e)
{
	struct db_stmt *s;
	int rc;
	bool known;
	size_t matched = 0;
	if (db_prepare(c->db, "SELECT day, deployment_id, sketch FROM latency_day"
	                      " WHERE (day, deployment_id) NOT IN (SELECT day, deployment_id FROM sealed_day)", &s, e) < 0)
		return -1;
	begin(c, "latency");
	while ((rc = db_step(s, e)) == 1) {
		if (!same_sketch(c, s, &known))
			say_number(c, "a sketch of day ", db_int(s, 0), " is not that of the record");
		matched += known;
	}
	if (matched < map_count(c->latency.places))
		say_number(c, "", (int64_t)(map_count(c->latency.places) - matched), " sketches are missing");
	end(c);
	db_finalize(s);
	return rc;
}

static int check_fields(struct checking *c, struct err *e)
{
	struct buf sql;
	buf_init(&sql, SQL_MAX);
	check_fields_sql(&sql);
	int rc = run_query(c, "notice-field", buf_cstr(&sql), e);
	buf_free(&sql);
	return rc;
}

static int check_all(struct checking *c, struct err *e)
{
	if (run_query(c, "file", "PRAGMA integrity_check(100)", e) < 0)
		return -1;
	if (c->findings > 0)
		return 0;
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
		if (run_query(c, queries[i].rule, queries[i].sql, e) < 0)
			return -1;
	if (check_fields(c, e) < 0 ||
	    read_events(c, "SELECT time_ms, deployment_id, latency_ms, batch, content_sha256 FROM invocation", e) < 0 || read_purged(c, e) < 0 ||
	    check_batches(c, "SELECT number, recorded, content_sum FROM batch", e) < 0 || check_latency(c, e) < 0 ||
	    read_events(c, "SELECT time_ms, NULL, NULL, batch, content_sha256 FROM notice", e) < 0)
		return -1;
	return check_batches(c, "SELECT batch, recorded, content_sum FROM notice_batch", e);
}

int64_t store_check(struct db *db, check_found *found, void *arg, struct err *e)
{
	struct checking c = { .db = db, .found = found, .arg = arg, .batches = map_new() };
	int rc = latency_init(&c.latency, db, e);
	if (rc == 0)
		rc = db_begin_read(db, e);
	if (rc == 0)
		rc = check_all(&c, e);
	db_rollback(db);
	latency_free(&c.latency);
	map_free(c.batches);
	free(c.sums);
	return rc < 0 ? -1 : c.findings;
}
