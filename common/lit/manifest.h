/* MANIFEST.json: what a bundle is, of which calls, by which rule, and the hash of each file. demo.py reads from it what there is to serve. */
#ifndef ROS_LIT_MANIFEST_H
#define ROS_LIT_MANIFEST_H

#include "lit/lit.h"
#include "json/writer.h"
#include "lit/rows.h"

/* Appends it; the bundle has all other files by then. */
void lit_manifest(struct buf *out, const struct lit_request *q, const struct lit_content *c, const struct lit_result *result);

/* Writes what chose the calls, as an object: the options that were given. */
void lit_filter(struct json_writer *w, const struct lit_request *q);

#endif
