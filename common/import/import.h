/*
 * Logs and exports to event lines. A line or row that gives no valid event is named and counted, and the rest goes on.
 * Equal input gives equal bytes: ids are version 5 UUIDs of what tells a record from all others, times come from the
 * record. Records that have no such thing are counted by their text, which takes some 60 bytes of memory for each.
 */
#ifndef ROS_IMPORT_IMPORT_H
#define ROS_IMPORT_IMPORT_H

#include "base/err.h"
#include "base/str.h"
#include "import/columns.h"
#include "import/names.h"
#include "io/lines.h"
#include "io/out.h"
#include "json/reader.h"
#include "phi/key.h"

#include <stddef.h>
#include <stdint.h>

/* Where no project is given: uuid_named() of "demo project" in uuid_ros. */
#define IMPORT_DEMO_PROJECT "2c2f6d4d-2a18-5833-861a-1f720563edb6"

/* Limits of a record of provider calls. */
#define IMPORT_CALL_LIMITS ((struct json_limits){ .bytes = 16 << 20, .depth = 128, .nodes = 1000000 })

struct import_settings {
	struct str source;             /* names the log; part of every id */
	const struct tier_rule *tiers; /* before the built-in ones */
	size_t n_tiers;
	int64_t at_ms;                 /* the time of records without one */
	const struct phi_keys *keys;   /* of hashes in LIVE; NULL: LIVE is refused */
};

struct import_counts {
	uint64_t events, refused;
	uint64_t undated; /* events that got at_ms */
};

struct import; /* opaque */

/* The settings are kept by reference. */
struct import *import_new(const struct import_settings *s);
void import_free(struct import *im); /* NULL is fine */

/*
 * A constant: what a field is where the record does not say. `path` is the field's (`usage.latency_ms`), `value` as in
 * a table. Error: ROS_USAGE, also where the contract does not take the value; ROS_CONFIG: LIVE without keys. The
 * text says why, and the caller what.
 */
int import_constant(struct import *im, struct str path, struct str value, struct err *e);

/* Told of each line or row that gave no event, with the line on which it began. */
typedef void import_refused_fn(void *arg, const char *file, uint64_t line, const char *why);

/*
 * Reads all of a log of provider calls (lines_init() with IMPORT_CALL_LIMITS.bytes) and writes its events. What is
 * written is flushed before it waits for more input. -1: reading or writing failed.
 */
int import_calls(struct import *im, struct lines *l, struct out *out, import_refused_fn *refused, void *arg,
                 struct err *e);

/* The same for a table (lines_init() with CSV_ROW_MAX). -1 also where its header lacks a column (ROS_INPUT). */
int import_table(struct import *im, struct columns *columns, struct lines *l, struct out *out,
                 import_refused_fn *refused, void *arg, struct err *e);

struct import_counts import_counts(const struct import *im);

#endif
