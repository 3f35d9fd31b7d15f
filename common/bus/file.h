/* What the parts of the file driver share: file.c publishing and reading, file_dead.c dead letters, file_state.c the state of the stream. */
#ifndef ROS_BUS_FILE_H
#define ROS_BUS_FILE_H

#include "base/buf.h"
#include "bus/driver.h"
#include "db/db.h"

#define FILE_QUEUE_MAX ((size_t)1 << 30) /* bytes that may be written at once */

/* The statements; file.c has their texts. */
enum {
	SQL_STREAM_ADD,
	SQL_STREAM,
	SQL_STREAM_GROW,
	SQL_STREAM_SHRINK,
	SQL_STREAM_USED,
	SQL_STREAM_ENDS,
	SQL_ENTRY_ADD,
	SQL_ENTRY,
	SQL_ENTRY_REMOVE,
	SQL_ENTRIES,
	SQL_ENTRIES_BACK,
	SQL_ENTRIES_TRIM,
	SQL_NEW,
	SQL_GROUP_ADD,
	SQL_GROUP,
	SQL_GROUP_MOVE,
	SQL_GROUP_NEEDS,
	SQL_GROUPS,
	SQL_CONSUMERS,
	SQL_PENDING_ADD,
	SQL_PENDING_OWN,
	SQL_PENDING_SCAN,
	SQL_PENDING_TAKE,
	SQL_PENDING_REMOVE,
	SQL_PENDING_COUNT,
	SQL_N,
};

struct file_bus {
	struct bus base;
	struct db *db;
	struct db_stmt *s[SQL_N];
	int64_t stream, dead; /* ids of the two streams */
	struct buf queue;     /* appended entries: length and blob of each */
	size_t queued;
	struct buf page; /* entries to be handed out: struct page_item and blob of each */
	struct field_list fields, burial;
	int watch; /* inotify; -1 until somebody follows */
};

struct group {
	bool there;
	int64_t id;
	struct entry_id last; /* delivered */
};

struct stream {
	int64_t id;
	struct entry_id last;
	int64_t length;
};

/* Ends a transaction: commits what came to rc >= 0, undoes what failed. Returns rc, or -1. */
int64_t file_finish(struct file_bus *f, int64_t rc, struct err *e);

/* The group of the settings; g->there says whether there is one. */
int file_find_group(struct file_bus *f, struct group *g, struct err *e);

/* 1: found; 0: not there. */
int file_find_stream(struct file_bus *f, const char *name, struct stream *stream, struct err *e);

/* Adding to a stream: an id behind its last (ids grow, whatever the clock does), the entries, then what the stream is to know of them. */
struct entry_id file_new_id(struct entry_id last);
int file_add_entry(struct file_bus *f, int64_t stream, struct entry_id id, struct str blob, struct err *e);
int file_grow_stream(struct file_bus *f, int64_t stream, struct entry_id last, int64_t more, struct err *e);

/* Takes an entry from what is pending in the group; returns how many there were. */
int file_remove_pending(struct file_bus *f, int64_t group, struct entry_id id, struct err *e);

/* Wakes who follows: to be called after the commit. */
void file_announce(const struct file_bus *f);

static inline struct file_bus *file_of(struct bus *b)
{
	return (struct file_bus *)b;
}

static inline int64_t clamp(uint64_t v)
{
	return v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

/* Binds both halves of an id from parameter i. */
static inline void bind_id(struct db_stmt *s, int i, struct entry_id id)
{
	db_bind_int(s, i, clamp(id.ms));
	db_bind_int(s, i + 1, clamp(id.seq));
}

static inline struct entry_id column_id(const struct db_stmt *s, int i)
{
	return (struct entry_id){ (uint64_t)db_int(s, i), (uint64_t)db_int(s, i + 1) };
}

/* Calls of the driver, as driver.h has them. */
int file_dead(struct bus *base, struct entry_id id, struct str reason, enum bus_keep keep, struct err *e);
int file_requeue(struct bus *base, struct entry_id id, struct err *e);
int file_drop(struct bus *base, struct entry_id id, struct err *e);
int file_info(struct bus *base, struct bus_info *info, struct err *e);
int file_stream(struct bus *base, struct bus_stream *stream, struct err *e);
int file_groups(struct bus *base, bus_group_fn *fn, void *arg, struct err *e);
int64_t file_trim(struct bus *base, struct entry_id below, struct err *e);

#endif
