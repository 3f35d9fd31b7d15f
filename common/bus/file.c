/*
 * The bus in an SQLite file, with the semantics of Redis Streams. A settled batch is one commit with its sync. Who
 * reads collects a page of entries within a transaction and hands it out after the commit, so that a slow callback
 * holds no lock. Followers watch the file by inotify: every publisher touches its times after the commit. (A change of
 * the WAL itself would wake them before the commit can be seen.)
 */
#include "bus/file.h"

#include "base/mem.h"
#include "base/timefmt.h"
#include "bus/fields.h"
#include "bus/place.h"
#include "io/wait.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_MAX ((size_t)1 << 30)
#define APPLICATION_ID 1919906658 /* "rosb", in the file's header */
#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)
#define CLAIM_SCAN 10 /* pending entries that a claim looks at for each that it may take, as in Redis */

static const char layout[] =
	"CREATE TABLE stream (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, length INTEGER NOT NULL DEFAULT 0,"
	" last_ms INTEGER NOT NULL DEFAULT 0, last_seq INTEGER NOT NULL DEFAULT 0) STRICT;"
	/* With rowids: a table without them keeps little of a row in its page, and events are larger. */
	"CREATE TABLE entry (stream INTEGER NOT NULL, ms INTEGER NOT NULL, seq INTEGER NOT NULL, fields BLOB NOT NULL,"
	" UNIQUE (stream, ms, seq)) STRICT;"
	"CREATE TABLE consumer_group (id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, name TEXT NOT NULL,"
	" last_ms INTEGER NOT NULL DEFAULT 0, last_seq INTEGER NOT NULL DEFAULT 0, UNIQUE (stream, name)) STRICT;"
	"CREATE TABLE pending (consumer_group INTEGER NOT NULL, ms INTEGER NOT NULL, seq INTEGER NOT NULL,"
	" consumer TEXT NOT NULL, delivered_ms INTEGER NOT NULL, deliveries INTEGER NOT NULL,"
	" PRIMARY KEY (consumer_group, ms, seq)) STRICT, WITHOUT ROWID;"
	"PRAGMA application_id = " TEXT_OF(APPLICATION_ID) ";"
	"PRAGMA user_version = 1";

#define ENTRIES_BETWEEN \
	"SELECT ms, seq, 0, fields FROM entry WHERE stream = ?1 AND (ms, seq) >= (?2, ?3) AND (ms, seq) <= (?4, ?5)"

static const char *const sql[SQL_N] = {
	[SQL_STREAM_ADD] = "INSERT INTO stream (name) VALUES (?) ON CONFLICT DO NOTHING",
	[SQL_STREAM] = "SELECT id, last_ms, last_seq, length FROM stream WHERE name = ?",
	[SQL_STREAM_GROW] = "UPDATE stream SET last_ms = ?2, last_seq = ?3, length = length + ?4 WHERE id = ?1",
	[SQL_STREAM_SHRINK] = "UPDATE stream SET length = length - ?2 WHERE id = ?1",
	[SQL_STREAM_USED] =
		"SELECT (SELECT count(*) FROM consumer_group WHERE stream = s.id), last_ms FROM stream s WHERE id = ?",
	[SQL_STREAM_ENDS] =
		"SELECT * FROM (SELECT ms, seq FROM entry WHERE stream = ?1 ORDER BY ms, seq LIMIT 1)"
		" UNION ALL SELECT * FROM (SELECT ms, seq FROM entry WHERE stream = ?1 ORDER BY ms DESC, seq DESC LIMIT 1)",
	[SQL_ENTRY_ADD] = "INSERT INTO entry (stream, ms, seq, fields) VALUES (?, ?, ?, ?)",
	[SQL_ENTRY] = "SELECT fields FROM entry WHERE stream = ? AND ms = ? AND seq = ?",
	[SQL_ENTRY_REMOVE] = "DELETE FROM entry WHERE stream = ? AND ms = ? AND seq = ?",
	[SQL_ENTRIES] = ENTRIES_BETWEEN " ORDER BY ms, seq LIMIT ?6",
	[SQL_ENTRIES_BACK] = ENTRIES_BETWEEN " ORDER BY ms DESC, seq DESC LIMIT ?6",
	[SQL_ENTRIES_TRIM] = "DELETE FROM entry WHERE stream = ? AND (ms, seq) < (?, ?)",
	[SQL_NEW] = "SELECT 1 FROM entry WHERE stream = ?1 AND (ms, seq) >= (?2, ?3) LIMIT 1",
	[SQL_GROUP_ADD] = "INSERT INTO consumer_group (stream, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
	[SQL_GROUP] = "SELECT id, last_ms, last_seq FROM consumer_group WHERE stream = ? AND name = ?",
	[SQL_GROUP_MOVE] = "UPDATE consumer_group SET last_ms = ?2, last_seq = ?3 WHERE id = ?1",
	[SQL_GROUP_NEEDS] =
		"SELECT g.last_ms, g.last_seq, p.ms, p.seq FROM consumer_group g"
		" LEFT JOIN pending p ON p.consumer_group = g.id AND (p.ms, p.seq) ="
		" (SELECT ms, seq FROM pending WHERE consumer_group = g.id"
		" AND (ms, seq) >= (SELECT ms, seq FROM entry WHERE stream = g.stream ORDER BY ms, seq LIMIT 1) ORDER BY ms, seq LIMIT 1)"
		" WHERE g.stream = ?",
	[SQL_GROUPS] =
		"SELECT g.id, g.name, g.last_ms, g.last_seq,"
		" (SELECT count(*) FROM entry WHERE stream = g.stream AND (ms, seq) > (g.last_ms, g.last_seq)),"
		" (SELECT count(*) FROM pending WHERE consumer_group = g.id), p.ms, p.seq, p.delivered_ms"
		" FROM consumer_group g LEFT JOIN pending p ON p.consumer_group = g.id AND (p.ms, p.seq) ="
		" (SELECT ms, seq FROM pending WHERE consumer_group = g.id ORDER BY ms, seq LIMIT 1)"
		" WHERE g.stream = ? ORDER BY g.name",
	[SQL_CONSUMERS] =
		"SELECT consumer, count(*), max(delivered_ms) FROM pending WHERE consumer_group = ? GROUP BY consumer ORDER BY consumer",
	[SQL_PENDING_ADD] =
		"INSERT INTO pending (consumer_group, ms, seq, consumer, delivered_ms, deliveries)"
		" VALUES (?, ?, ?, ?, ?, 1)",
	[SQL_PENDING_OWN] =
		"SELECT p.ms, p.seq, p.deliveries, e.fields FROM pending p"
		" LEFT JOIN entry e ON e.stream = ?1 AND e.ms = p.ms AND e.seq = p.seq"
		" WHERE p.consumer_group = ?2 AND (p.ms, p.seq) >= (?3, ?4) AND p.consumer = ?5"
		" ORDER BY p.ms, p.seq LIMIT ?6",
	[SQL_PENDING_SCAN] =
		"SELECT p.ms, p.seq, p.deliveries, e.fields, p.delivered_ms, p.consumer FROM pending p"
		" LEFT JOIN entry e ON e.stream = ?1 AND e.ms = p.ms AND e.seq = p.seq"
		" WHERE p.consumer_group = ?2 AND (p.ms, p.seq) >= (?3, ?4)"
		" ORDER BY p.ms, p.seq LIMIT ?5",
	[SQL_PENDING_TAKE] =
		"UPDATE pending SET consumer = ?4, delivered_ms = ?5, deliveries = deliveries + 1"
		" WHERE consumer_group = ?1 AND ms = ?2 AND seq = ?3",
	[SQL_PENDING_REMOVE] = "DELETE FROM pending WHERE consumer_group = ? AND ms = ? AND seq = ?",
	[SQL_PENDING_COUNT] = "SELECT count(*) FROM pending WHERE consumer_group = ?",
};

struct page_item {
	struct entry_id id;
	int64_t deliveries;
	bool there; /* false: pending, but gone from the stream */
	size_t n;
};

/* --- statements --- */

int64_t file_finish(struct file_bus *f, int64_t rc, struct err *e)
{
	if (rc >= 0 && db_commit(f->db, e) == 0)
		return rc;
	db_rollback(f->db);
	return -1;
}

int file_find_group(struct file_bus *f, struct group *g, struct err *e)
{
	struct db_stmt *s = f->s[SQL_GROUP];
	db_bind_int(s, 1, f->stream);
	db_bind_text(s, 2, str_of(f->base.s.group));
	*g = (struct group){ false };
	int rc = db_step(s, e);
	if (rc == 1)
		*g = (struct group){ true, db_int(s, 0), column_id(s, 1) };
	db_reset(s);
	return rc < 0 ? -1 : 0;
}

static int file_group_create(struct bus *base, struct err *e)
{
	struct file_bus *f = file_of(base);
	db_bind_int(f->s[SQL_GROUP_ADD], 1, f->stream);
	db_bind_text(f->s[SQL_GROUP_ADD], 2, str_of(base->s.group));
	return db_run(f->s[SQL_GROUP_ADD], e);
}

int file_find_stream(struct file_bus *f, const char *name, struct stream *stream, struct err *e)
{
	struct db_stmt *s = f->s[SQL_STREAM];
	db_bind_text(s, 1, str_of(name));
	int rc = db_step(s, e);
	if (rc == 1)
		*stream = (struct stream){ db_int(s, 0), column_id(s, 1), db_int(s, 3) };
	db_reset(s);
	return rc;
}

/* --- life --- */

static struct bus *file_make(void)
{
	struct file_bus *f = mem_alloc(sizeof *f);
	buf_init(&f->queue, FILE_QUEUE_MAX);
	buf_init(&f->page, PAGE_MAX);
	f->watch = -1;
	return &f->base;
}

static void file_close(struct bus *base)
{
	struct file_bus *f = file_of(base);
	db_close(f->db);
	buf_free(&f->queue);
	buf_free(&f->page);
	field_list_free(&f->fields);
	field_list_free(&f->burial);
	if (f->watch >= 0)
		close(f->watch);
	free(f);
}

/* One number that a statement gives. */
static int query(struct db *db, const char *text, int64_t *v, struct err *e)
{
	struct db_stmt *s;
	if (db_prepare(db, text, &s, e) < 0)
		return -1;
	int rc = db_step(s, e);
	*v = rc == 1 ? db_int(s, 0) : 0;
	db_finalize(s);
	return rc < 0 ? -1 : 0;
}

/* In a transaction: several processes may find the file empty at once. */
static int make_layout(struct file_bus *f, struct err *e)
{
	int64_t id, version, tables;
	if (query(f->db, "PRAGMA application_id", &id, e) < 0 || query(f->db, "PRAGMA user_version", &version, e) < 0 ||
	    query(f->db, "SELECT count(*) FROM sqlite_schema", &tables, e) < 0)
		return -1;
	if (tables == 0)
		return db_exec(f->db, layout, e);
	if (id != APPLICATION_ID)
		return err_set(e, ROS_CONFIG, "bus %s: the file is another database", f->base.name);
	if (version != 1)
		return err_set(e, ROS_CONFIG, "bus %s: made by another version of these tools", f->base.name);
	return 0;
}

static int prepare_all(struct file_bus *f, struct err *e)
{
	for (size_t i = 0; i < SQL_N; i++)
		if (db_prepare(f->db, sql[i], &f->s[i], e) < 0)
			return -1;
	return 0;
}

static int make_stream(struct file_bus *f, const char *name, int64_t *id, struct err *e)
{
	struct stream stream;
	db_bind_text(f->s[SQL_STREAM_ADD], 1, str_of(name));
	if (db_run(f->s[SQL_STREAM_ADD], e) < 0 || file_find_stream(f, name, &stream, e) < 0)
		return -1;
	*id = stream.id;
	return 0;
}

static int make_all(struct file_bus *f, struct err *e)
{
	if (make_layout(f, e) < 0 || prepare_all(f, e) < 0 || make_stream(f, f->base.s.stream, &f->stream, e) < 0)
		return -1;
	return make_stream(f, f->base.s.dead, &f->dead, e);
}

static int file_connect(struct bus *base, struct err *e)
{
	struct file_bus *f = file_of(base);
	struct err why;
	bool open = place_make(base->url.path, base->name, &why) == 0 &&
	            db_open(&f->db, base->url.path, DB_CREATE_QUEUE, base->s.timeout_ms, &why) == 0 &&
	            db_begin(f->db, &why) == 0 && file_finish(f, make_all(f, &why), &why) == 0;
	if (open)
		return 0;
	return err_set(e, why.status == ROS_INPUT ? ROS_CONFIG : why.status, "%s", why.text);
}

/* --- publishing --- */

static int file_append(struct bus *base, const struct entry_field *fields, size_t n, struct err *e)
{
	struct file_bus *f = file_of(base);
	size_t start = f->queue.n, size = 0;
	buf_add(&f->queue, &size, sizeof size);
	fields_encode(&f->queue, fields, n);
	if (!buf_ok(&f->queue)) {
		f->queue.n = start;
		f->queue.failed = false;
		return err_set(e, ROS_LATER, "more than %zu bytes for %s at once", FILE_QUEUE_MAX, base->name);
	}
	size = f->queue.n - start - sizeof size;
	memcpy(f->queue.p + start, &size, sizeof size);
	f->queued++;
	return 0;
}

struct entry_id file_new_id(struct entry_id last)
{
	uint64_t now = (uint64_t)time_now_ms();
	return now > last.ms ? (struct entry_id){ now, 0 } : (struct entry_id){ last.ms, last.seq + 1 };
}

int file_add_entry(struct file_bus *f, int64_t stream, struct entry_id id, struct str blob, struct err *e)
{
	struct db_stmt *s = f->s[SQL_ENTRY_ADD];
	db_bind_int(s, 1, stream);
	bind_id(s, 2, id);
	db_bind_blob(s, 4, blob);
	return db_run(s, e);
}

int file_grow_stream(struct file_bus *f, int64_t stream, struct entry_id last, int64_t more, struct err *e)
{
	struct db_stmt *s = f->s[SQL_STREAM_GROW];
	db_bind_int(s, 1, stream);
	bind_id(s, 2, last);
	db_bind_int(s, 4, more);
	return db_run(s, e);
}

/* Writes the queue; *first is the first id, and the others count up from it. */
static int write_queue(struct file_bus *f, struct entry_id *first, struct err *e)
{
	struct stream stream;
	if (file_find_stream(f, f->base.s.stream, &stream, e) < 0)
		return -1;
	*first = file_new_id(stream.last);
	struct entry_id id = *first;
	const char *p = f->queue.p;
	for (size_t i = 0; i < f->queued; i++, id.seq++) {
		struct str blob = { p + sizeof blob.n, 0 };
		memcpy(&blob.n, p, sizeof blob.n);
		if (file_add_entry(f, f->stream, id, blob, e) < 0)
			return -1;
		p = blob.p + blob.n;
	}
	id.seq--;
	return file_grow_stream(f, f->stream, id, (int64_t)f->queued, e);
}

void file_announce(const struct file_bus *f)
{
	utimensat(AT_FDCWD, f->base.url.path, NULL, 0);
}

static int file_settle(struct bus *base, bus_reply_fn *reply, void *arg, struct err *e)
{
	struct file_bus *f = file_of(base);
	if (f->queued == 0)
		return 0;
	struct err why;
	struct entry_id id;
	bool done = db_begin(f->db, &why) == 0 && file_finish(f, write_queue(f, &id, &why), &why) == 0;
	if (done)
		file_announce(f);
	for (size_t i = 0; i < f->queued; i++, id.seq++) {
		char text[ID_TEXT];
		id_format(id, text);
		reply(arg, done ? str_of(text) : (struct str){ NULL, 0 }, done ? NULL : &why);
	}
	buf_clear(&f->queue);
	f->queued = 0;
	return done ? 0 : err_set(e, why.status, "%s", why.text);
}

/* --- pages --- */

static int page_add(struct file_bus *f, const struct db_stmt *s, struct err *e)
{
	struct str blob = db_blob(s, 3);
	struct page_item item = {
		.id = column_id(s, 0), .deliveries = db_int(s, 2), .there = blob.p != NULL, .n = blob.n
	};
	buf_add(&f->page, &item, sizeof item);
	buf_str(&f->page, blob);
	return buf_ok(&f->page) ? 0
	                        : err_set(e, ROS_LATER, "bus %s: more than %zu bytes: ask for fewer entries at once",
	                                  f->base.name, PAGE_MAX);
}

/* The item at *at, which moves behind it; false at the end. */
static bool page_next(const struct file_bus *f, size_t *at, struct page_item *item, struct str *blob)
{
	if (*at >= f->page.n)
		return false;
	memcpy(item, f->page.p + *at, sizeof *item);
	*blob = (struct str){ f->page.p + *at + sizeof *item, item->n };
	*at += sizeof *item + item->n;
	return true;
}

/* Fills the page with all rows of a statement (ms, seq, deliveries, fields). Returns how many. */
static int page_fill(struct file_bus *f, struct db_stmt *s, struct err *e)
{
	int n = 0, rc;
	buf_clear(&f->page);
	while ((rc = db_step(s, e)) == 1 && (rc = page_add(f, s, e)) == 0)
		n++;
	db_reset(s);
	return rc < 0 ? -1 : n;
}

/* Hands the page out. Entries that are gone go to `lost`, where there is one. Returns how many were entries. */
static int page_deliver(struct file_bus *f, bus_entry_fn *fn, bus_lost_fn *lost, void *arg, struct err *e)
{
	struct page_item item;
	struct str blob;
	int n = 0;
	for (size_t at = 0; page_next(f, &at, &item, &blob);) {
		char id[ID_TEXT];
		id_format(item.id, id);
		if (!item.there && lost) {
			lost(arg, str_of(id));
			continue;
		}
		if (!fields_decode(blob, &f->fields))
			return err_set(e, ROS_IO, "bus %s: entry %s is damaged", f->base.name, id);
		struct bus_entry entry = { str_of(id), f->fields.v, f->fields.n, item.deliveries };
		if (fn(arg, &entry, e) < 0)
			return -1;
		n++;
	}
	return n;
}

/* Fills the page with up to `count` entries of the stream. */
static int find_entries(struct file_bus *f, int64_t stream, struct entry_id from, struct entry_id to, bool back, int count,
                        struct err *e)
{
	struct db_stmt *s = f->s[back ? SQL_ENTRIES_BACK : SQL_ENTRIES];
	db_bind_int(s, 1, stream);
	bind_id(s, 2, from);
	bind_id(s, 4, to);
	db_bind_int(s, 6, count);
	return page_fill(f, s, e);
}

static int file_range(struct bus *base, bool dead, struct entry_id from, struct entry_id to, bool back, int count,
                      bus_entry_fn *fn, void *arg, struct err *e)
{
	struct file_bus *f = file_of(base);
	int n = find_entries(f, dead ? f->dead : f->stream, from, to, back, count, e);
	return n < 0 ? -1 : page_deliver(f, fn, NULL, arg, e);
}

/* --- groups --- */

/* Without a lock: whether the group has not been given everything. A missing group is made. */
static int has_new(struct file_bus *f, struct err *e)
{
	struct group g;
	if (file_find_group(f, &g, e) < 0 || (!g.there && file_group_create(&f->base, e) < 0))
		return -1;
	struct db_stmt *s = f->s[SQL_NEW];
	db_bind_int(s, 1, f->stream);
	bind_id(s, 2, id_next(g.last));
	int rc = db_step(s, e);
	db_reset(s);
	return rc;
}

static int add_pending(struct file_bus *f, int64_t group, struct entry_id id, const char *consumer, int64_t now,
                       struct err *e)
{
	struct db_stmt *s = f->s[SQL_PENDING_ADD];
	db_bind_int(s, 1, group);
	bind_id(s, 2, id);
	db_bind_text(s, 4, str_of(consumer));
	db_bind_int(s, 5, now);
	return db_run(s, e);
}

static int move_group(struct file_bus *f, int64_t group, struct entry_id last, struct err *e)
{
	struct db_stmt *s = f->s[SQL_GROUP_MOVE];
	db_bind_int(s, 1, group);
	bind_id(s, 2, last);
	return db_run(s, e);
}

/* Makes the page's entries pending for the consumer. */
static int give_page(struct file_bus *f, const struct group *g, const char *consumer, struct err *e)
{
	int64_t now = time_now_ms();
	struct page_item item = { .id = g->last };
	struct str blob;
	for (size_t at = 0; page_next(f, &at, &item, &blob);) {
		if (add_pending(f, g->id, item.id, consumer, now, e) < 0)
			return -1;
		item.deliveries = 1;
		memcpy(f->page.p + at - item.n - sizeof item, &item, sizeof item);
	}
	return move_group(f, g->id, item.id, e);
}

static int take_new(struct file_bus *f, const char *consumer, int count, struct err *e)
{
	struct group g;
	if (file_find_group(f, &g, e) < 0)
		return -1;
	int n = find_entries(f, f->stream, id_next(g.last), ID_MAX, false, count, e);
	return n > 0 && give_page(f, &g, consumer, e) < 0 ? -1 : n;
}

/* Delivers what is there now. */
static int read_now(struct file_bus *f, const char *consumer, int count, bus_entry_fn *fn, void *arg, struct err *e)
{
	int some = has_new(f, e);
	if (some <= 0)
		return some;
	if (db_begin(f->db, e) < 0 || file_finish(f, take_new(f, consumer, count, e), e) < 0)
		return -1;
	return page_deliver(f, fn, NULL, arg, e);
}

static int watch(struct file_bus *f, struct err *e)
{
	if (f->watch >= 0)
		return 0;
	f->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (f->watch < 0 || inotify_add_watch(f->watch, f->base.url.path, IN_ATTRIB) < 0)
		return err_sys(e, ROS_IO, "bus %s: cannot watch the file", f->base.name);
	return 0;
}

/* Forgets what was announced so far; the look at the bus comes after it. */
static void drain_watch(const struct file_bus *f)
{
	char events[4096];
	while (f->watch >= 0 && read(f->watch, events, sizeof events) > 0)
		;
}

/* Waits until something is announced, or for a slice of the time. False: the time is over, or a stop has come. */
static bool wait_announced(const struct file_bus *f, int64_t deadline)
{
	int64_t left = deadline - time_monotonic_ms();
	return left > 0 && wait_fd(f->watch, POLLIN, left < SLICE_MS ? (int)left : SLICE_MS) != WAIT_STOP;
}

/* Waits for entries: new ones for the consumer, or, without one, those from `from` on. */
static int read_waiting(struct file_bus *f, const char *consumer, struct entry_id from, int count, int block_ms, bus_entry_fn *fn,
                        void *arg, struct err *e)
{
	int64_t deadline = time_monotonic_ms() + block_ms;
	if (block_ms > 0 && watch(f, e) < 0)
		return -1;
	int n = 0;
	do {
		drain_watch(f);
		if (!wait_stopping())
			n = consumer ? read_now(f, consumer, count, fn, arg, e)
			             : file_range(&f->base, false, from, ID_MAX, false, count, fn, arg, e);
	} while (n == 0 && wait_announced(f, deadline));
	return n;
}

static int file_read_new(struct bus *base, const char *consumer, int count, int block_ms, bus_entry_fn *fn, void *arg,
                         struct err *e)
{
	return read_waiting(file_of(base), consumer, (struct entry_id){ 0, 0 }, count, block_ms, fn, arg, e);
}

static int file_follow(struct bus *base, struct entry_id from, int count, int block_ms, bus_entry_fn *fn, void *arg,
                       struct err *e)
{
	return read_waiting(file_of(base), NULL, from, count, block_ms, fn, arg, e);
}

static int take_pending(struct file_bus *f, int64_t group, struct entry_id id, const char *consumer, int64_t now,
                        struct err *e)
{
	struct db_stmt *s = f->s[SQL_PENDING_TAKE];
	db_bind_int(s, 1, group);
	bind_id(s, 2, id);
	db_bind_text(s, 4, str_of(consumer));
	db_bind_int(s, 5, now);
	return db_run(s, e);
}

int file_remove_pending(struct file_bus *f, int64_t group, struct entry_id id, struct err *e)
{
	struct db_stmt *s = f->s[SQL_PENDING_REMOVE];
	db_bind_int(s, 1, group);
	bind_id(s, 2, id);
	return db_run(s, e) < 0 ? -1 : (int)db_changes(f->db);
}

/* Counts one more delivery of each entry of the page that is still there, for the consumer. */
static int take_page(struct file_bus *f, int64_t group, const char *consumer, struct err *e)
{
	int64_t now = time_now_ms();
	struct page_item item;
	struct str blob;
	int rc = 0;
	for (size_t at = 0; rc >= 0 && page_next(f, &at, &item, &blob);) {
		if (!item.there)
			continue;
		item.deliveries++;
		memcpy(f->page.p + at - item.n - sizeof item, &item, sizeof item);
		rc = take_pending(f, group, item.id, consumer, now, e);
	}
	return rc;
}

static int take_own(struct file_bus *f, const char *consumer, struct entry_id after, int count, struct err *e)
{
	struct group g;
	buf_clear(&f->page);
	if (file_find_group(f, &g, e) < 0)
		return -1;
	struct db_stmt *s = f->s[SQL_PENDING_OWN];
	db_bind_int(s, 1, f->stream);
	db_bind_int(s, 2, g.id);
	bind_id(s, 3, id_next(after));
	db_bind_text(s, 5, str_of(consumer));
	db_bind_int(s, 6, count);
	return page_fill(f, s, e) < 0 ? -1 : take_page(f, g.id, consumer, e);
}

static int file_read_own(struct bus *base, const char *consumer, struct entry_id after, int count, bus_entry_fn *fn,
                         void *arg, struct err *e)
{
	struct file_bus *f = file_of(base);
	if (db_begin(f->db, e) < 0 || file_finish(f, take_own(f, consumer, after, count, e), e) < 0)
		return -1;
	return page_deliver(f, fn, NULL, arg, e);
}

/*
 * Whether a row of SQL_PENDING_SCAN is for a claim. Of its own that are gone the consumer is told by file_read_own().
 * What was delivered in the future was delivered before the clock was set back: nobody knows how long ago.
 */
static bool claimable(const struct db_stmt *s, const char *consumer, int64_t min_idle_ms, int64_t now)
{
	int64_t idle_ms = now - db_int(s, 4);
	bool own_gone = db_is_null(s, 3) && str_is(db_text(s, 5), consumer);
	return (idle_ms >= min_idle_ms || idle_ms < 0) && !own_gone;
}

/* Puts on the page what may be claimed; *cursor becomes where to go on. */
static int scan_pending(struct file_bus *f, int64_t group, const char *consumer, int64_t min_idle_ms, struct entry_id *cursor,
                        int count, struct err *e)
{
	struct db_stmt *s = f->s[SQL_PENDING_SCAN];
	int64_t left = (int64_t)count * CLAIM_SCAN, now = time_now_ms();
	db_bind_int(s, 1, f->stream);
	db_bind_int(s, 2, group);
	bind_id(s, 3, *cursor);
	db_bind_int(s, 5, left + 1);
	buf_clear(&f->page);
	int rc;
	while ((rc = db_step(s, e)) == 1 && left > 0 && count > 0) {
		left--;
		if (!claimable(s, consumer, min_idle_ms, now))
			continue;
		count--;
		if (page_add(f, s, e) < 0)
			break;
	}
	*cursor = rc == 1 ? column_id(s, 0) : (struct entry_id){ 0, 0 };
	db_reset(s);
	return rc < 0 || !buf_ok(&f->page) ? -1 : 0;
}

static int take_idle(struct file_bus *f, const char *consumer, int64_t min_idle_ms, struct entry_id *cursor, int count,
                     struct err *e)
{
	struct group g;
	if (file_find_group(f, &g, e) < 0 || scan_pending(f, g.id, consumer, min_idle_ms, cursor, count, e) < 0)
		return -1;
	return take_page(f, g.id, consumer, e);
}

static int file_claim(struct bus *base, const char *consumer, int64_t min_idle_ms, struct entry_id *cursor, int count,
                      bus_entry_fn *fn, bus_lost_fn *lost, void *arg, struct err *e)
{
	struct file_bus *f = file_of(base);
	if (db_begin(f->db, e) < 0 || file_finish(f, take_idle(f, consumer, min_idle_ms, cursor, count, e), e) < 0)
		return -1;
	return page_deliver(f, fn, lost, arg, e);
}

/* --- settling entries --- */

static int remove_all(struct file_bus *f, const struct entry_id *ids, size_t n, struct err *e)
{
	struct group g;
	if (file_find_group(f, &g, e) < 0)
		return -1;
	int removed = 0;
	for (size_t i = 0; i < n; i++) {
		int rc = file_remove_pending(f, g.id, ids[i], e);
		if (rc < 0)
			return -1;
		removed += rc;
	}
	return removed;
}

static int file_ack(struct bus *base, const struct entry_id *ids, size_t n, struct err *e)
{
	struct file_bus *f = file_of(base);
	return db_begin(f->db, e) < 0 ? -1 : (int)file_finish(f, remove_all(f, ids, n, e), e);
}

const struct bus_driver file_driver = {
	.make = file_make,
	.connect = file_connect,
	.close = file_close,
	.append = file_append,
	.settle = file_settle,
	.group_create = file_group_create,
	.read_new = file_read_new,
	.read_own = file_read_own,
	.claim = file_claim,
	.range = file_range,
	.follow = file_follow,
	.ack = file_ack,
	.dead = file_dead,
	.requeue = file_requeue,
	.drop = file_drop,
	.info = file_info,
	.stream = file_stream,
	.groups = file_groups,
	.trim = file_trim,
};
