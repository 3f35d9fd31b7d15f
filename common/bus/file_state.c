/* The state of a stream in the file, and trimming by what its groups need. */
#include "bus/file.h"

#include "base/timefmt.h"

static int read_info(struct file_bus *f, struct bus_info *info, struct err *e)
{
	struct stream stream = { 0 }, dead = { 0 };
	struct group g;
	if (file_find_stream(f, f->base.s.stream, &stream, e) < 0 || file_find_stream(f, f->base.s.dead, &dead, e) < 0 ||
	    file_find_group(f, &g, e) < 0)
		return -1;
	struct db_stmt *s = f->s[SQL_PENDING_COUNT];
	db_bind_int(s, 1, g.id);
	int rc = db_step(s, e);
	*info = (struct bus_info){ stream.length, rc == 1 ? db_int(s, 0) : 0, dead.length, g.there };
	db_reset(s);
	return rc < 0 ? -1 : 0;
}

int file_info(struct bus *base, struct bus_info *info, struct err *e)
{
	struct file_bus *f = file_of(base);
	return db_begin_read(f->db, e) < 0 ? -1 : (int)file_finish(f, read_info(f, info, e), e);
}

static int read_stream(struct file_bus *f, struct bus_stream *stream, struct err *e)
{
	struct db_stmt *s = f->s[SQL_STREAM_USED];
	db_bind_int(s, 1, f->stream);
	int rc = db_step(s, e);
	if (rc == 1) {
		stream->groups = db_int(s, 0);
		stream->there = stream->groups > 0 || db_int(s, 1) > 0;
	}
	db_reset(s);
	if (rc < 0)
		return -1;
	char *end[] = { stream->first, stream->last };
	s = f->s[SQL_STREAM_ENDS];
	db_bind_int(s, 1, f->stream);
	for (int i = 0; i < 2 && (rc = db_step(s, e)) == 1; i++)
		id_format(column_id(s, 0), end[i]);
	db_reset(s);
	return rc < 0 ? -1 : 0;
}

int file_stream(struct bus *base, struct bus_stream *stream, struct err *e)
{
	struct file_bus *f = file_of(base);
	return db_begin_read(f->db, e) < 0 ? -1 : (int)file_finish(f, read_stream(f, stream, e), e);
}

/* --- groups --- */

static int64_t idle_since(int64_t ms)
{
	int64_t idle = time_now_ms() - ms;
	return idle > 0 ? idle : 0;
}

static int read_consumers(struct file_bus *f, int64_t group, struct consumer_list *list, struct err *e)
{
	struct db_stmt *s = f->s[SQL_CONSUMERS];
	db_bind_int(s, 1, group);
	int rc;
	while ((rc = db_step(s, e)) == 1)
		consumer_list_add(list, (struct bus_consumer){ db_text(s, 0), db_int(s, 1), idle_since(db_int(s, 2)) });
	return rc;
}

/* The group that the statement stands at. */
static int tell_group(struct file_bus *f, const struct db_stmt *s, bus_group_fn *fn, void *arg, struct err *e)
{
	char delivered[ID_TEXT], oldest[ID_TEXT];
	struct consumer_list list = { 0 };
	id_format(column_id(s, 2), delivered);
	struct bus_group group = {
		.name = db_text(s, 1), .delivered = str_of(delivered), .waiting = db_int(s, 4), .pending = db_int(s, 5)
	};
	if (!db_is_null(s, 6)) {
		id_format(column_id(s, 6), oldest);
		group.oldest = str_of(oldest);
		group.oldest_idle_ms = idle_since(db_int(s, 8));
	}
	int rc = read_consumers(f, db_int(s, 0), &list, e);
	group.consumers = list.v;
	group.n_consumers = list.n;
	if (rc == 0)
		rc = fn(arg, &group, e);
	consumer_list_free(&list);
	return rc;
}

static int tell_groups(struct file_bus *f, bus_group_fn *fn, void *arg, struct err *e)
{
	struct db_stmt *s = f->s[SQL_GROUPS];
	db_bind_int(s, 1, f->stream);
	int n = 0, rc;
	while ((rc = db_step(s, e)) == 1 && (rc = tell_group(f, s, fn, arg, e)) == 0)
		n++;
	db_reset(s);
	return rc < 0 ? -1 : n;
}

int file_groups(struct bus *base, bus_group_fn *fn, void *arg, struct err *e)
{
	struct file_bus *f = file_of(base);
	return db_begin_read(f->db, e) < 0 ? -1 : (int)file_finish(f, tell_groups(f, fn, arg, e), e);
}

/* --- trimming --- */

static void lower(struct entry_id *floor, struct entry_id id)
{
	if (id_cmp(id, *floor) < 0)
		*floor = id;
}

/* Lowers *floor to the smallest id that any group needs. 0: no groups. */
static int find_floor(struct file_bus *f, struct entry_id *floor, struct err *e)
{
	struct db_stmt *s = f->s[SQL_GROUP_NEEDS];
	db_bind_int(s, 1, f->stream);
	int groups = 0, rc;
	for (; (rc = db_step(s, e)) == 1; groups++) {
		lower(floor, id_next(column_id(s, 0)));
		if (!db_is_null(s, 2))
			lower(floor, column_id(s, 2));
	}
	return rc < 0 ? -1 : groups;
}

static int64_t trim(struct file_bus *f, struct entry_id floor, struct err *e)
{
	int groups = find_floor(f, &floor, e);
	if (groups <= 0)
		return groups;
	struct db_stmt *s = f->s[SQL_ENTRIES_TRIM];
	db_bind_int(s, 1, f->stream);
	bind_id(s, 2, floor);
	if (db_run(s, e) < 0)
		return -1;
	int64_t removed = db_changes(f->db);
	s = f->s[SQL_STREAM_SHRINK];
	db_bind_int(s, 1, f->stream);
	db_bind_int(s, 2, removed);
	return db_run(s, e) < 0 ? -1 : removed;
}

int64_t file_trim(struct bus *base, struct entry_id below, struct err *e)
{
	struct file_bus *f = file_of(base);
	if (db_begin(f->db, e) < 0)
		return -1;
	int64_t removed = file_finish(f, trim(f, below, e), e);
	if (removed > 0 && db_exec(f->db, "PRAGMA incremental_vacuum", e) < 0)
		return -1;
	return removed;
}
