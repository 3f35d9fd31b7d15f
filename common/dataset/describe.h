/* A data set of one file or of many, its partitions. */
#ifndef ROS_DATASET_DESCRIBE_H
#define ROS_DATASET_DESCRIBE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "dataset/files.h"
#include "dataset/format.h"
#include "dataset/read.h"

#include <stdbool.h>
#include <stdint.h>

struct dataset {
	int64_t bytes;
	struct sha256 hash;    /* of the file; of several, the root hash */
	struct sha256_stream *root; /* that hash, while it is made */
	struct facts facts;    /* of all together */
	uint64_t partitions;   /* files */
	uint64_t differing;    /* partitions whose columns are not those of the first */
	struct buf listing;    /* the partitions as elements of a JSON array, as many as have room */
	uint64_t unlisted;     /* the others */
	struct layout keys;    /* KEY=VALUE in the paths, where all partitions have the same keys */
};

/*
 * Reads all the files; the screen (NULL: none) sees them. The root hash is the SHA-256 of a text with a line for each file, in the order of the
 * bytes of their names: the name (path below the base), a NUL byte, the file's SHA-256 in lower-case hex, \n.
 * `strict`: rows with another number of cells than the first are an error. Errors are those of part_read();
 * ROS_INPUT also where the files are of more than one format. After an error, too, dataset_free() is due.
 */
int dataset_describe(struct dataset *d, const struct files *f, bool strict, struct screen *screen, read_progress_fn *progress, void *arg,
                     struct err *e);
void dataset_free(struct dataset *d);

#endif
