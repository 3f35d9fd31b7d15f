/*
 * Entries mostly come in their order, so that a batch makes one range longer: that costs a look-up in memory an entry, and two statements a batch.
 */
#include "store/source.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define BYTES_MAX ((size_t)16 << 20) /* then the memory starts anew: a hostile input has no end of sources, nor of gaps */

int sources_init(struct sources *s, struct db *db, struct err *e)
{
	*s = (struct sources){ .db = db, .places = map_new() };
	const struct {
		struct db_stmt **stmt;
		const char *sql;
	} all[] = {
		{ &s->find, "SELECT id, announced, recorded, repeated, conflicting, dead FROM source WHERE name = ?1" },
		{ &s->insert, "INSERT INTO source (name) VALUES (?1)" },
		{ &s->update, "UPDATE source SET announced = ?2, recorded = ?3, repeated = ?4, conflicting = ?5, dead = ?6 WHERE id = ?1" },
		{ &s->ranges, "SELECT first, last FROM source_range WHERE source_id = ?1 ORDER BY first" },
		{ &s->erase, "DELETE FROM source_range WHERE source_id = ?1 AND first BETWEEN ?2 AND ?3" },
		{ &s->put, "INSERT INTO source_range (source_id, first, last) VALUES (?1, ?2, ?3)" },
		{ &s->put_summary, "INSERT INTO emit_summary (summary_id, source_id, first, last, time_ms, batch) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
		                   " ON CONFLICT DO NOTHING" },
		{ &s->put_refusal, "INSERT INTO emit_refusal (summary_id, rule, count) VALUES (?1, ?2, ?3)" },
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (db_prepare(db, all[i].sql, all[i].stmt, e) < 0)
			return -1;
	return 0;
}

void sources_forget(struct sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].ranges);
	s->n = 0;
	s->changed = false;
	map_clear(s->places);
}

void sources_free(struct sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].ranges);
	free(s->v);
	map_free(s->places);
}

/* Ranges. */

/* Number of the first range that ends at number - 1 or later: the number is in it, or makes it longer, or belongs before it. */
static size_t place_of(const struct source *source, int64_t number)
{
	size_t from = 0, to = source->n;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (source->ranges[middle].last >= number - 1)
			to = middle;
		else
			from = middle + 1;
	}
	return from;
}

static void insert_range(struct source *source, size_t at, struct source_range range)
{
	if (source->n == source->cap) {
		source->cap = 2 * source->cap + 4;
		source->ranges = mem_grow(source->ranges, source->cap, sizeof *source->ranges);
	}
	memmove(source->ranges + at + 1, source->ranges + at, (source->n - at) * sizeof *source->ranges);
	source->ranges[at] = range;
	source->n++;
}

static void remove_range(struct source *source, size_t at)
{
	source->n--;
	memmove(source->ranges + at, source->ranges + at + 1, (source->n - at) * sizeof *source->ranges);
}

/* False: the number was seen before. */
static bool see(struct source *source, int64_t number)
{
	size_t at = place_of(source, number);
	struct source_range *range = at < source->n ? &source->ranges[at] : NULL;
	if (!range || number < range->first - 1) {
		insert_range(source, at, (struct source_range){ number, number });
	} else if (number < range->first) {
		range->first = number;
	} else if (number <= range->last) {
		return false;
	} else {
		range->last = number;
		if (at + 1 < source->n && range[1].first == number + 1) {
			range->last = range[1].last;
			remove_range(source, at + 1);
		}
	}
	return true;
}

/* Sources. */

static int load_ranges(struct sources *s, struct source *source, struct err *e)
{
	int rc;
	db_bind_int(s->ranges, 1, source->id);
	while ((rc = db_step(s->ranges, e)) == 1)
		insert_range(source, source->n, (struct source_range){ db_int(s->ranges, 0), db_int(s->ranges, 1) });
	return rc;
}

/* The source's row; a new one is inserted. */
static int load_row(struct sources *s, struct source *source, struct str name, struct err *e)
{
	db_bind_text(s->find, 1, name);
	int found = db_step(s->find, e);
	if (found == 1) {
		source->id = db_int(s->find, 0);
		source->announced = db_int(s->find, 1);
		for (int i = 0; i < SOURCE_OUTCOMES; i++)
			source->counts[i] = db_int(s->find, 2 + i);
	}
	db_reset(s->find);
	if (found != 0)
		return found < 0 ? -1 : 0;
	db_bind_text(s->insert, 1, name);
	if (db_run(s->insert, e) < 0)
		return -1;
	source->id = db_last_rowid(s->db);
	return 0;
}

/* The source of that name, until the next call; NULL: failed. */
static struct source *source_of(struct sources *s, struct str name, struct err *e)
{
	const int64_t *place = map_get(s->places, name);
	if (place)
		return &s->v[*place];
	if (s->n == s->cap) {
		s->cap = 2 * s->cap + 4;
		s->v = mem_grow(s->v, s->cap, sizeof *s->v);
	}
	struct source *source = &s->v[s->n];
	*source = (struct source){ .name_n = name.n };
	if (load_row(s, source, name, e) < 0 || load_ranges(s, source, e) < 0) {
		free(source->ranges);
		return NULL;
	}
	*map_put(s->places, name) = (int64_t)s->n++;
	return source;
}

static void note_change(struct sources *s, struct source *source)
{
	source->changed = true;
	s->changed = true;
}

static void note_fresh(struct source *source, int64_t number)
{
	if (source->fresh.first == 0 || number < source->fresh.first)
		source->fresh.first = number;
	if (number > source->fresh.last)
		source->fresh.last = number;
}

int sources_count(struct sources *s, const struct origin *origin, enum source_outcome what, struct err *e)
{
	struct source *source = source_of(s, origin->source, e);
	if (!source)
		return -1;
	if (see(source, origin->sequence)) {
		source->counts[what]++;
		note_fresh(source, origin->sequence);
		note_change(s, source);
	} else if (what == SOURCE_RECORDED && source->counts[SOURCE_DEAD] > 0) {
		source->counts[SOURCE_DEAD]--;
		source->counts[SOURCE_RECORDED]++;
		note_change(s, source);
	}
	return 0;
}

static int put_refusals(struct sources *s, const struct summary *summary, struct str id, struct err *e)
{
	for (size_t i = 0; i < summary->n_refused; i++) {
		db_bind_blob(s->put_refusal, 1, id);
		db_bind_text(s->put_refusal, 2, summary->refused[i].rule);
		db_bind_int(s->put_refusal, 3, summary->refused[i].count);
		if (db_run(s->put_refusal, e) < 0)
			return -1;
	}
	return 0;
}

int sources_summarize(struct sources *s, const struct summary *summary, int64_t batch, bool *fresh, struct err *e)
{
	struct str id = { (const char *)summary->id.b, sizeof summary->id.b };
	struct source *source = source_of(s, summary->source, e);
	if (!source)
		return -1;
	db_bind_blob(s->put_summary, 1, id);
	db_bind_int(s->put_summary, 2, source->id);
	db_bind_int(s->put_summary, 3, summary->first);
	db_bind_int(s->put_summary, 4, summary->last);
	db_bind_int(s->put_summary, 5, summary->time_ms);
	db_bind_int(s->put_summary, 6, batch);
	if (db_run(s->put_summary, e) < 0)
		return -1;
	*fresh = db_changes(s->db) > 0;
	if (!*fresh)
		return 0;
	if (summary->last > source->announced) {
		source->announced = summary->last;
		note_change(s, source);
	}
	return put_refusals(s, summary, id, e);
}

/* Writing. */

bool sources_changed(const struct sources *s)
{
	return s->changed;
}

static int write_row(struct sources *s, const struct source *source, struct err *e)
{
	db_bind_int(s->update, 1, source->id);
	db_bind_int(s->update, 2, source->announced);
	for (int i = 0; i < SOURCE_OUTCOMES; i++)
		db_bind_int(s->update, 3 + i, source->counts[i]);
	return db_run(s->update, e);
}

/*
 * The ranges from the lowest to the highest fresh number take the place of the rows there. A row that one of them has taken in began within it, so that
 * it goes, too.
 */
static int write_ranges(struct sources *s, const struct source *source, struct err *e)
{
	if (source->fresh.first == 0)
		return 0;
	size_t from = place_of(source, source->fresh.first), to = place_of(source, source->fresh.last);
	db_bind_int(s->erase, 1, source->id);
	db_bind_int(s->erase, 2, source->ranges[from].first);
	db_bind_int(s->erase, 3, source->ranges[to].last);
	if (db_run(s->erase, e) < 0)
		return -1;
	for (size_t i = from; i <= to; i++) {
		db_bind_int(s->put, 1, source->id);
		db_bind_int(s->put, 2, source->ranges[i].first);
		db_bind_int(s->put, 3, source->ranges[i].last);
		if (db_run(s->put, e) < 0)
			return -1;
	}
	return 0;
}

int sources_write(struct sources *s, struct err *e)
{
	size_t bytes = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct source *source = &s->v[i];
		bytes += sizeof *source + source->name_n + source->cap * sizeof *source->ranges;
		if (!source->changed)
			continue;
		if (write_row(s, source, e) < 0 || write_ranges(s, source, e) < 0)
			return -1;
		source->fresh = (struct source_range){ 0 };
		source->changed = false;
	}
	s->changed = false;
	if (bytes > BYTES_MAX)
		sources_forget(s);
	return 0;
}
