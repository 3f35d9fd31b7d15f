/*
 * The events of the contract: one JSON text checked against the schema of its type, its fields addressed by number. The type is the member `event_type`;
 * an event without it is an `ai.invocation.completed`. (emit.summary is a matter between ros-emit and ros-aggregate: summary.h.)
 */
#ifndef ROS_EVENT_EVENT_H
#define ROS_EVENT_EVENT_H

#include "base/hash.h"
#include "base/uuid.h"
#include "event/schema.h"
#include "json/reader.h"

#include <stdbool.h>
#include <stdint.h>

#define EVENT_LINE_MAX ((size_t)1 << 20) /* longest event line, without its \n */

/* What a reader of event lines takes. Its pointers show the keys of the contract and no others. */
#define JSON_EVENT_LIMITS \
	((struct json_limits){ .bytes = EVENT_LINE_MAX, .depth = 32, .nodes = 65536, .may_show = event_declares })

/* Whether the contract has a member of that name somewhere: in the event or in its envelope. */
bool event_declares(struct str key);

#define EVENT_FIELDS_MAX ((int)AI_FIELDS) /* no type has more */

/* Everything points into the reader's text and nodes and lives as long as they do. */
struct event {
	const struct schema *schema; /* of its type: &schema_ai, &schema_dataset, &schema_access, &schema_stage, &schema_export */
	const struct json *root;
	const struct json *field[EVENT_FIELDS_MAX]; /* by enum ai_field, or that of its schema; NULL: absent or null */
	int minor;           /* of schema_version; 0 where it is absent */
	bool undeclared;     /* has members that the schema does not declare */
	bool live;           /* governance_mode LIVE */
	bool attested;       /* phi.guard holds: set by who has looked (phi/guard.h), false after event_check() */
	struct uuid id;      /* invocation_id, event_id */
	int64_t time_ms;     /* timestamp */
};

/* The schema of the events of that type; NULL where the contract has none. */
const struct schema *event_schema(struct str type);

/*
 * Checks the JSON value against the schema of its type. True: *ev is filled. False: *fault has the rule (event-type, required, type, enum, format, minimum,
 * maximum, min-length, max-length, integer-range, undeclared, version) and the pointer, and for `undeclared` the offset of the member's value
 * in the event, since its key is not shown. `event-type` (unknown) and `version` (another major) are said before anything else.
 * A known version refuses undeclared members; a higher minor keeps them.
 */
bool event_check(const struct json_reader *r, const struct json *root, struct event *ev, struct json_fault *fault);

/* Whether a JSON number is of the field's type and within its bounds, in an ai.invocation.completed. */
bool event_number_fits(enum ai_field f, struct str number);

/* The field's text (string or number), or the absent value. The field is one of the event's schema, here and below. */
struct str event_text(const struct event *ev, int f);

/* The field as an integer, or `otherwise` where it is absent or null. Integers that passed event_check() always fit. */
int64_t event_int(const struct event *ev, int f, int64_t otherwise);

/* Whether a boolean field is there and true. */
bool event_true(const struct event *ev, int f);

/*
 * SHA-256 of the canonical form of the event without /phi/guard: the same event means equal (timestamp, id) and equal content.
 * `scratch` is a buffer of the caller's, so that a steady state allocates nothing.
 */
struct sha256 event_content(struct json_reader *r, const struct event *ev, struct buf *scratch);

/* Writes the undeclared members as canonical JSON, {"/pointer":value,...}, into an empty buffer; nothing where there are none. */
void event_undeclared(struct json_reader *r, const struct event *ev, struct buf *out);

#endif
