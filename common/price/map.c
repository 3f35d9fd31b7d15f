/* The file stays in memory as it is read; prices are taken from its text, so that no digit is lost. */
#include "price/map.h"

#include "base/hash.h"
#include "base/mem.h"
#include "io/file.h"
#include "price/names.h"

#include <stdio.h>
#include <stdlib.h>

#define MAP_MAX ((size_t)256 << 20)
#define DIGEST_TEXT (sizeof "sha256:" + SHA256_TEXT)

static const struct price_format *const formats[] = { &price_litellm, &price_genai };

struct price_map {
	struct buf text;
	struct price_document document;
	const struct price_format *format;
	char digest[DIGEST_TEXT];
};

/* A price map is public: its keys may be shown. */
static bool show_all(struct str key)
{
	(void)key;
	return true;
}

static const struct json_limits map_limits = { .bytes = MAP_MAX, .depth = 32, .nodes = 16u << 20, .may_show = show_all };

int price_fail(const struct price_document *d, const struct json *v, const char *what, struct err *e)
{
	char pointer[256];
	json_pointer(d->reader, d->root, v, pointer, sizeof pointer);
	return err_set(e, ROS_INPUT, "%s: %s: %s", d->file, pointer, what);
}

static int read_document(struct price_map *m, const char *path, struct err *e)
{
	struct price_document *d = &m->document;
	struct json_fault fault;
	if (file_read(path, &m->text, e) != 0)
		return -1;
	d->file = path;
	d->reader = json_reader_new(map_limits);
	d->index = map_new();
	d->root = json_read(d->reader, buf_view(&m->text), &fault);
	if (!d->root)
		return err_set(e, ROS_INPUT, "%s: not JSON: %s at byte %zu", path, fault.rule, fault.offset + 1);
	return 0;
}

static int open_format(struct price_map *m, struct err *e)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		if (formats[i]->is(&m->document)) {
			m->format = formats[i];
			return m->format->open(&m->document, e);
		}
	}
	return err_set(e, ROS_INPUT, "%s: neither a price map of LiteLLM nor one of genai-prices", m->document.file);
}

static void set_digest(struct price_map *m)
{
	char hex[SHA256_TEXT];
	struct sha256 hash = sha256_of(buf_view(&m->text));
	sha256_format(&hash, hex);
	snprintf(m->digest, sizeof m->digest, "sha256:%s", hex);
}

int price_map_open(struct price_map **out, const char *path, struct err *e)
{
	struct price_map *m = mem_alloc(sizeof *m);
	buf_init(&m->text, MAP_MAX);
	if (read_document(m, path, e) != 0 || open_format(m, e) != 0) {
		price_map_close(m);
		return -1;
	}
	set_digest(m);
	*out = m; /* the caller's now */
	return 0;
}

void price_map_close(struct price_map *m)
{
	if (!m)
		return;
	map_free(m->document.index);
	json_reader_free(m->document.reader);
	buf_free(&m->text);
	free(m);
}

const char *price_map_digest(const struct price_map *m)
{
	return m->digest;
}

bool price_map_find(const struct price_map *m, const struct price_query *q, struct rates *rates)
{
	struct str names[MODEL_NAMES_MAX];
	size_t n = model_names(q->model, names);
	for (size_t i = 0; i < n; i++) {
		struct price_query query = *q;
		query.model = names[i];
		if (m->format->find(&m->document, &query, rates))
			return true;
	}
	return false;
}
