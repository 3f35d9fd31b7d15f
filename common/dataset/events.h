/* The events `dataset.registered` and `dataset.accessed`, as lines. */
#ifndef ROS_DATASET_EVENTS_H
#define ROS_DATASET_EVENTS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/uuid.h"
#include "dataset/describe.h"
#include "dataset/files.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where the files are: file:// and the absolute path, of the file or, with a slash at its end, of the base.
 * To be freed.
 */
char *dataset_uri(const struct files *f);

/*
 * The id of a data set: a version 5 UUID of mode, project and content. So the same content is the same data
 * set wherever it lies and whatever it is called; other content is another one. `project` may be NULL.
 */
struct uuid dataset_id(const char *mode, const char *project, const struct sha256 *content);

/* What a person says of a data set. NULL, or a time of -1: nothing. */
struct dataset_about {
	const char *uri, *name, *description, *mode, *owner, *project, *tenant, *created_by;
	const char *const *tags;
	size_t n_tags;
	bool partitioned; /* the partitions are to be listed */
	const struct screen *screen; /* that has seen the files; NULL: none */
	int64_t at_ms, expires_ms;
};

/* What a person says of an access. */
struct dataset_access {
	const char *dataset, *type, *mode, *user, *service, *ip, *purpose, *run, *risk, *session, *request;
	const char *error; /* NULL: it succeeded */
	const char *const *columns;
	size_t n_columns;
	int64_t rows, stage, duration_ms; /* -1: not said */
	int64_t at_ms;
};

/*
 * Append the event and \n to an empty buffer of at least EVENT_LINE_MAX + 1 bytes. Error: what was said makes
 * no valid event (ROS_USAGE; the field is named), or the event is longer than a line may be (ROS_INPUT).
 */
int dataset_registered(struct buf *out, const struct dataset *d, const struct dataset_about *about, struct err *e);
int dataset_accessed(struct buf *out, const struct dataset_access *access, struct err *e);

#endif
