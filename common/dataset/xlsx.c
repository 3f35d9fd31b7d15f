/*
 * XLSX: a zip archive with a workbook in it. The archive's directory, which stands at its end, says where the
 * sheets are; these are inflated piece by piece to count their rows, up to a limit, since a few bytes can stand
 * for any number of them.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "dataset/format.h"
#include "io/wait.h"

#include <zlib.h>

#define END_SIZE 22              /* APPNOTE 4.3.16: the end of the directory, without its comment */
#define COMMENT_MAX 65535
#define ENTRY_SIZE 46            /* 4.3.12: an entry of the directory, without its name */
#define DIRECTORY_MAX ((size_t)16 << 20)
#define LOCAL_SIZE 30            /* 4.3.7: what stands before a member, without its name and extra field */
#define DEFLATED 8
#define PIECE ((size_t)64 * 1024)
#define INFLATE_MAX (INT64_C(1) << 30) /* of all sheets; beyond it their rows stay unknown */

/* Counts the elements called row, with or without a prefix. */
struct rows {
	int64_t n;
	size_t matched; /* bytes of an element's name that are those of row, or: */
};

#define IN_OTHER 4 /* within another name */
#define OUTSIDE 5  /* in no name */

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

static void count_rows(struct rows *r, const char *p, size_t n)
{
	for (const char *end = p + n; p < end; p++) {
		if (r->matched == OUTSIDE)
			p = memchr(p, '<', (size_t)(end - p));
		if (!p)
			return;
		if (*p == '<' || *p == ':') {
			r->matched = 0;
		} else if (memchr(" \t\r\n/>", *p, 6)) {
			r->n += r->matched == 3;
			r->matched = OUTSIDE;
		} else {
			r->matched = r->matched < 3 && *p == "row"[r->matched] ? r->matched + 1 : IN_OTHER;
		}
	}
}

/* A member of the archive that is being inflated. */
struct member {
	z_stream z;
	int fd;
	int64_t at, left; /* the next packed byte of the file, and how many are left */
	struct buf packed;
};

/* Inflates what there is into `out`; returns how many bytes that gave, 0 at the end. -1: an error. */
static int64_t inflate_more(struct member *m, char *out, struct err *e)
{
	m->z.next_out = (unsigned char *)out;
	m->z.avail_out = PIECE;
	while (m->z.avail_out == PIECE) {
		size_t n = m->left < (int64_t)PIECE ? (size_t)m->left : PIECE;
		if (m->z.avail_in == 0 && n > 0) {
			buf_clear(&m->packed);
			if (format_read_at(m->fd, m->at, n, &m->packed, e) != 0)
				return -1;
			m->at += (int64_t)n;
			m->left -= (int64_t)n;
			m->z.next_in = (unsigned char *)m->packed.p;
			m->z.avail_in = (unsigned)n;
		}
		int rc = inflate(&m->z, Z_NO_FLUSH);
		if (rc == Z_STREAM_END)
			break;
		if (rc != Z_OK)
			return err_set(e, ROS_INPUT, "a sheet of it is damaged");
	}
	return (int64_t)(PIECE - m->z.avail_out);
}

/* Counts the rows of a sheet of `packed` bytes at `at`, and takes what it inflates to from *budget, until that is below 0. */
static int count_sheet(int fd, int64_t at, int64_t packed, struct rows *r, int64_t *budget, struct err *e)
{
	struct member m = { .fd = fd, .at = at, .left = packed };
	char *out = mem_alloc(PIECE);
	int64_t n = 0;
	buf_init(&m.packed, PIECE);
	if (inflateInit2(&m.z, -MAX_WBITS) != Z_OK)
		mem_fatal("no memory to inflate with");
	r->matched = OUTSIDE;
	while (*budget >= 0) {
		n = wait_stopping() ? err_set(e, ROS_LATER, "stopped by a signal") : inflate_more(&m, out, e);
		if (n <= 0)
			break;
		count_rows(r, out, (size_t)n);
		*budget -= n;
	}
	inflateEnd(&m.z);
	buf_free(&m.packed);
	free(out);
	return n < 0 ? -1 : 0;
}

/* What the directory says. */
struct workbook {
	bool found;
	int64_t sheets, budget;
	bool unknown; /* a sheet is not deflated (nobody writes such), or the budget is used up */
	struct rows rows;
};

/* Takes a sheet by its entry in the directory. */
static int take_sheet(struct workbook *w, const char *entry, int fd, int64_t size, struct err *e)
{
	struct buf local;
	int64_t at = number(entry + 42, 4), packed = number(entry + 20, 4);
	w->sheets++;
	w->unknown |= number(entry + 10, 2) != DEFLATED;
	if (w->unknown)
		return 0;
	buf_init(&local, LOCAL_SIZE);
	int rc = format_read_at(fd, at, LOCAL_SIZE, &local, e);
	if (rc == 0) {
		at += LOCAL_SIZE + number(local.p + 26, 2) + number(local.p + 28, 2);
		if (memcmp(local.p, "PK\x03\x04", 4) != 0 || at + packed > size)
			rc = err_set(e, ROS_INPUT, "a sheet of it is damaged");
		else
			rc = count_sheet(fd, at, packed, &w->rows, &w->budget, e);
	}
	buf_free(&local);
	w->unknown |= w->budget < 0;
	return rc;
}

/* Goes through the directory. */
static int take_directory(struct workbook *w, struct str directory, int fd, int64_t size, struct err *e)
{
	for (struct str rest = directory; rest.n > 0;) {
		if (rest.n < ENTRY_SIZE || !str_starts(rest, "PK\x01\x02"))
			return err_set(e, ROS_INPUT, "the directory of its archive is damaged");
		size_t name = number(rest.p + 28, 2), n = ENTRY_SIZE + name + number(rest.p + 30, 2) + number(rest.p + 32, 2);
		if (n > rest.n)
			return err_set(e, ROS_INPUT, "the directory of its archive is damaged");
		struct str path = { rest.p + ENTRY_SIZE, name };
		w->found |= str_is(path, "xl/workbook.xml");
		if (str_glob(STR("xl/worksheets/*.xml"), path) && take_sheet(w, rest.p, fd, size, e) != 0)
			return -1;
		rest = (struct str){ rest.p + n, rest.n - n };
	}
	return w->found ? 0 : err_set(e, ROS_INPUT, "it is a zip archive without a workbook in it");
}

static int xlsx_end(void *state, int fd, int64_t size, struct facts *f, struct err *e)
{
	struct buf b;
	struct workbook w = { .budget = INFLATE_MAX };
	(void)state;
	buf_init(&b, DIRECTORY_MAX);
	int rc = read_directory(fd, size, &b, e);
	if (rc == 0)
		rc = take_directory(&w, buf_view(&b), fd, size, e);
	buf_free(&b);
	f->format = "xlsx";
	f->sheets = w.sheets;
	f->rows = w.unknown ? -1 : w.rows.n;
	return rc;
}

const struct format format_xlsx = { xlsx_begin, NULL, xlsx_end, free };
