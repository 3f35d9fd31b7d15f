/* Reading the crosswalk's data file, which the build embeds. */
#include "report/crosswalk.h"

#include "base/mem.h"
#include "json/reader.h"
#include "report/data.h"
#include "report/texts.h"

#define CROSSWALK_BYTES_MAX ((size_t)1 << 20)

static const char *keep(struct report *r, const struct json_reader *reader, const struct json *v, const char *member)
{
	const struct json *found = json_get(reader, v, str_of(member));
	return texts_keep(r->texts, found ? found->text : (struct str){ 0 });
}

static void read_framework(struct report *r, const struct json_reader *reader, const struct json *framework)
{
	const struct json *rows = json_get(reader, framework, STR("rows"));
	for (const struct json *row = rows ? json_first(rows) : NULL; row; row = json_next(reader, row)) {
		r->crosswalk = mem_grow(r->crosswalk, r->n_crosswalk + 1, sizeof *r->crosswalk);
		r->crosswalk[r->n_crosswalk++] = (struct report_crosswalk){
			.framework = keep(r, reader, framework, "name"),
			.source = keep(r, reader, framework, "source"),
			.dated = keep(r, reader, framework, "dated"),
			.item = keep(r, reader, row, "item"),
			.asks = keep(r, reader, row, "asks"),
			.section = keep(r, reader, row, "section"),
		};
	}
}

void crosswalk_read(struct report *r)
{
	static const struct json_limits limits = { .bytes = CROSSWALK_BYTES_MAX, .depth = 8, .nodes = 65536 };
	struct json_fault fault;
	struct json_reader *reader = json_reader_new(limits);
	const struct json *root = json_read(reader, str_of(report_crosswalk_text), &fault);
	const struct json *frameworks = json_get(reader, root, STR("frameworks"));
	for (const struct json *f = frameworks ? json_first(frameworks) : NULL; f; f = json_next(reader, f))
		read_framework(r, reader, f);
	json_reader_free(reader);
}
