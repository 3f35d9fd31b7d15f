/*
 * The events of data sets. They are checked as ros-emit will check them, so that a mistake on the command
 * line is said where it was made.
 */
#include "dataset/events.h"

#include "base/mem.h"
#include "base/timefmt.h"
#include "event/event.h"
#include "json/writer.h"
#include "phi/guard.h"

#include <limits.h>
#include <string.h>

#define COLUMNS_MAX ((size_t)256 * 1024) /* an event has room for these and the listing of describe.c */

char *dataset_uri(const struct files *f)
{
	struct buf b;
	buf_init(&b, 3 * PATH_MAX + 16);
	buf_z(&b, "file://");
	for (const char *c = f->one ? f->v[0].real : f->base; *c; c++) {
		bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || strchr("/-._~=", *c);
		if (plain)
			buf_char(&b, *c);
		else
			buf_fmt(&b, "%%%02X", (unsigned char)*c);
	}
	char *uri = mem_strdup(buf_view(&b));
	buf_free(&b);
	return uri;
}

struct uuid dataset_id(const char *mode, const char *project, const struct sha256 *content)
{
	char hash[SHA256_TEXT], text[UUID_TEXT] = "";
	struct uuid u;
	struct buf name;
	buf_init(&name, 1024);
	sha256_format(content, hash);
	if (project && uuid_parse(str_of(project), &u))
		uuid_format(&u, text);
	buf_fmt(&name, "[\"dataset\",\"%s\",\"%s\",\"%s\"]", mode, text, hash);
	u = uuid_named(&uuid_ros, buf_view(&name));
	buf_free(&name);
	return u;
}

static void put_text(struct json_writer *w, const char *name, const char *value)
{
	if (!value)
		return;
	json_key(w, name);
	json_z(w, value);
}

/* A number below 0 is unknown. */
static void put_int(struct json_writer *w, const char *name, int64_t value)
{
	if (value < 0)
		return;
	json_key(w, name);
	json_int(w, value);
}

static void put_list(struct json_writer *w, const char *name, const char *const *v, size_t n)
{
	if (n == 0)
		return;
	json_key(w, name);
	json_open(w, '[');
	for (size_t i = 0; i < n; i++)
		json_z(w, v[i]);
	json_close(w, ']');
}

static void put_hash(struct json_writer *w, const char *name, const struct sha256 *h)
{
	char text[sizeof "sha256:" + SHA256_TEXT] = "sha256:";
	sha256_format(h, text + strlen(text));
	put_text(w, name, text);
}

static void put_uuid(struct json_writer *w, const char *name, struct uuid u)
{
	char text[UUID_TEXT];
	uuid_format(&u, text);
	put_text(w, name, text);
}

static void put_time(struct json_writer *w, const char *name, int64_t ms)
{
	char text[TIME_TEXT];
	time_format(ms, text);
	put_text(w, name, text);
}

static void begin(struct json_writer *w, struct buf *out, const char *type, const char *mode, int64_t at_ms)
{
	json_writer_init(w, out, false);
	json_open(w, '{');
	put_text(w, "schema_version", "1.1.0");
	put_text(w, "event_type", type);
	put_uuid(w, "event_id", uuid_random());
	put_time(w, "timestamp", at_ms);
	put_text(w, "governance_mode", mode);
}

/* Closes the event and checks it. */
static int finish(struct json_writer *w, struct err *e)
{
	struct json_reader *r = json_reader_new(JSON_EVENT_LIMITS);
	struct json_fault fault = { .rule = "size" };
	struct event ev;
	json_close(w, '}');
	const struct json *root = buf_ok(w->out) ? json_read(r, buf_view(w->out), &fault) : NULL;
	int rc = 0;
	if (!root && strcmp(fault.rule, "size") == 0)
		rc = err_set(e, ROS_INPUT, "its description is longer than an event may be");
	else if (!root || !event_check(r, root, &ev, &fault))
		rc = err_set(e, ROS_USAGE, "what is said makes no valid event: %s: %s", fault.pointer, fault.rule);
	json_reader_free(r);
	buf_char(w->out, '\n');
	return rc;
}

static void put_partitions(struct json_writer *w, const struct dataset *d)
{
	json_key(w, "partition_schema");
	json_open(w, '{');
	json_key(w, "keys");
	json_open(w, '[');
	for (size_t i = 0; i < d->keys.kept; i++)
		json_z(w, d->keys.columns[i].name);
	json_close(w, ']');
	put_hash(w, "root_hash", &d->hash);
	json_key(w, "partitions");
	json_open(w, '[');
	json_raw(w, buf_view(&d->listing));
	json_close(w, ']');
	put_int(w, "unlisted", (int64_t)d->unlisted);
	json_close(w, '}');
}

static void put_csv(struct json_writer *w, const struct facts *f)
{
	if (!f->delimiter)
		return;
	char delimiter[] = { f->delimiter, '\0' };
	put_text(w, "delimiter", delimiter);
	json_key(w, "header");
	json_bool(w, f->header);
	put_int(w, "ragged_rows", f->ragged);
}

static void put_schema(struct json_writer *w, const struct dataset *d)
{
	const struct facts *f = &d->facts;
	bool excel = strcmp(f->format, "xlsx") == 0;
	if (!f->has_layout && !excel)
		return;
	json_key(w, "detected_schema");
	json_open(w, '{');
	if (f->has_layout) {
		json_key(w, "columns");
		put_int(w, "unlisted", (int64_t)layout_write(&f->layout, w, COLUMNS_MAX));
		put_int(w, "typed_rows", f->typed_rows);
		put_int(w, "differing_partitions", (int64_t)d->differing);
	}
	put_csv(w, f);
	put_int(w, "sheets", excel ? f->sheets : -1);
	json_close(w, '}');
	put_int(w, "column_count", f->has_layout ? (int64_t)f->layout.count : -1);
}

/* Nothing is known where nothing was scanned. */
static void put_screening(struct json_writer *w, const struct screen *screen)
{
	struct screen_result r = { .status = "pending" };
	if (screen)
		r = screen_result(screen);
	put_text(w, "phi_scan_status", r.status);
	if (!screen || r.rows == 0)
		return;
	struct str label;
	size_t i = 0;
	json_key(w, "phi_scan_result");
	json_open(w, '{');
	put_text(w, "version", ROS_VERSION_TEXT);
	put_text(w, "rules", phi_rules_digest);
	put_int(w, "rows_scanned", r.rows);
	json_key(w, "findings");
	json_open(w, '{');
	for (const int64_t *count; (count = map_next(r.findings, &i, &label));) {
		json_key_str(w, label);
		json_int(w, *count);
	}
	json_close(w, '}');
	json_close(w, '}');
}

int dataset_registered(struct buf *out, const struct dataset *d, const struct dataset_about *about, struct err *e)
{
	struct json_writer w;
	begin(&w, out, "dataset.registered", about->mode, about->at_ms);
	put_uuid(&w, "id", dataset_id(about->mode, about->project, &d->hash));
	put_text(&w, "uri", about->uri);
	put_text(&w, "name", about->name);
	put_text(&w, "description", about->description);
	put_list(&w, "tags", about->tags, about->n_tags);
	put_text(&w, "format", d->facts.format);
	put_int(&w, "size_bytes", d->bytes);
	put_hash(&w, "sha256", &d->hash);
	put_int(&w, "row_count", d->facts.rows);
	put_schema(&w, d);
	put_int(&w, "partition_count", (int64_t)d->partitions);
	if (about->partitioned)
		put_partitions(&w, d);
	put_screening(&w, about->screen);
	put_text(&w, "owner_id", about->owner);
	put_text(&w, "project_id", about->project);
	put_text(&w, "tenant_id", about->tenant);
	put_text(&w, "created_by", about->created_by);
	if (about->expires_ms >= 0)
		put_time(&w, "expires_at", about->expires_ms);
	return finish(&w, e);
}

int dataset_accessed(struct buf *out, const struct dataset_access *access, struct err *e)
{
	struct json_writer w;
	begin(&w, out, "dataset.accessed", access->mode, access->at_ms);
	put_text(&w, "dataset_id", access->dataset);
	put_text(&w, "access_type", access->type);
	json_key(&w, "success");
	json_bool(&w, !access->error);
	put_text(&w, "error_message", access->error);
	put_text(&w, "user_id", access->user);
	put_text(&w, "service_name", access->service);
	put_text(&w, "ip_address", access->ip);
	put_int(&w, "rows_accessed", access->rows);
	put_list(&w, "columns_accessed", access->columns, access->n_columns);
	put_text(&w, "purpose", access->purpose);
	put_text(&w, "run_id", access->run);
	put_int(&w, "stage", access->stage);
	put_text(&w, "phi_exposure_risk", access->risk);
	put_int(&w, "duration_ms", access->duration_ms);
	put_text(&w, "session_id", access->session);
	put_text(&w, "request_id", access->request);
	return finish(&w, e);
}
