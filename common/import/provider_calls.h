/*
 * Recorded calls to providers' APIs: one JSON object each, with the usage object as the provider gave it. ros-
 * import(1) lists the members that are read.
 */
#ifndef ROS_IMPORT_PROVIDER_CALLS_H
#define ROS_IMPORT_PROVIDER_CALLS_H

#include "base/buf.h"
#include "base/err.h"
#include "import/draft.h"
#include "json/reader.h"

/*
 * Sets in the draft what the record says. `identity` gets what tells it from all other records of its log, as JSON
 * texts with commas between them; nothing where it has no such thing. `scratch` is the caller's. -1: the record gives
 * no event; *e (ROS_REFUSED) says why, without its content.
 */
int provider_call(struct json_reader *r, const struct json *record, struct draft *d, struct buf *identity,
                  struct buf *scratch, struct err *e);

#endif
