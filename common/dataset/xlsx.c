/*
 * XLSX: a zip archive with a workbook in it. Only the archive's directory is read, which stands at its end;
 * nothing is inflated, so that no bomb goes off, and rows stay unknown.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "dataset/format.h"

#define END_SIZE 22              /* APPNOTE 4.3.16: the end of the directory, without its comment */
#define COMMENT_MAX 65535
#define ENTRY_SIZE 46            /* 4.3.12: an entry of the directory, without its name */
#define DIRECTORY_MAX ((size_t)16 << 20)

static uint32_t number(const char *p, size_t bytes)
{
	uint32_t v = 0;
	while (bytes-- > 0)
		v = v << 8 | (unsigned char)p[bytes];
	return v;
}

static int xlsx_begin(struct str head, bool whole, void **state, struct err *e)
{
	(void)whole;
	(void)e;
	if (str_starts(head, "PK\x03\x04") || str_starts(head, "PK\x05\x06"))
		*state = mem_alloc(1);
	return 0;
}

/* The end of the directory in the last bytes of the file, or NULL. */
static const char *find_end(struct str tail)
{
	for (size_t at = tail.n - END_SIZE + 1; at-- > 0;)
		if (memcmp(tail.p + at, "PK\x05\x06", 4) == 0 && number(tail.p + at + 20, 2) == tail.n - at - END_SIZE)
			return tail.p + at;
	return NULL;
}

/* Reads the directory of the archive into b. */
static int read_directory(int fd, int64_t size, struct buf *b, struct err *e)
{
	size_t n = size < END_SIZE + COMMENT_MAX ? (size_t)size : END_SIZE + COMMENT_MAX;
	if (n < END_SIZE)
		return err_set(e, ROS_INPUT, "it begins as zip and does not end so: it is cut off");
	if (format_read_at(fd, size - (int64_t)n, n, b, e) != 0)
		return -1;
	const char *end = find_end(buf_view(b));
	if (!end)
		return err_set(e, ROS_INPUT, "it begins as zip and does not end so: it is cut off");
	uint32_t bytes = number(end + 12, 4), at = number(end + 16, 4);
	if (at == UINT32_MAX || bytes > DIRECTORY_MAX)
		return err_set(e, ROS_INPUT, "the directory of its archive is larger than is read");
	if ((int64_t)at + bytes > size)
		return err_set(e, ROS_INPUT, "the directory of its archive is damaged");
	buf_clear(b);
	return format_read_at(fd, at, bytes, b, e);
}

/* Whether the directory lists a workbook. -1: it is damaged. */
static int find_workbook(struct str directory, int64_t *sheets, struct err *e)
{
	bool found = false;
	for (struct str rest = directory; rest.n > 0;) {
		if (rest.n < ENTRY_SIZE || !str_starts(rest, "PK\x01\x02"))
			return err_set(e, ROS_INPUT, "the directory of its archive is damaged");
		size_t name = number(rest.p + 28, 2), n = ENTRY_SIZE + name + number(rest.p + 30, 2) + number(rest.p + 32, 2);
		if (n > rest.n)
			return err_set(e, ROS_INPUT, "the directory of its archive is damaged");
		struct str path = { rest.p + ENTRY_SIZE, name };
		found |= str_is(path, "xl/workbook.xml");
		*sheets += str_glob(STR("xl/worksheets/*.xml"), path);
		rest = (struct str){ rest.p + n, rest.n - n };
	}
	return found ? 0 : err_set(e, ROS_INPUT, "it is a zip archive without a workbook in it");
}

static int xlsx_end(void *state, int fd, int64_t size, struct facts *f, struct err *e)
{
	struct buf b;
	(void)state;
	buf_init(&b, DIRECTORY_MAX);
	int rc = read_directory(fd, size, &b, e);
	if (rc == 0)
		rc = find_workbook(buf_view(&b), &f->sheets, e);
	buf_free(&b);
	f->format = "xlsx";
	return rc;
}

const struct format format_xlsx = { xlsx_begin, NULL, xlsx_end, free };
