/*
 * Any bytes as a line: no crash; what the filter passes is clean when it is scanned again, JSON stays JSON, and a line
 * without findings passes as it is.
 */
#include "../lib/fuzz.h"

#include "phi/line.h"

static void count(void *arg, const struct phi_hit *hit)
{
	FUZZ_CHECK(hit->column > 0 && hit->finding->n > 0 && hit->finding->start + hit->finding->n <= hit->text.n);
	++*(size_t *)arg;
}

static bool is_json(struct str text)
{
	struct json_reader *r = json_reader_new((struct json_limits){ .bytes = PHI_LINE_MAX, .depth = 64, .nodes = 1 << 20 });
	struct json_fault fault;
	bool is = json_read(r, text, &fault) != NULL;
	json_reader_free(r);
	return is;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str line = { (const char *)data, size };
	struct phi_line *l = phi_line_new(NULL, NULL);
	struct buf out, again;
	struct err e;
	size_t found = 0, left = 0;
	buf_init(&out, 1 << 24);
	buf_init(&again, 1 << 24);
	if (size <= PHI_LINE_MAX && phi_line_take(l, line, false, count, &found, &out, &e) == 0) {
		FUZZ_CHECK(found > 0 || str_eq(buf_view(&out), line));
		FUZZ_CHECK(!is_json(line) || is_json(buf_view(&out)));
		FUZZ_CHECK(phi_line_take(l, buf_view(&out), false, count, &left, &again, &e) == 0 && left == 0);
		FUZZ_CHECK(str_eq(buf_view(&again), buf_view(&out)));
	}
	buf_free(&again);
	buf_free(&out);
	phi_line_free(l);
	return 0;
}
