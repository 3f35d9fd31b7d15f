/* What was asked and answered, as the canonical text whose hash stands for it (draft_hash()), so that no text has to be passed on. */
#ifndef ROS_IMPORT_CONTENT_H
#define ROS_IMPORT_CONTENT_H

#include "base/buf.h"
#include "json/reader.h"

#include <stdbool.h>

/*
 * Puts into `out` the canonical JSON of the members of the request that the model reads (the list is in content.c and in ros-import(1)). False: there is none,
 * or it does not fit.
 */
bool content_prompt(struct json_reader *r, const struct json *request, struct buf *out);

/*
 * Puts into `out` the canonical JSON of what the model gave back, without what the provider mints anew for each response (ids, signatures, encrypted
 * reasoning): equal answers have equal texts. False: the response holds no content, or it does not fit.
 */
bool content_output(struct json_reader *r, const struct json *response, struct buf *out);

#endif
