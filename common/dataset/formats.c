/* Which format a file has. */
#include "dataset/format.h"

#include <unistd.h>

/* In the order in which they are tried: a signature is surer than a look. */
static const struct format *const formats[] = {
	&format_parquet, &format_xlsx, &format_dicom, &format_hl7, &format_json, &format_csv,
};

/* What is recognised only to be named. */
static const struct {
	const char *magic;
	const char *name;
} others[] = {
	{ "\x1f\x8b", "gzip" },
	{ "BZh", "bzip2" },
	{ "\xfd" "7zXZ", "xz" },
	{ "\x28\xb5\x2f\xfd", "zstd" },
	{ "\xff\xfe", "UTF-16" },
	{ "\xfe\xff", "UTF-16" },
};

const struct format *format_of(struct str head, bool whole, void **state, struct err *e)
{
	*state = NULL;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (str_starts(head, others[i].magic)) {
			err_set(e, ROS_INPUT, "it is %s, which is not read", others[i].name);
			return NULL;
		}
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		if (formats[i]->begin(head, whole, state, e) != 0)
			return NULL;
		if (*state)
			return formats[i];
	}
	err_set(e, ROS_INPUT, "its format is none of csv, json, ndjson, parquet, xlsx, dicom, hl7, fhir");
	return NULL;
}

int format_read_at(int fd, int64_t at, size_t n, struct buf *b, struct err *e)
{
	char *to = buf_reserve(b, n);
	size_t done = 0;
	ssize_t got = 1;
	while (to && done < n && got > 0) {
		got = pread(fd, to + done, n - done, at + (int64_t)done);
		done += got > 0 ? (size_t)got : 0;
	}
	if (got < 0)
		return err_sys(e, ROS_IO, "it cannot be read");
	if (done < n)
		return err_set(e, ROS_INPUT, "it is shorter than it says");
	b->n += n;
	return 0;
}

void facts_free(struct facts *f)
{
	layout_free(&f->layout);
	*f = (struct facts){ .rows = -1, .typed_rows = -1 };
}
