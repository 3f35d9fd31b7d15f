/* The summary of a run of ros-emit: read and written. */
#include "event/summary.h"

#include "base/timefmt.h"
#include "event/check.h"
#include "event/lines.h"
#include "json/writer.h"

#define SUMMARY_VERSION "1.1.0"

static bool read_refused(struct check *c, struct summary *s)
{
	const struct json *refused = c->field[SUMMARY_REFUSED];
	if (refused->count > SUMMARY_RULES_MAX)
		return check_fail(c, refused, "maximum");
	for (const struct json *m = json_first(refused); m; m = json_next(c->reader, m)) {
		if (!token_valid(m->key))
			return check_fail(c, m, "format");
		s->refused[s->n_refused++] = (struct summary_refusal){ m->key, check_int(m, 0) };
	}
	return true;
}

bool summary_check(const struct json_reader *r, const struct json *root, struct summary *s, struct json_fault *fault)
{
	const struct json *field[SUMMARY_FIELDS] = { 0 };
	struct check c = { .schema = &schema_summary, .reader = r, .root = root, .field = field, .fault = fault };
	if (!check_run(&c))
		return false;
	s->source = field[SUMMARY_SOURCE]->text;
	s->first = check_int(field[SUMMARY_FIRST], 0);
	s->last = check_int(field[SUMMARY_LAST], 0);
	s->n_refused = 0;
	uuid_parse(field[SUMMARY_SUMMARY_ID]->text, &s->id);
	time_parse(field[SUMMARY_TIMESTAMP]->text, &s->time_ms);
	if (s->last < s->first - 1)
		return check_fail(&c, field[SUMMARY_LAST], "minimum");
	return read_refused(&c, s);
}

static void put_refused(struct json_writer *w, const struct summary *s)
{
	json_key(w, "refused");
	json_open(w, '{');
	for (size_t i = 0; i < s->n_refused; i++) {
		json_key_str(w, s->refused[i].rule);
		json_int(w, s->refused[i].count);
	}
	json_close(w, '}');
}

void summary_write(struct buf *out, const struct summary *s)
{
	char id[UUID_TEXT], time[TIME_TEXT];
	struct json_writer w;
	uuid_format(&s->id, id);
	time_format(s->time_ms, time);
	json_writer_init(&w, out, false);
	json_open(&w, '{');
	json_key(&w, "schema_version");
	json_z(&w, SUMMARY_VERSION);
	json_key(&w, "summary_id");
	json_z(&w, id);
	json_key(&w, "timestamp");
	json_z(&w, time);
	json_key(&w, "source");
	json_str(&w, s->source);
	json_key(&w, "first");
	json_int(&w, s->first);
	json_key(&w, "last");
	json_int(&w, s->last);
	put_refused(&w, s);
	json_close(&w, '}');
}
