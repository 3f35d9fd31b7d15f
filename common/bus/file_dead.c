/* Dead letters in the file: each move is one transaction. */
#include "bus/file.h"

#include "bus/fields.h"

/* Writes the dead letter of an entry whose blob was read. */
static int bury(struct file_bus *f, struct entry_id id, struct str blob, struct str reason, bool keep_data,
                struct err *e)
{
	char text[ID_TEXT], hash[SHA256_TEXT];
	struct stream dead;
	id_format(id, text);
	if (!fields_decode(blob, &f->burial))
		return err_set(e, ROS_IO, "bus %s: entry %s is damaged", f->base.name, text);
	if (file_find_stream(f, f->base.s.dead, &dead, e) < 0)
		return -1;
	field_list_bury(&f->burial, str_of(text), reason, keep_data, hash);
	struct buf letter;
	buf_init(&letter, FILE_QUEUE_MAX);
	fields_encode(&letter, f->burial.v, f->burial.n);
	struct entry_id at = file_new_id(dead.last);
	int rc = file_add_entry(f, f->dead, at, buf_view(&letter), e);
	buf_free(&letter);
	return rc < 0 ? -1 : file_grow_stream(f, f->dead, at, 1, e);
}

static int move_to_dead(struct file_bus *f, struct entry_id id, struct str reason, bool keep_data, struct err *e)
{
	struct group g;
	if (file_find_group(f, &g, e) < 0)
		return -1;
	int rc = file_remove_pending(f, g.id, id, e);
	if (rc <= 0)
		return rc;
	struct db_stmt *s = f->s[SQL_ENTRY];
	db_bind_int(s, 1, f->stream);
	bind_id(s, 2, id);
	rc = db_step(s, e);
	if (rc == 1)
		rc = bury(f, id, db_blob(s, 0), reason, keep_data, e);
	db_reset(s);
	return rc < 0 ? -1 : 1;
}

int file_dead(struct bus *base, struct entry_id id, struct str reason, bool keep_data, struct err *e)
{
	struct file_bus *f = file_of(base);
	if (db_begin(f->db, e) < 0)
		return -1;
	int pending = (int)file_finish(f, move_to_dead(f, id, reason, keep_data, e), e);
	if (pending > 0)
		file_announce(f);
	return pending;
}
