/* Hashes that stand for what was asked and answered, so that no text has to be passed on. */
#ifndef ROS_IMPORT_CONTENT_H
#define ROS_IMPORT_CONTENT_H

#include "base/buf.h"
#include "base/hash.h"
#include "json/reader.h"

#include <stdbool.h>

/*
 * SHA-256 of the canonical JSON of the members of the request that the model reads (the list is in content.c and in
 * ros-import(1)). False: there is none. `scratch` is the caller's, so that a steady state allocates nothing.
 */
bool content_prompt(struct json_reader *r, const struct json *request, struct buf *scratch, struct sha256 *h);

/*
 * SHA-256 of the canonical JSON of what the model gave back, without what the provider mints anew for each response
 * (ids, signatures, encrypted reasoning): equal answers have equal hashes. False: the response holds no content.
 */
bool content_output(struct json_reader *r, const struct json *response, struct buf *scratch, struct sha256 *h);

#endif
