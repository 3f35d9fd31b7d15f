/* The lines between the tools, to the byte (ros-event(5)): envelope lines and ack lines; and the layout of an entry on the bus. */
#ifndef ROS_EVENT_LINES_H
#define ROS_EVENT_LINES_H

#include "base/buf.h"
#include "base/str.h"
#include "event/event.h"
#include "json/reader.h"

#include <stdbool.h>
#include <stdint.h>

#define EVENT_TYPE_AI "ai.invocation.completed"

/*
 * Who published an entry, and the how manieth of its source it is: numbers start at 1 and leave none out, so that a missing one is a
 * lost entry. They are the entry's, not the event's.
 */
struct origin {
	struct str source; /* absent: the producer does not number its entries */
	int64_t sequence;
};

/* Reasons that are not the contract's. */
#define REFUSED_LOST "lost"             /* it was trimmed away while it was pending: nobody has its event any more */
#define REFUSED_DELIVERIES "deliveries" /* time and again, whoever began to record it died */

/* Those of the guard (phi/guard.h). Of what they refuse nothing is kept anywhere. */
#define REFUSED_PHI "phi"              /* something was found where nothing can be replaced: in a name, a key, a number, an invalid event */
#define REFUSED_KEY "key"              /* LIVE: the key of an undeclared member is no name of 1 to 64 letters, digits and _.- */
#define REFUSED_UNKEYED "unkeyed-hash" /* LIVE: a hash of a text that anybody can make again */
#define REFUSED_NO_KEY "no-key"        /* LIVE, and there is no key */
#define REFUSED_NO_GUARD "no-guard"    /* LIVE, and the guard is off */
#define REFUSED_SCAN "scan"            /* the scanner could not judge it */

/* Whether the reason is one of the guard's. */
bool refused_by_guard(struct str reason);

/* What ros-consume prints for one entry of the bus. */
struct envelope {
	struct str stream, group; /* group is absent where the reader has none (ros-replay) */
	struct str id;            /* entry id */
	struct str type;          /* event type; absent where the entry has none */
	int64_t deliveries;       /* 1 at the first delivery; 0 without a group */
	struct str source;        /* absent where the entry has none */
	int64_t sequence;         /* -1 where the entry has none */
	const struct json *event; /* envelope_read() only; NULL where the entry could not be carried */
	struct str refused;       /* then the reason token, in place of the event; else absent */
};

/*
 * Appends the envelope line with its \n. `event` is the entry's data: JSON text that json_read() has accepted; line breaks in it become spaces. Where
 * env->refused is set, `"event":null,"refused":"TOKEN"` stands instead.
 */
void envelope_write(struct buf *out, const struct envelope *env, struct str event);

/* Whether the object is an envelope (has the members stream, id and event) rather than an event. */
bool envelope_is(const struct json_reader *r, const struct json *root);

/* Reads it. False and *fault: a member is missing or is not what it must be. */
bool envelope_read(const struct json_reader *r, const struct json *root, struct envelope *env, struct json_fault *fault);

/* Whether the entry is numbered: then *origin is its source and its number. */
bool envelope_origin(const struct envelope *env, struct origin *origin);

/* Whether s is a token, as reasons and rules are: 1 to 64 of a-z, 0-9 and -. */
bool token_valid(struct str s);

/* What ros-aggregate prints and ros-ack reads. */
struct ack {
	struct str stream, group, id;
	struct str reason; /* present: refused for good (`bad`), a token of [a-z0-9-] */
};

/* Appends `ack <stream> <group> <id>\n` or `bad <stream> <group> <id> <reason>\n`. */
void ack_write(struct buf *out, const struct ack *a);

/* False: not an ack line. Names are without white space; an id is two decimal numbers and a dash. */
bool ack_read(struct str line, struct ack *a);

/* One field of an entry on the bus. */
struct entry_field {
	struct str name, value;
};

#define ENTRY_FIELDS_MAX 16

/*
 * The fields of the entry that carries the event, in the order of the contract, but for source and sequence, which the publisher adds;
 * returns their number. `data` is the event's JSON text.
 */
size_t entry_fields(const struct event *ev, struct str data, struct entry_field out[ENTRY_FIELDS_MAX]);

#endif
