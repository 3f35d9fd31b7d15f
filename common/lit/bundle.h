/*
 * A bundle under way: files in a directory beside the target, which becomes the target when all of them are there, or an archive of them does. Every line is
 * scanned for PHI before it is written; a finding, or anything else that goes wrong, is kept as the first error, and nothing is left behind.
 */
#ifndef ROS_LIT_BUNDLE_H
#define ROS_LIT_BUNDLE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIT_FILES_MAX 64

/* A file that is written. */
struct lit_written {
	char *path; /* in the bundle */
	struct sha256 sha256;
	int64_t bytes, lines;
};

struct lit_bundle {
	char *dir; /* where it is made */
	struct phi_line *scan;
	struct lit_written files[LIT_FILES_MAX]; /* in the order of their ends */
	size_t n;
	bool failed;
	struct err err; /* the first */
};

/*
 * Makes the directory. Errors: ROS_REFUSED where the target is there already, whatever it is: what it holds may be of use to somebody; ROS_IO. In the end
 * lit_bundle_free() is due.
 */
int lit_bundle_begin(struct lit_bundle *b, const char *target, struct err *e);

/* Whether the text has fitted in its buffer; where it has not, that is kept as an error (ROS_INPUT). */
bool lit_bundle_fits(struct lit_bundle *b, const struct buf *text);

struct lit_file; /* opaque; after lit_file_end() it is gone */

struct lit_file *lit_file_begin(struct lit_bundle *b, const char *path);
void lit_file_line(struct lit_file *f, struct str line); /* without \n */
void lit_file_end(struct lit_file *f);

/* A file of a text, line by line. */
void lit_bundle_text(struct lit_bundle *b, const char *path, struct str text);

/*
 * Puts the bundle in its place: the directory itself, or a .tar.gz of it where the target is called so, in which every file is of `time_s`. *sha256 and *bytes
 * are the archive's; of a directory the hash is that of the file written last, which is the manifest, and the bytes are those of all files. -1: also where
 * anything has failed before.
 */
int lit_bundle_end(struct lit_bundle *b, const char *target, int64_t time_s, struct sha256 *sha256, int64_t *bytes, struct err *e);

/* Takes away what is left of the directory. */
void lit_bundle_free(struct lit_bundle *b);

#endif
