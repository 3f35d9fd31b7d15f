/*
 * Any bytes as a data file, through recognition, reading and the end; and as a Parquet footer. The file is
 * fed whole and in two pieces, which gives the same facts.
 */
#include "../lib/fuzz.h"

#include "dataset/parquet.h"

#include <sys/mman.h>
#include <unistd.h>

static int read_facts(struct str text, size_t first, int fd, struct facts *f)
{
	void *state;
	struct err e;
	facts_free(f);
	const struct format *format = format_of(text, true, &state, &e);
	if (!format)
		return -1;
	int rc = 0;
	if (format->feed)
		rc = format->feed(state, (struct str){ text.p, first }, &e);
	if (rc == 0 && format->feed && first < text.n)
		rc = format->feed(state, (struct str){ text.p + first, text.n - first }, &e);
	if (rc == 0)
		rc = format->end(state, fd, (int64_t)text.n, f, &e);
	format->free(state);
	return rc;
}

static void check_facts(const struct facts *f)
{
	FUZZ_CHECK(f->rows >= -1 && (f->ragged == 0 || f->ragged <= f->rows));
	FUZZ_CHECK(f->layout.kept <= f->layout.count);
	for (size_t i = 0; i < f->layout.kept; i++)
		FUZZ_CHECK(!f->layout.columns[i].name || str_utf8(str_of(f->layout.columns[i].name)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct facts whole = { 0 }, pieces = { 0 }, footer = { 0 };
	int fd = memfd_create("input", 0);
	if (size == 0 || fd < 0 || write(fd, data, size) != (ssize_t)size) {
		close(fd);
		return 0;
	}
	int rc = read_facts(text, size, fd, &whole);
	FUZZ_CHECK(read_facts(text, size < 4 ? size : 3 + size % (size - 2), fd, &pieces) == rc);
	if (rc == 0) {
		check_facts(&whole);
		FUZZ_CHECK(whole.rows == pieces.rows && whole.ragged == pieces.ragged && strcmp(whole.format, pieces.format) == 0);
	}
	facts_free(&footer);
	if (parquet_footer(text, &footer, NULL) == 0)
		FUZZ_CHECK(footer.rows >= 0 && footer.layout.count > 0);
	facts_free(&whole);
	facts_free(&pieces);
	facts_free(&footer);
	close(fd);
	return 0;
}
