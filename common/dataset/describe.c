/*
 * A data set of one file or of many. Of the files' facts only the sum is kept, and a list of the partitions
 * up to a limit, since an event line has one: the root hash covers all of them.
 */
#include "dataset/describe.h"

#include "json/writer.h"

#include <inttypes.h>
#include <string.h>

#define LISTING_MAX ((size_t)512 * 1024)
#define NULL_KEY "__HIVE_DEFAULT_PARTITION__" /* Hive's name of a value that is missing */

/* What a key of a path says, as a layout: one column a key. */
static void take_keys(const char *name, struct layout *keys)
{
	struct str rest = str_of(name), step;
	for (;;) {
		rest = str_cut(rest, '/', &step);
		if (!rest.p)
			return; /* the file's own name is no key */
		struct str key, value = str_cut(step, '=', &key);
		bool missing = value.p && str_is(value, NULL_KEY);
		if (value.p)
			layout_add(keys, key, missing ? VALUE_EMPTY : value_type_of(value), missing);
	}
}

static void join_keys(struct dataset *d, const char *name)
{
	struct layout keys = { 0 };
	take_keys(name, &keys);
	if (d->partitions == 0) {
		d->keys = keys;
		return;
	}
	if (!layout_join(&d->keys, &keys))
		layout_free(&d->keys);
	layout_free(&keys);
}

static void list(struct dataset *d, const char *name, const struct part *p, const char *hash)
{
	struct json_writer w;
	if (d->unlisted > 0 || d->listing.n > LISTING_MAX) {
		d->unlisted++;
		return;
	}
	if (d->listing.n > 0)
		buf_char(&d->listing, ',');
	json_writer_init(&w, &d->listing, false);
	json_open(&w, '{');
	json_key(&w, "name");
	json_z(&w, name);
	if (p->facts.rows >= 0) {
		json_key(&w, "row_count");
		json_int(&w, p->facts.rows);
	}
	json_key(&w, "size_bytes");
	json_int(&w, p->bytes);
	json_key(&w, "sha256");
	buf_fmt(&d->listing, "\"sha256:%s\"", hash);
	json_close(&w, '}');
}

/* Whether files of these formats can be one data set; sets the format that both are of. */
static bool join_formats(struct facts *a, const struct facts *b)
{
	if (strcmp(a->format, b->format) == 0) {
		a->one_line &= b->one_line;
		return true;
	}
	bool lines = (a->one_line && strcmp(b->format, "ndjson") == 0) || (b->one_line && strcmp(a->format, "ndjson") == 0);
	if (lines)
		a->format = "ndjson";
	return lines;
}

static void join_layouts(struct dataset *d, struct facts *more)
{
	struct facts *all = &d->facts;
	if (!more->has_layout)
		return;
	if (!all->has_layout) {
		all->has_layout = true;
		all->layout = more->layout; /* the data set's now */
		all->typed_rows = more->typed_rows;
		more->layout = (struct layout){ 0 };
		return;
	}
	d->differing += !layout_join(&all->layout, &more->layout);
	if (all->typed_rows >= 0)
		all->typed_rows += more->typed_rows;
}

static bool join_facts(struct dataset *d, struct facts *more)
{
	struct facts *all = &d->facts;
	if (d->partitions == 0) {
		*all = *more; /* with all that it owns */
		more->layout = (struct layout){ 0 };
		return true;
	}
	if (!join_formats(all, more))
		return false;
	all->rows = all->rows < 0 || more->rows < 0 ? -1 : all->rows + more->rows;
	all->header &= more->header;
	all->ragged += more->ragged;
	all->sheets += more->sheets;
	join_layouts(d, more);
	return true;
}

/* The file's line of the text that the root hash is of. */
static void add_to_root(struct sha256_stream *root, const char *name, const char *hash)
{
	sha256_add(root, (struct str){ name, strlen(name) + 1 });
	sha256_add(root, str_of(hash));
	sha256_add(root, STR("\n"));
}

static int take_file(struct dataset *d, const struct files *f, size_t i, struct part *p, bool strict, struct err *e)
{
	const char *name = files_name(f, i), *path = f->v[i].path;
	char hash[SHA256_TEXT];
	sha256_format(&p->hash, hash);
	if (!f->one && !str_utf8(str_of(name)))
		return err_set(e, ROS_INPUT, "%s: its path is not UTF-8", path);
	if (strict && p->facts.ragged > 0)
		return err_set(e, ROS_INPUT, "%s: line %" PRIu64 ": a row with another number of cells than the first; there are %" PRId64,
		               path, p->facts.ragged_line, p->facts.ragged);
	if (!join_facts(d, &p->facts))
		return err_set(e, ROS_INPUT, "%s is %s, and %s is %s: a data set has one format", f->v[0].path, d->facts.format, path,
		               p->facts.format);
	add_to_root(d->root, name, hash);
	join_keys(d, name);
	list(d, name, p, hash);
	d->bytes += p->bytes;
	d->partitions++;
	d->hash = p->hash;
	return 0;
}

int dataset_describe(struct dataset *d, const struct files *f, bool strict, struct screen *screen, read_progress_fn *progress, void *arg,
                     struct err *e)
{
	int rc = 0;
	*d = (struct dataset){ .root = sha256_begin() };
	facts_free(&d->facts);
	buf_init(&d->listing, 2 * LISTING_MAX);
	for (size_t i = 0; i < f->n && rc == 0; i++) {
		struct part p;
		rc = part_read(f->v[i].path, screen, progress, arg, &p, e);
		if (rc == 0)
			rc = take_file(d, f, i, &p, strict, e);
		facts_free(&p.facts);
	}
	sha256_end(d->root, rc == 0 && !f->one ? &d->hash : NULL);
	d->root = NULL;
	return rc;
}

void dataset_free(struct dataset *d)
{
	facts_free(&d->facts);
	buf_free(&d->listing);
	layout_free(&d->keys);
}
