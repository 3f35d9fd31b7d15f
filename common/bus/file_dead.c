/* Dead letters in the file: each move is one transaction. */
#include "bus/file.h"

#include "bus/fields.h"

/* Adds one entry, of the fields in f->burial. */
static int add_one(struct file_bus *f, const char *name, struct err *e)
{
	struct stream stream;
	if (file_find_stream(f, name, &stream, e) < 0)
		return -1;
	struct buf blob;
	buf_init(&blob, FILE_QUEUE_MAX);
	fields_encode(&blob, f->burial.v, f->burial.n);
	struct entry_id id = file_new_id(stream.last);
	int rc = file_add_entry(f, stream.id, id, buf_view(&blob), e);
	buf_free(&blob);
	return rc < 0 ? -1 : file_grow_stream(f, stream.id, id, 1, e);
}

/* Finds an entry, whose fields point into the statement until that is reset. 1: found; 0: not there. */
static int read_entry(struct file_bus *f, int64_t stream, struct entry_id id, struct str text, struct err *e)
{
	struct db_stmt *s = f->s[SQL_ENTRY];
	db_bind_int(s, 1, stream);
	bind_id(s, 2, id);
	int rc = db_step(s, e);
	if (rc == 1 && !fields_decode(db_blob(s, 0), &f->burial))
		return err_set(e, ROS_IO, "bus %s: entry %.*s is damaged", f->base.name, STR_ARG(text));
	return rc;
}

/* Writes the dead letter of an entry, where that is still there. */
static int bury(struct file_bus *f, struct entry_id id, struct str reason, enum bus_keep keep, struct err *e)
{
	char text[ID_TEXT], hash[SHA256_TEXT];
	id_format(id, text);
	int rc = read_entry(f, f->stream, id, str_of(text), e);
	if (rc == 1) {
		field_list_bury(&f->burial, str_of(text), reason, keep, hash);
		rc = add_one(f, f->base.s.dead, e);
	}
	db_reset(f->s[SQL_ENTRY]);
	return rc < 0 ? -1 : 0;
}

static int move_to_dead(struct file_bus *f, struct entry_id id, struct str reason, enum bus_keep keep, struct err *e)
{
	struct group g;
	if (file_find_group(f, &g, e) < 0)
		return -1;
	int removed = file_remove_pending(f, g.id, id, e);
	return removed > 0 && bury(f, id, reason, keep, e) < 0 ? -1 : removed;
}

int file_dead(struct bus *base, struct entry_id id, struct str reason, enum bus_keep keep, struct err *e)
{
	struct file_bus *f = file_of(base);
	if (db_begin(f->db, e) < 0)
		return -1;
	int pending = (int)file_finish(f, move_to_dead(f, id, reason, keep, e), e);
	if (pending > 0)
		file_announce(f);
	return pending;
}

/* Returns how many there were. */
static int remove_letter(struct file_bus *f, struct entry_id id, struct err *e)
{
	struct db_stmt *s = f->s[SQL_ENTRY_REMOVE];
	db_bind_int(s, 1, f->dead);
	bind_id(s, 2, id);
	if (db_run(s, e) < 0)
		return -1;
	int removed = (int)db_changes(f->db);
	s = f->s[SQL_STREAM_SHRINK];
	db_bind_int(s, 1, f->dead);
	db_bind_int(s, 2, removed);
	return db_run(s, e) < 0 ? -1 : removed;
}

static int publish_letter(struct file_bus *f, struct entry_id id, struct err *e)
{
	char text[ID_TEXT];
	id_format(id, text);
	int rc = read_entry(f, f->dead, id, str_of(text), e);
	if (rc == 1 && (field_list_unbury(&f->burial, str_of(text), e) < 0 || add_one(f, f->base.s.stream, e) < 0))
		rc = -1;
	db_reset(f->s[SQL_ENTRY]);
	return rc < 0 ? -1 : remove_letter(f, id, e);
}

int file_requeue(struct bus *base, struct entry_id id, struct err *e)
{
	struct file_bus *f = file_of(base);
	if (db_begin(f->db, e) < 0)
		return -1;
	int there = (int)file_finish(f, publish_letter(f, id, e), e);
	if (there > 0)
		file_announce(f);
	return there;
}

int file_drop(struct bus *base, struct entry_id id, struct err *e)
{
	struct file_bus *f = file_of(base);
	return db_begin(f->db, e) < 0 ? -1 : (int)file_finish(f, remove_letter(f, id, e), e);
}
