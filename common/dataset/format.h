/*
 * The formats of data files: each is recognised by its content, never by a name, and reads its facts from the
 * bytes as they pass by. A new format is one file here and one row in the table of formats.c.
 */
#ifndef ROS_DATASET_FORMAT_H
#define ROS_DATASET_FORMAT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "dataset/layout.h"

#include <stdbool.h>
#include <stdint.h>

#define HEAD_MAX ((size_t)1 << 20) /* the first bytes of a file, by which it is recognised and its columns are typed */

/* What is known of a file. */
struct facts {
	const char *format;   /* as the record has it: csv, parquet ... */
	int64_t rows;         /* -1: unknown */
	bool one_line;        /* json: an object on one line, which is ndjson as well */
	bool has_layout;
	struct layout layout;
	int64_t typed_rows;   /* rows by which the columns were typed; -1: the file itself says the types */
	char delimiter;       /* csv: between cells; else 0 */
	bool header;          /* csv: the first row is one */
	int64_t ragged;       /* csv: rows with another number of cells than the first */
	uint64_t ragged_line; /* the first of them */
	int64_t sheets;       /* xlsx */
};

struct format {
	/*
	 * Looks at the head (`whole`: it is all of the file), which stays where it is. The state of the reading
	 * in *state; it is NULL where the file is not of this format. -1: it is, but cannot be used; *e
	 * (ROS_INPUT) says why, without any content.
	 */
	int (*begin)(struct str head, bool whole, void **state, struct err *e);

	/* Takes the bytes in order, the head included. NULL: they say nothing. */
	int (*feed)(void *state, struct str bytes, struct err *e);

	/*
	 * After the last byte: fills *f, which is zeroed but for rows and typed_rows (-1). `fd` is the file, for
	 * pread(2).
	 */
	int (*end)(void *state, int fd, int64_t size, struct facts *f, struct err *e);

	void (*free)(void *state); /* NULL is fine */
};

extern const struct format format_csv, format_json, format_hl7, format_dicom, format_parquet, format_xlsx;

/*
 * The format of a file with that head, and the state of its reading, owned by the caller. NULL: none, or not
 * usable; *e says why.
 */
const struct format *format_of(struct str head, bool whole, void **state, struct err *e);

/* Appends n bytes of the file from offset `at` on. Error (ROS_INPUT): it has not so many. */
int format_read_at(int fd, int64_t at, size_t n, struct buf *b, struct err *e);

void facts_free(struct facts *f); /* can be used again */

#endif
