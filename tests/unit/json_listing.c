/* Listings: the same members as JSON lines, as a table, and one a line. */
#include "json/listing.h"

#include "../lib/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Two records, the second of which knows less; what is printed goes to *got. */
static void print(bool json, int width, struct buf *got)
{
	int fd = memfd_create("output", 0);
	struct out out;
	struct listing r;
	out_init(&out, fd, "output");
	listing_init(&r, &out, json);
	for (int i = 0; i < 2; i++) {
		listing_begin(&r);
		listing_text(&r, "name", width, i == 0 ? "a \"b\"" : "");
		listing_int(&r, "length", width, i == 0 ? 12 : -1);
		listing_bool(&r, "made", width > 0 ? 1 : 0, i == 0);
		listing_end(&r);
	}
	CHECK_INT(out_flush(&out, NULL), 0);
	buf_init(got, 1 << 12);
	got->n = (size_t)pread(fd, buf_reserve(got, 1 << 11), 1 << 11, 0);
	listing_free(&r);
	out_free(&out);
	close(fd);
}

static void check(bool json, int width, const char *want)
{
	struct buf got;
	print(json, width, &got);
	CHECK_STR(buf_view(&got), want);
	buf_free(&got);
}

static void json_lines(void)
{
	check(true, 8,
	      "{\"name\":\"a \\\"b\\\"\",\"length\":12,\"made\":true}\n"
	      "{\"name\":null,\"length\":null,\"made\":false}\n");
}

static void a_table_with_one_head(void)
{
	check(false, 8,
	      "NAME     LENGTH   MADE\n"
	      "a \"b\"    12       yes\n"
	      "-        -        no\n");
}

static void a_line_a_member(void)
{
	check(false, 0,
	      "name             a \"b\"\nlength           12\nmade             yes\n"
	      "name             -\nlength           -\nmade             no\n");
}

static void a_record_that_is_too_long_is_an_error_of_the_output(void)
{
	struct out out;
	struct listing r;
	struct err e;
	size_t n = (size_t)17 << 20;
	char *large = malloc(n + 1);
	memset(large, 'x', n);
	large[n] = '\0';
	out_init(&out, open("/dev/null", O_WRONLY), "output");
	listing_init(&r, &out, true);
	listing_begin(&r);
	listing_text(&r, "name", 0, large);
	listing_end(&r);
	CHECK_INT(out_flush(&out, &e), -1);
	CHECK_STR(str_of(e.text), "cannot write output: a line is too long");
	listing_free(&r);
	close(out.fd);
	out_free(&out);
	free(large);
}

int main(void)
{
	RUN(json_lines);
	RUN(a_table_with_one_head);
	RUN(a_line_a_member);
	RUN(a_record_that_is_too_long_is_an_error_of_the_output);
	return unit_done();
}
